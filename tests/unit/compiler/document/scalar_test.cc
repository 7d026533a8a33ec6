// SPDX-License-Identifier: Apache-2.0
#include "compiler/document/scalar.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace netpolc::document {
namespace {

TEST(ResolvePlain, Nulls) {
  for (const char* text : {"", "~", "null", "Null", "NULL"}) {
    EXPECT_EQ(resolve_plain(text).kind, Kind::kNull) << text;
  }
}

TEST(ResolvePlain, Booleans) {
  for (const char* text :
       {"y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"}) {
    EXPECT_EQ(resolve_plain(text).kind, Kind::kBool) << text;
    EXPECT_TRUE(resolve_plain(text).boolean) << text;
  }
  for (const char* text :
       {"n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"}) {
    EXPECT_EQ(resolve_plain(text).kind, Kind::kBool) << text;
    EXPECT_FALSE(resolve_plain(text).boolean) << text;
  }
}

TEST(ResolvePlain, Integers) {
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  const struct {
    const char* text;
    std::int64_t value;
  } cases[] = {
      {"0", 0},
      {"80", 80},
      {"-1", -1},
      {"+12", 12},
      {"8_0", 80},
      {"1_000_000", 1000000},
      {"80_", 80},
      {"+_1", 1},
      {"0120", 80},
      {"0o120", 80},
      {"0O17", 15},
      {"-012", -10},
      {"00", 0},
      {"0_17", 15},
      {"08", 8},
      {"0989", 989},
      {"-09", -9},
      {"0x50", 80},
      {"0X1f", 31},
      {"0x1F", 31},
      {"-0x10", -16},
      {"+0x10", 16},
      {"0x_ff", 255},
      {"0b101", 5},
      {"0B11", 3},
      {"-0b101", -5},
      {"0b1_1", 3},
      {"9223372036854775807", kMax},
      {"-9223372036854775808", std::numeric_limits<std::int64_t>::min()},
      {"0x7fffffffffffffff", kMax},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(resolve_plain(c.text).kind, Kind::kInteger) << c.text;
    EXPECT_EQ(resolve_plain(c.text).integer, c.value) << c.text;
  }
}

TEST(ResolvePlain, Floats) {
  const double infinity = std::numeric_limits<double>::infinity();
  const struct {
    const char* text;
    double value;
  } cases[] = {
      {"1.5", 1.5},
      {"-1.5", -1.5},
      {"+1.5", 1.5},
      {"1.", 1},
      {".5", 0.5},
      {"1e3", 1000},
      {"1E3", 1000},
      {"8e1", 80},
      {"1e+3", 1000},
      {"5e-1", 0.5},
      {"80.0", 80},
      {"1.20", 1.2},
      {".5e1", 5},
      {"1_0.5", 10.5},
      {"-.5", -0.5},
      {"+.5", 0.5},
      {"01.5", 1.5},
      {".inf", infinity},
      {".Inf", infinity},
      {"+.INF", infinity},
      {"-.inf", -infinity},
      {"9223372036854775808", 9223372036854775808.0},
      {"-9223372036854775809", -9223372036854775809.0},
      {"18446744073709551616", 18446744073709551616.0},
      {"0xffffffffffffffff", 18446744073709551615.0},
      {"0x10000000000000000", 18446744073709551616.0},
      {"1e-999", 0},
      {"0.0e999", 0},
      {"0e99999999999", 0},
      {"1e-99999999999999999999", 0},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(resolve_plain(c.text).kind, Kind::kFloat) << c.text;
    EXPECT_DOUBLE_EQ(resolve_plain(c.text).floating, c.value) << c.text;
  }
  for (const char* text : {".nan", ".NaN", ".NAN"}) {
    EXPECT_EQ(resolve_plain(text).kind, Kind::kFloat) << text;
    EXPECT_TRUE(std::isnan(resolve_plain(text).floating)) << text;
  }
}

TEST(ResolvePlain, Strings) {
  for (const char* text : {"a",
                           "yEs",
                           "oN",
                           "tRUE",
                           "nULL",
                           "nil",
                           "none",
                           "~x",
                           "<<",
                           "=",
                           "1.2.3",
                           "2001-01-01",
                           "2001-12-14T21:59:43Z",
                           "12:30:45",
                           "190:20:30.15",
                           "10.0.0.0/8",
                           "0x",
                           "0xg",
                           "0o9",
                           "0o",
                           "0b2",
                           "0b",
                           "1e",
                           "1e+",
                           "e3",
                           ".",
                           "..",
                           ".e1",
                           ".inff",
                           "inf",
                           "nan",
                           "+",
                           "-",
                           "--1",
                           "+-1",
                           "1-",
                           "_1",
                           "._5",
                           ".5_0",
                           "1 2",
                           "1a",
                           "80/TCP",
                           "1e999",
                           "-1e999",
                           ".1e999",
                           "0x1p3",
                           "1,000",
                           "1.5.",
                           " 1"}) {
    EXPECT_EQ(resolve_plain(text).kind, Kind::kString) << text;
  }
}

TEST(KeyText, AsKubernetesConvertsThem) {
  const struct {
    const char* text;
    const char* key;
  } cases[] = {{"on", "true"},     {"n", "false"},   {"0x10", "16"},   {"-5", "-5"},
               {"1.50", "1.5"},    {"1e3", "1000"},  {"1e7", "1e+07"}, {".inf", ".inf"},
               {"-.Inf", "-.inf"}, {".NaN", ".nan"}, {"0.1", "0.1"},   {"1e300", ".inf"}};
  for (const auto& c : cases) EXPECT_EQ(key_text(resolve_plain(c.text)), c.key) << c.text;
  EXPECT_FALSE(key_text(resolve_plain("~")).has_value());
}

TEST(ParseDecimal, WholeTextOnly) {
  EXPECT_EQ(parse_decimal("-0.5e1"), -5.0);
  for (const char* text : {"", "+", ".", "1x", "x1", "1e", "0x1", "inf", "nan", "1 "}) {
    EXPECT_FALSE(parse_decimal(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace netpolc::document
