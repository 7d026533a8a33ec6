// SPDX-License-Identifier: Apache-2.0
#include "compiler/document/yaml_source.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/support/utf8.h"

namespace netpolc::document {
namespace {

constexpr std::string_view kSpace = " \t\r\n";
constexpr std::string_view kAfterName = " \t\r\n,[]{}";

Range range(std::size_t begin, std::size_t end) {
  return Range{static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
}

bool is_line_separator(char32_t c) { return c == 0x85 || c == 0x2028 || c == 0x2029; }

bool is_allowed(char32_t c) {
  if (c < 0x20) return c == '\t' || c == '\n' || c == '\r';
  if (c >= 0x7F && c < 0xA0) return false;
  return c != 0xFEFF && c != 0xFFFE && c != 0xFFFF && !is_line_separator(c);
}

}  // namespace

std::optional<ForbiddenCharacter> find_forbidden_character(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte >= 0x20 && byte < 0x7F) {
      ++i;
      continue;
    }
    const CodePoint point = decode_utf8(text, i);
    if (!is_allowed(point.value)) {
      ForbiddenCharacter found;
      found.offset = static_cast<std::uint32_t>(i);
      const auto number = static_cast<unsigned>(point.value);
      found.message = fmt::format("character U+{:04X} is not allowed", number);
      if (is_line_separator(point.value)) {
        found.note = "versions of YAML differ on whether it ends a line";
      } else if (point.value == 0xFEFF) {
        found.note = "a byte order mark stands only at the begin of a file";
      } else {
        found.note = fmt::format("write it as `\\u{:04x}` in a double-quoted string", number);
      }
      return found;
    }
    i += point.length;
  }
  return std::nullopt;
}

std::size_t YamlSource::property_end(std::size_t at) const {
  if (text_.substr(at).starts_with("!<")) {
    return std::min(text_.find('>', at), text_.size() - 1) + 1;
  }
  return std::min(text_.find_first_of(kAfterName, at), text_.size());
}

std::size_t YamlSource::skip_space_and_comments(std::size_t at) const {
  while (at < text_.size()) {
    if (is_at(at, kSpace)) {
      ++at;
    } else if (text_[at] == '#' && (at == 0 || is_at(at - 1, kSpace))) {
      at = std::min(text_.find('\n', at), text_.size());
    } else {
      break;
    }
  }
  return at;
}

std::size_t YamlSource::skip_properties(std::size_t at) const {
  while (is_at(at, "!&")) at = skip_space_and_comments(property_end(at));
  return at;
}

std::optional<std::size_t> YamlSource::quote_end(std::size_t at) const {
  const char quote = text_[at];
  for (std::size_t i = at + 1; i < text_.size(); ++i) {
    if (quote == '"' && text_[i] == '\\') {
      ++i;
    } else if (text_[i] == quote) {
      if (quote == '"' || !is_at(i + 1, "'")) return i + 1;
      ++i;
    }
  }
  return std::nullopt;
}

// Folding changes only the white space of a plain scalar.
std::size_t YamlSource::plain_end(std::size_t at, std::string_view value) const {
  if (text_.substr(at).starts_with(value)) return at + value.size();
  std::size_t end = at;
  for (const char c : value) {
    if (kSpace.contains(c)) continue;
    while (is_at(at, kSpace)) ++at;
    if (at == text_.size() || text_[at] != c) break;
    end = ++at;
  }
  return end;
}

std::optional<Range> YamlSource::scalar(std::uint32_t begin, std::string_view value,
                                        bool is_plain) const {
  const std::size_t at = skip_properties(begin);
  const bool has_properties = at != begin;
  if (!is_plain || has_properties) {
    if (is_at(at, "\"'")) {
      const std::optional<std::size_t> end = quote_end(at);
      // A node of properties alone may stand before the quotes of another one.
      if (value.empty() && has_properties && end != at + 2)
        return range(begin, property_end(begin));
      if (!end) return std::nullopt;
      return range(at, *end);
    }
    if (is_at(at, "|>")) return range(at, std::min(text_.find_first_of(kSpace, at), text_.size()));
  }
  if (value.empty() && has_properties) return range(begin, property_end(begin));
  return range(at, plain_end(at, value));
}

Range YamlSource::collection(std::uint32_t begin) const {
  const std::size_t at = std::min(skip_properties(begin), text_.size());
  return range(at, std::min(at + 1, text_.size()));
}

Range YamlSource::alias(std::uint32_t begin) const { return range(begin, property_end(begin)); }

std::optional<Range> YamlSource::written_null(std::uint32_t begin) const {
  if (is_at(begin, "!&")) {
    const std::size_t at = skip_properties(begin);
    for (const std::string_view word : {"~", "null", "Null", "NULL"}) {
      if (text_.substr(at).starts_with(word)) return range(at, at + word.size());
    }
    return range(begin, property_end(begin));
  }
  for (const std::string_view word : {"~", "null", "Null", "NULL"}) {
    const std::size_t end = begin + word.size();
    if (text_.substr(std::min<std::size_t>(begin, text_.size())).starts_with(word) &&
        (end == text_.size() || is_at(end, kAfterName))) {
      return range(begin, end);
    }
  }
  return std::nullopt;
}

std::size_t YamlSource::line_begin(std::size_t at) const {
  if (at == 0) return 0;
  const std::size_t end = text_.rfind('\n', at - 1);
  return end == std::string_view::npos ? 0 : end + 1;
}

std::optional<Range> YamlSource::empty_item(std::uint32_t list, std::uint32_t next) const {
  const std::size_t column = list - line_begin(list);
  std::size_t limit = std::min<std::size_t>(next, text_.size());
  while (limit > list) {
    const std::size_t dash = line_begin(limit) + column;
    const bool ends_there = dash + 1 >= text_.size() || is_at(dash + 1, kSpace);
    if (dash >= list && dash < limit && is_at(dash, "-") && ends_there) {
      return range(dash, dash + 1);
    }
    const std::size_t line = line_begin(limit);
    if (line == 0) break;
    limit = line - 1;
  }
  return std::nullopt;
}

bool YamlSource::has_separator(std::uint32_t last_end, std::uint32_t begin) const {
  if (text_.substr(begin).starts_with("---")) return true;
  const std::string_view between = text_.substr(0, begin);
  for (std::size_t at = last_end; (at = between.find("...", at)) != std::string_view::npos; ++at) {
    const bool ends_there = at + 3 == text_.size() || is_at(at + 3, kSpace);
    if (line_begin(at) == at && ends_there) return true;
  }
  return false;
}

std::optional<Range> YamlSource::indenting_tab(std::uint32_t at) const {
  const std::size_t begin = line_begin(std::min<std::size_t>(at, text_.size()));
  const std::size_t first = text_.find_first_not_of(' ', begin);
  if (!is_at(first, "\t")) return std::nullopt;
  return range(first, first + 1);
}

}  // namespace netpolc::document
