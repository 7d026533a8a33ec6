// SPDX-License-Identifier: Apache-2.0
// UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace netpolc {

inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

struct CodePoint {
  char32_t value = 0;      // U+FFFD where the bytes are no UTF-8
  std::size_t length = 1;  // bytes; 1 where the bytes are no UTF-8
  bool is_valid = false;
};

// The code point that begins at byte `offset`, which must be inside `text`.
CodePoint decode_utf8(std::string_view text, std::size_t offset);

// Offset of the first byte that is no UTF-8; nothing if all of `text` is.
std::optional<std::size_t> find_invalid_utf8(std::string_view text);

// Appends one code point, which must not be above U+10FFFF.
void append_utf8(std::string& out, char32_t value);

// The first `max_points` code points, with "..." after them if there are more.
std::string shorten_utf8(std::string_view text, std::size_t max_points);

}  // namespace netpolc
