// SPDX-License-Identifier: Apache-2.0
#include "compiler/diag/source_manager.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "compiler/support/check.h"
#include "compiler/support/utf8.h"

namespace netpolc::diag {
namespace {

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

// Index into `starts` of the line that holds byte `offset`.
std::size_t line_index(const std::vector<std::uint32_t>& starts, std::uint32_t offset) {
  const auto after = std::upper_bound(starts.begin(), starts.end(), offset);
  return static_cast<std::size_t>(after - starts.begin()) - 1;
}

}  // namespace

std::uint32_t SourceManager::add(std::string name, std::string bytes) {
  NETPOLC_CHECK(bytes.size() < std::numeric_limits<std::uint32_t>::max(), "source of 4 GiB");
  sources_.push_back(Source{std::move(name), std::move(bytes), {}});
  return static_cast<std::uint32_t>(sources_.size());
}

const SourceManager::Source& SourceManager::get(std::uint32_t source) const {
  NETPOLC_CHECK(source != 0 && source <= sources_.size(), "no such source");
  return sources_[source - 1];
}

// Lines end at LF, CR LF or a lone CR, as YAML's do.
const std::vector<std::uint32_t>& SourceManager::line_starts(const Source& source) {
  if (!source.line_starts.empty()) return source.line_starts;
  source.line_starts.push_back(0);
  const std::string& bytes = source.bytes;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const bool is_lone_cr = bytes[i] == '\r' && (i + 1 == bytes.size() || bytes[i + 1] != '\n');
    if (bytes[i] == '\n' || is_lone_cr) {
      source.line_starts.push_back(static_cast<std::uint32_t>(i + 1));
    }
  }
  return source.line_starts;
}

std::string_view SourceManager::name(std::uint32_t source) const { return get(source).name; }

std::string_view SourceManager::text(std::uint32_t source) const { return get(source).bytes; }

Position SourceManager::position(const Span& span) const {
  const Source& source = get(span.source);
  const auto size = static_cast<std::uint32_t>(source.bytes.size());
  const std::uint32_t offset = std::min(span.begin, size);
  const std::vector<std::uint32_t>& starts = line_starts(source);
  const std::size_t line = line_index(starts, offset);
  std::string_view before =
      std::string_view(source.bytes).substr(starts[line], offset - starts[line]);
  // A byte order mark is no column that an editor would show.
  if (line == 0 && before.starts_with(kByteOrderMark)) before.remove_prefix(kByteOrderMark.size());
  std::uint32_t column = 1;
  for (const char c : before) column += is_continuation(c) ? 0 : 1;
  return Position{static_cast<std::uint32_t>(line + 1), column};
}

std::uint32_t SourceManager::line(const Span& span) const {
  const Source& source = get(span.source);
  const auto size = static_cast<std::uint32_t>(source.bytes.size());
  return static_cast<std::uint32_t>(line_index(line_starts(source), std::min(span.begin, size)) +
                                    1);
}

std::string_view SourceManager::line_text(std::uint32_t source, std::uint32_t offset) const {
  const Source& text = get(source);
  const std::vector<std::uint32_t>& starts = line_starts(text);
  const std::size_t line =
      line_index(starts, std::min(offset, static_cast<std::uint32_t>(text.bytes.size())));
  const std::size_t end = line + 1 < starts.size() ? starts[line + 1] : text.bytes.size();
  std::string_view result = std::string_view(text.bytes).substr(starts[line], end - starts[line]);
  if (result.ends_with('\n')) result.remove_suffix(1);
  if (result.ends_with('\r')) result.remove_suffix(1);
  return result;
}

std::string SourceManager::describe(const Span& span) const {
  if (!span.is_known()) return "-";
  const Position at = position(span);
  return fmt::format("{}:{}:{}", name(span.source), at.line, at.column);
}

}  // namespace netpolc::diag
