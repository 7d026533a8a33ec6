// SPDX-License-Identifier: Apache-2.0
#include "compiler/document/parse.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

#include "compiler/document/compose.h"
#include "compiler/document/graph.h"
#include "compiler/document/json.h"
#include "compiler/document/yaml.h"
#include "compiler/support/utf8.h"

namespace netpolc::document {
namespace {

// yaml-cpp counts bytes in an int.
constexpr std::size_t kMaxBytes = std::numeric_limits<std::int32_t>::max();

// Whether the source is text of a size that we read; says so if not.
bool is_readable(std::string_view text, std::uint32_t source, const Limits& limits,
                 diag::Sink& sink) {
  const std::size_t max_bytes = std::min(limits.max_bytes, kMaxBytes);
  if (text.size() > max_bytes) {
    sink.report(diag::Code::kTooLarge, Span{source, 0, 0},
                fmt::format("{} bytes are more than the limit of {}", text.size(), max_bytes));
    return false;
  }
  if (const std::optional<std::size_t> bad = find_invalid_utf8(text)) {
    const auto at = static_cast<std::uint32_t>(*bad);
    const bool is_utf16 = text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF");
    sink.report(diag::Code::kNotUtf8, Span{source, at, at + 1},
                fmt::format("byte 0x{:02x} is not UTF-8", static_cast<unsigned char>(text[*bad])))
        .note(is_utf16 ? "the file looks like UTF-16; save it as UTF-8" : "save the file as UTF-8");
    return false;
  }
  return true;
}

// The documents if the text was taken as JSON; nothing if YAML is to be tried.
std::optional<std::vector<Value>> try_json(std::string_view text, std::size_t begin, bool is_named,
                                           std::uint32_t source, const Limits& limits,
                                           diag::Sink& sink) {
  std::vector<Value> documents;
  Graph graph;
  if (const std::optional<JsonFault> fault = parse_json(text, begin, limits.max_depth, graph)) {
    if (!is_named && !fault->is_too_deep) return std::nullopt;
    const Span place{source, fault->offset, fault->offset + 1};
    sink.report(fault->is_too_deep ? diag::Code::kTooDeep : diag::Code::kSyntax, place,
                fault->message);
    return documents;
  }
  const bool is_null = graph.is_empty() || (graph.at(0).form == Form::kScalar &&
                                            graph.at(0).scalar.kind == Kind::kNull);
  if (is_null) return documents;
  std::size_t alias_nodes = 0;
  std::optional<Value> document = compose(graph, source, limits, alias_nodes, sink);
  if (document) documents.push_back(std::move(*document));
  return documents;
}

}  // namespace

std::vector<Value> parse_documents(const diag::SourceManager& sources, std::uint32_t source,
                                   const Limits& limits, diag::Sink& sink) {
  const std::string_view text = sources.text(source);
  if (!is_readable(text, source, limits, sink)) return {};
  const std::size_t begin = text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  const std::size_t first = text.find_first_not_of(" \t\r\n", begin);
  const bool is_named = sources.name(source).ends_with(".json");
  if (is_named || (first != std::string_view::npos && (text[first] == '{' || text[first] == '['))) {
    std::optional<std::vector<Value>> documents =
        try_json(text, begin, is_named, source, limits, sink);
    if (documents) return std::move(*documents);
  }
  return parse_yaml(text, source, limits, sink);
}

}  // namespace netpolc::document
