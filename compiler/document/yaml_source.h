// SPDX-License-Identifier: Apache-2.0
// The written form of YAML nodes: yaml-cpp tells only where a node begins, properties included.
// All offsets are bytes of the text that the class was made with.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace netpolc::document {

struct Range {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

struct ForbiddenCharacter {
  std::uint32_t offset = 0;
  std::string message;
  std::string note;
};

// The first character that YAML does not allow, or that readers of YAML 1.1 and 1.2 take
// differently. `text` is UTF-8, without its byte order mark.
std::optional<ForbiddenCharacter> find_forbidden_character(std::string_view text);

class YamlSource {
 public:
  explicit YamlSource(std::string_view text) : text_(text) {}

  // Where a scalar's own text stands, given where its node begins. Without properties, quotes and
  // folding it is as long as `value`. Nothing if its quotes are never closed.
  std::optional<Range> scalar(std::uint32_t begin, std::string_view value, bool is_plain) const;
  // The first byte of a list or map.
  Range collection(std::uint32_t begin) const;
  // `*name`.
  Range alias(std::uint32_t begin) const;
  // A null that is written out (`~`, `null`, only a tag or anchor); nothing if it is left out.
  std::optional<Range> written_null(std::uint32_t begin) const;
  // The dash of an empty block list item; `list` and `next` are where the list and the token after
  // the item begin.
  std::optional<Range> empty_item(std::uint32_t list, std::uint32_t next) const;

  // Whether a document may begin at `begin` when the one before ended at `last_end` or later.
  bool has_separator(std::uint32_t last_end, std::uint32_t begin) const;

  // A tab before the first character of the line that holds byte `at`.
  std::optional<Range> indenting_tab(std::uint32_t at) const;

  std::string_view text(Range range) const {
    return text_.substr(range.begin, range.end - range.begin);
  }

 private:
  bool is_at(std::size_t at, std::string_view chars) const {
    return at < text_.size() && chars.contains(text_[at]);
  }
  std::size_t property_end(std::size_t at) const;
  std::size_t skip_properties(std::size_t at) const;
  std::size_t skip_space_and_comments(std::size_t at) const;
  std::optional<std::size_t> quote_end(std::size_t at) const;
  std::size_t plain_end(std::size_t at, std::string_view value) const;
  std::size_t line_begin(std::size_t at) const;

  std::string_view text_;
};

}  // namespace netpolc::document
