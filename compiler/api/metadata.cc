// SPDX-License-Identifier: Apache-2.0
#include "compiler/api/metadata.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace netpolc::api {
namespace {

using kubernetes::Fault;

constexpr std::string_view kDefaultNamespace = "default";

// Every field of ObjectMeta. Those that netpolc has no use for are only known.
constexpr auto kMetadataFields = std::to_array<std::string_view>(
    {"name", "namespace", "labels", "annotations", "generateName", "uid", "resourceVersion",
     "generation", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds",
     "ownerReferences", "finalizers", "managedFields", "selfLink"});

constexpr auto kStringFields =
    std::to_array<std::string_view>({"generateName", "uid", "resourceVersion", "creationTimestamp",
                                     "deletionTimestamp", "selfLink"});

constexpr auto kIntegerFields =
    std::to_array<std::string_view>({"generation", "deletionGracePeriodSeconds"});

constexpr auto kListFields =
    std::to_array<std::string_view>({"ownerReferences", "finalizers", "managedFields"});

std::string_view text_of(const document::Value* map, std::string_view name) {
  const document::Value* value = map != nullptr ? map->find(name) : nullptr;
  return value != nullptr && value->kind == document::Kind::kString ? std::string_view(value->text)
                                                                    : std::string_view{};
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

void check_annotations(const Field& annotations) {
  annotations.for_each_member([&](const document::Member& member, const Field& value) {
    // Their case does not count.
    if (const Fault fault = kubernetes::fault_of_qualified_name(lower_case(member.key))) {
      annotations.context()
          .sink
          .report(diag::Code::kBadName, member.key_span,
                  fmt::format("annotation key `{}` is not valid: {}", member.key, *fault))
          .path(annotations.path())
          .object(annotations.context().object);
    }
    value.string();
  });
}

// Types of the fields that are only looked at to find slips.
void check_unused_fields(const Object& metadata) {
  for (const std::string_view name : kStringFields) metadata.string(name);
  for (const std::string_view name : kIntegerFields) metadata.integer(name);
  for (const std::string_view name : kListFields) {
    if (const std::optional<Field> list = metadata.find(name)) list->is_list();
  }
  if (const std::optional<Field> annotations = metadata.find("annotations")) {
    check_annotations(*annotations);
  }
}

// The member as a name; empty when it is missing or not valid.
std::string read_name(const Object& metadata, std::string_view member, kubernetes::NameRule rule) {
  const std::optional<Field> field = metadata.find(member);
  const std::optional<std::string_view> text = field ? field->string() : std::nullopt;
  if (!text || text->empty()) return {};
  if (const Fault fault = rule(*text)) {
    // The API server refuses these as well, but a name's case changes nothing that is enforced, and
    // the policies of some test suites have such names.
    if (rule == kubernetes::fault_of_dns_subdomain && !rule(lower_case(*text))) {
      field
          ->report(diag::Code::kBadName, Severity::kWarning,
                   fmt::format("{} `{}` has upper-case letters", member, *text))
          .note("Kubernetes would refuse it");
      return std::string(*text);
    }
    field->report(diag::Code::kBadName,
                  fmt::format("{} `{}` is not valid: {}", member, *text, *fault));
    return {};
  }
  return std::string(*text);
}

// Whether the member is missing or "", so that no other fault of it was reported.
bool is_missing(const Object& metadata, std::string_view member) {
  const std::optional<Field> field = metadata.find(member);
  return !field || (field->value().kind == document::Kind::kString && field->value().text.empty());
}

}  // namespace

std::string object_title(std::string_view kind, Scope scope, const document::Value& object) {
  const document::Value* metadata = object.find("metadata");
  std::string_view name = text_of(metadata, "name");
  if (name.empty()) name = "(no name)";
  if (scope == Scope::kCluster) return fmt::format("{} {}", kind, name);
  std::string_view space = text_of(metadata, "namespace");
  if (space.empty()) space = kDefaultNamespace;
  return fmt::format("{} {}/{}", kind, space, name);
}

model::Labels read_labels(const Field& field) {
  model::Labels labels;
  field.for_each_member([&](const document::Member& member, const Field& item) {
    const auto report_at = [&](diag::Code code, Span span, std::string message) {
      field.context()
          .sink.report(code, span, std::move(message))
          .path(field.path())
          .object(field.context().object);
    };
    if (const Fault fault = kubernetes::fault_of_qualified_name(member.key)) {
      report_at(diag::Code::kBadLabelKey, member.key_span,
                fmt::format("label key `{}` is not valid: {}", member.key, *fault));
    }
    const std::optional<std::string_view> value = item.string();
    if (!value) return;
    if (const Fault fault = kubernetes::fault_of_label_value(*value)) {
      report_at(diag::Code::kBadLabelValue, item.span(),
                fmt::format("label value `{}` is not valid: {}", *value, *fault));
    }
    labels.emplace(member.key, *value);
  });
  return labels;
}

std::optional<Metadata> read_metadata(const Field& object, Scope scope,
                                      kubernetes::NameRule name_rule) {
  const std::optional<Field> field = object.member("metadata");
  if (!field) {
    object.report_missing("metadata.name");
    return std::nullopt;
  }
  const Object metadata(*field, kMetadataFields);
  if (field->value().kind != document::Kind::kMap) return std::nullopt;
  if (object.context().is_strict) check_unused_fields(metadata);

  Metadata out;
  out.name = read_name(metadata, "name", name_rule);
  if (is_missing(metadata, "name")) {
    diag::Builder report = field->report_missing("name");
    if (metadata.find("generateName")) {
      report.note("`generateName` is for objects that a server creates; rules need a lasting name");
    }
  }
  bool has_namespace = true;
  if (scope == Scope::kNamespaced) {
    out.namespace_name = read_name(metadata, "namespace", kubernetes::fault_of_dns_label);
    if (is_missing(metadata, "namespace")) out.namespace_name = kDefaultNamespace;
    has_namespace = !out.namespace_name.empty();
  }
  if (const std::optional<Field> labels = metadata.find("labels")) {
    out.labels = read_labels(*labels);
  }
  if (out.name.empty() || !has_namespace) return std::nullopt;
  out.span = metadata.find("name")->span();
  return out;
}

}  // namespace netpolc::api
