// SPDX-License-Identifier: Apache-2.0
#include "compiler/document/json.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/unit/compiler/document/parsed.h"

namespace netpolc::document {
namespace {

Parsed json(std::string text, const Limits& limits = {}) {
  return Parsed(std::move(text), limits, "f.json");
}

TEST(Json, Values) {
  const Parsed parsed = json(
      R"({"a": [1, -2, 1.5, 1e3, true, false, null, "y", "\u00e4\n"], "b": {}, "c": [], "": 0})");
  EXPECT_EQ(parsed.faults(), "");
  EXPECT_EQ(dump(parsed),
            "{a:[1,-2,f1.500000,f1000.000000,true,false,null,\"y\",\"\xC3\xA4\n\"],b:{},c:[],:0}");
}

TEST(Json, LargeNumbers) {
  const Parsed parsed = json(R"([9223372036854775807, -9223372036854775808, 9223372036854775808,
                                 1e-999])");
  ASSERT_EQ(parsed.faults(), "");
  const std::vector<Value>& items = parsed.documents[0].items;
  EXPECT_EQ(items[0].integer, std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(items[1].integer, std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(items[2].kind, Kind::kFloat);
  EXPECT_EQ(items[2].text, "9223372036854775808");
  EXPECT_EQ(items[3].floating, 0);
  EXPECT_EQ(json("[1, 1e999]").faults(), "NP1001 1:5");
}

TEST(Json, Places) {
  const Parsed parsed =
      json("\xEF\xBB\xBF{ \"\xC3\xA4\" : \"x\\\"y\" ,\r\n \"b\":[12 ,true,null, {\"c\" : 1.5}] }");
  ASSERT_EQ(parsed.faults(), "");
  const Value& root = parsed.documents[0];
  EXPECT_EQ(parsed.written(root.span), "{");
  EXPECT_EQ(parsed.written(root.members[0].key_span), "\"\xC3\xA4\"");
  EXPECT_EQ(parsed.written(root.members[0].value.span), "\"x\\\"y\"");
  EXPECT_EQ(parsed.written(root.members[1].key_span), "\"b\"");
  const Value& list = root.members[1].value;
  EXPECT_EQ(parsed.written(list.span), "[");
  EXPECT_EQ(parsed.written(list.items[0].span), "12");
  EXPECT_EQ(parsed.written(list.items[1].span), "true");
  EXPECT_EQ(parsed.written(list.items[2].span), "null");
  EXPECT_EQ(parsed.written(list.items[3].span), "{");
  EXPECT_EQ(parsed.written(list.items[3].members[0].value.span), "1.5");
}

TEST(Json, Faults) {
  const struct {
    const char* text;
    const char* faults;
  } cases[] = {
      {"{\"a\": 1,}", "NP1001 1:9"},
      {"[1, 2", "NP1001 1:6"},
      {"[01]", "NP1001 1:3"},
      {"{a: 1}", "NP1001 1:2"},
      {"['a']", "NP1001 1:2"},
      {"[1] x", "NP1001 1:5"},
      {"[\"\\ud800\"]", "NP1001 1:3"},
      {"[NaN]", "NP1001 1:2"},
      {"// c\n[]", "NP1001 1:1"},
      {"[\"a\tb\"]", "NP1001 1:4"},
      {"a: 1", "NP1001 1:1"},
      {"{\"a\":1}{\"b\":1}", "NP1001 1:8"},
      {"{\"s\": {\"a\": 1,\n \"a\": 2}}", "NP1003 2:2 s.a"},
      {"{\"kind\":\"List\",\"items\":[{\"a\":{\"b\":1,\"b\":2}}]}", "NP1003 1:37 a.b"},
  };
  for (const auto& c : cases) EXPECT_EQ(json(c.text).faults(), c.faults) << c.text;
  EXPECT_EQ(json(std::string("[1]\0[2]", 7)).faults(), "NP1001 1:4");
}

TEST(Json, NothingInIt) {
  for (const char* text : {"", " \n", "null", "\xEF\xBB\xBF"}) {
    EXPECT_EQ(json(text).faults(), "") << text;
    EXPECT_TRUE(json(text).documents.empty()) << text;
  }
}

TEST(Json, DepthUsesNoStack) {
  for (const std::string unit : {"[", "{\"a\":"}) {
    std::string text;
    for (int i = 0; i < 1'000'000; ++i) text += unit;
    EXPECT_TRUE(json(text).faults().starts_with("NP1005")) << unit;
  }
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_EQ(json(nested(100)).faults(), "");
  EXPECT_EQ(json(nested(101)).faults(), "NP1005 1:101");
}

}  // namespace
}  // namespace netpolc::document
