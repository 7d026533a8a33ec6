// SPDX-License-Identifier: Apache-2.0
#include "compiler/support/utf8.h"

#include <gtest/gtest.h>

namespace netpolc {
namespace {

TEST(Utf8, DecodesWhatItAppends) {
  for (const char32_t value : {0x0U, 0x7FU, 0x80U, 0x7FFU, 0x800U, 0xD7FFU, 0xE000U, 0xFFFDU,
                               0xFFFFU, 0x10000U, 0x10FFFFU}) {
    std::string text;
    append_utf8(text, value);
    const CodePoint point = decode_utf8(text, 0);
    EXPECT_TRUE(point.is_valid);
    EXPECT_EQ(point.value, value);
    EXPECT_EQ(point.length, text.size());
    EXPECT_FALSE(find_invalid_utf8(text).has_value());
  }
}

TEST(Utf8, FindsTheFirstBadByte) {
  const struct {
    std::string_view text;
    std::size_t offset;
  } cases[] = {
      {"\x80", 0},
      {"ab\xC0\x80", 2},
      {"\xC1\xBF", 0},
      {"\xE0\x9F\xBF", 0},
      {"\xED\xA0\x80", 0},
      {"\xF0\x8F\xBF\xBF", 0},
      {"\xF4\x90\x80\x80", 0},
      {"\xF5\x80\x80\x80", 0},
      {"\xE2\x82", 0},
      {"\xC3", 0},
      {"\xFF\xFE", 0},
      {"12345678\xFF", 8},
      {"1234567\xC3\xA4\xC3", 9},
      {"\xC3\xA4\xC3(", 2},
  };
  for (const auto& c : cases) EXPECT_EQ(find_invalid_utf8(c.text), c.offset) << c.text;
  EXPECT_FALSE(find_invalid_utf8("").has_value());
  EXPECT_FALSE(find_invalid_utf8("gr\xC3\xBC\xC3\x9F dich \xF0\x9F\x98\x80").has_value());
}

TEST(Utf8, Shortens) {
  EXPECT_EQ(shorten_utf8("", 3), "");
  EXPECT_EQ(shorten_utf8("abc", 3), "abc");
  EXPECT_EQ(shorten_utf8("abcd", 3), "abc...");
  EXPECT_EQ(shorten_utf8("\xC3\xA4\xC3\xB6\xC3\xBC", 2), "\xC3\xA4\xC3\xB6...");
}

}  // namespace
}  // namespace netpolc
