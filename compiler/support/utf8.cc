// SPDX-License-Identifier: Apache-2.0
#include "compiler/support/utf8.h"

#include <cstdint>
#include <cstring>

#include "compiler/support/check.h"

namespace netpolc {
namespace {

constexpr CodePoint kInvalid{U'\uFFFD', 1, false};

}  // namespace

CodePoint decode_utf8(std::string_view text, std::size_t offset) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[offset + i]); };
  const unsigned first = byte(0);
  if (first < 0x80) return CodePoint{first, 1, true};
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() - offset < length) return kInvalid;
  char32_t value = first & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return kInvalid;
    value = value << 6 | (byte(i) & 0x3FU);
  }
  const bool is_overlong = (length == 3 && value < 0x800) || (length == 4 && value < 0x10000);
  if (is_overlong || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return kInvalid;
  return CodePoint{value, length, true};
}

std::optional<std::size_t> find_invalid_utf8(std::string_view text) {
  constexpr std::uint64_t kHighBits = 0x8080808080808080U;
  for (std::size_t i = 0; i < text.size();) {
    // Eight ASCII bytes at a time: manifests are hardly anything else.
    std::uint64_t word = 0;
    if (text.size() - i >= sizeof word) {
      std::memcpy(&word, text.data() + i, sizeof word);
      if ((word & kHighBits) == 0) {
        i += sizeof word;
        continue;
      }
    }
    const CodePoint point = decode_utf8(text, i);
    if (!point.is_valid) return i;
    i += point.length;
  }
  return std::nullopt;
}

void append_utf8(std::string& out, char32_t value) {
  NETPOLC_CHECK(value <= 0x10FFFF, "no code point");
  const auto tail = [&](unsigned shift) {
    out += static_cast<char>(0x80U | (value >> shift & 0x3FU));
  };
  if (value < 0x80) {
    out += static_cast<char>(value);
  } else if (value < 0x800) {
    out += static_cast<char>(0xC0U | value >> 6);
    tail(0);
  } else if (value < 0x10000) {
    out += static_cast<char>(0xE0U | value >> 12);
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xF0U | value >> 18);
    tail(12);
    tail(6);
    tail(0);
  }
}

std::string shorten_utf8(std::string_view text, std::size_t max_points) {
  std::size_t end = 0;
  for (std::size_t count = 0; count < max_points && end < text.size(); ++count) {
    end += decode_utf8(text, end).length;
  }
  std::string out(text.substr(0, end));
  if (end < text.size()) out += "...";
  return out;
}

}  // namespace netpolc
