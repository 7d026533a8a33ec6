// SPDX-License-Identifier: Apache-2.0
#include "compiler/cases/compile_step.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <utility>

namespace netpolc::cases {
namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  });
  return result;
}

bool has_severity_at(const driver::Compilation& compilation, Severity severity,
                     std::string_view path) {
  return std::ranges::any_of(compilation.sink.all(), [&](const Diagnostic& diagnostic) {
    return diagnostic.severity == severity && diagnostic.field_path == path;
  });
}

}  // namespace

driver::Compilation compile_step(const Step& step, CompileOptions options) {
  CompileInput input;
  input.policies.push_back(step.policy);
  if (step.cluster) input.inventory.push_back(*step.cluster);
  options.placement = Placement{};
  return driver::compile(input, options);
}

std::optional<std::string> unsupported_kind(const driver::Compilation& compilation) {
  const std::string_view code = diag::catalogue_row(diag::Code::kUnsupportedVersion).id;
  for (const Diagnostic& diagnostic : compilation.sink.all()) {
    if (diagnostic.code == code && diagnostic.severity == Severity::kError) {
      return diagnostic.message;
    }
  }
  return std::nullopt;
}

bool names_feature(const driver::Compilation& compilation, std::string_view feature) {
  const std::string wanted = lower(feature);
  return std::ranges::any_of(compilation.sink.all(), [&](const Diagnostic& diagnostic) {
    if (diagnostic.severity != Severity::kError) return false;
    std::string text = diagnostic.message + " " + diagnostic.field_path;
    for (const std::string& note : diagnostic.notes) text += " " + note;
    return lower(text).find(wanted) != std::string::npos;
  });
}

bool has_error_at(const driver::Compilation& compilation, std::string_view path) {
  return has_severity_at(compilation, Severity::kError, path);
}

bool has_warning_at(const driver::Compilation& compilation, std::string_view path) {
  return has_severity_at(compilation, Severity::kWarning, path);
}

std::vector<std::string> error_lines(const driver::Compilation& compilation) {
  std::vector<std::string> lines;
  for (const Diagnostic& diagnostic : compilation.sink.all()) {
    if (diagnostic.severity != Severity::kError) continue;
    const std::string place = diagnostic.field_path.empty()
                                  ? compilation.sources.describe(diagnostic.span)
                                  : diagnostic.field_path;
    lines.push_back(fmt::format("{} at {}: {}", diagnostic.code, place, diagnostic.message));
  }
  return lines;
}

}  // namespace netpolc::cases
