// SPDX-License-Identifier: Apache-2.0
#include "compiler/document/yaml.h"

#include <gtest/gtest.h>

#include "tests/unit/compiler/document/parsed.h"

namespace netpolc::document {
namespace {

TEST(Yaml, Structure) {
  const struct {
    const char* text;
    const char* expected;
  } cases[] = {
      {"", ""},
      {"# only a comment\n", ""},
      {"---\n---\n...\n", ""},
      {"~\n---\nnull\n", ""},
      {"a: 1\n---\nb: 2\n", "{a:1} | {b:2}"},
      {"a: 1\n...\nb: 2\n", "{a:1} | {b:2}"},
      {"a: 1\n... # end\n---\nb: 2\n", "{a:1} | {b:2}"},
      {"%YAML 1.1\n---\na: 1\n", "{a:1}"},
      {"a:\nb: ~\nc: null\n", "{a:null,b:null,c:null}"},
      {"a: 'x'\nb: \"y\\n\\x41\"\nc: |\n  l1\n  l2\nd: >-\n  f1\n  f2\n",
       "{a:\"x\",b:\"y\nA\",c:\"l1\nl2\n\",d:\"f1 f2\"}"},
      {"a: '1'\nb: \"true\"\nc: ! 1\nd: |-\n  12\n", "{a:\"1\",b:\"true\",c:\"1\",d:\"12\"}"},
      {"a: [1, y, 'y', ~, ]\nb: {c, d: , e: x}\n",
       "{a:[1,true,\"y\",null],b:{c:null,d:null,e:\"x\"}}"},
      {"- \n- x\n-\n", "[null,\"x\",null]"},
      {"? a\n: 1\n? b\n", "{a:1,b:null}"},
      {"a: b\n  c\n\n  d # e\n", "{a:\"b c\nd\"}"},
      {"a: 1\r\nb: 2\r\n", "{a:1,b:2}"},
      {"a: 1\rb: 2\r", "{a:1,b:2}"},
      {"\xEF\xBB\xBF"
       "a: 1\n",
       "{a:1}"},
      {"x: http://a:80/#b\n", "{x:\"http://a:80/#b\"}"},
      {"- [a: 1]\n", "[[{a:1}]]"},
  };
  for (const auto& c : cases) {
    const Parsed parsed(c.text);
    EXPECT_EQ(parsed.faults(), "") << c.text;
    EXPECT_EQ(dump(parsed), c.expected) << c.text;
  }
}

TEST(Yaml, ScalarsKeepTheirText) {
  const Parsed parsed("a: 0x50\nb: 1.20\nc: yes\nd: ~\ne:\nf: null\n");
  EXPECT_EQ(parsed.at("a").text, "0x50");
  EXPECT_EQ(parsed.at("b").text, "1.20");
  EXPECT_EQ(parsed.at("c").text, "yes");
  EXPECT_EQ(parsed.at("d").text, "~");
  EXPECT_EQ(parsed.at("e").text, "");
  EXPECT_EQ(parsed.at("f").text, "null");
}

TEST(Yaml, Keys) {
  const Parsed parsed("on: a\nn: b\n0x10: c\n1.50: d\n'y': e\n\"2\": f\n&x k: g\n? *x\n: h\n");
  EXPECT_EQ(dump(parsed), R"({true:"a",false:"b",16:"c",1.5:"d",y:"e",2:"f",k:"g"})");
  EXPECT_EQ(parsed.faults(), "NP1003 8:3 k");  // the alias is the same key again
}

TEST(Yaml, Tags) {
  const Parsed parsed(
      "a: !!str 1\nb: !!int \"3\"\nc: !!float 3\nd: !!bool yes\ne: !!null ''\nf: !!str\n"
      "g: !!map {x: 1}\nh: !!seq [1]\ni: !<tag:yaml.org,2002:str> ~\n");
  EXPECT_EQ(parsed.faults(), "");
  EXPECT_EQ(dump(parsed), R"({a:"1",b:3,c:f3.000000,d:true,e:null,f:"",g:{x:1},h:[1],i:"~"})");
}

TEST(Yaml, Places) {
  const struct {
    const char* text;  // the value of the key `k`, as written
    const char* written;
  } cases[] = {
      {"k: abc # c\n", "abc"},
      {"k: a b\n", "a b"},
      {"k: a\n  b\n\n  c # d\n", "a\n  b\n\n  c"},
      {"k: 'it''s' # c\n", "'it''s'"},
      {"k: \"a\\\"b\" # c\n", "\"a\\\"b\""},
      {"k: \"a\n  b\"\n", "\"a\n  b\""},
      {"k: |-\n  x\n", "|-"},
      {"k: >+2\n    x\n", ">+2"},
      {"k: &a x\n", "x"},
      {"k: !!str &a 'x'\n", "'x'"},
      {"k: &a !!int # c\n   5\n", "5"},
      {"k: !<tag:yaml.org,2002:str> x\n", "x"},
      {"k: [1, 2]\n", "["},
      {"k: &a {x: 1}\n", "{"},
      {"k:\n  x: 1\n", "x"},
      {"k:\n- x\n", "-"},
      {"k: ~\n", "~"},
      {"k: null\nb: 1\n", "null"},
      {"k:\nb: 1\n", "k"},  // nothing written: the key
      {"k: &a\nb: 1\n", "&a"},
      {"k: !!str\n'b': 1\n", "!!str"},
      {"k: \xC3\xA4\xE6\xBC\xA2\n", "\xC3\xA4\xE6\xBC\xA2"},
      {"\xC3\xA4: \xE6\xBC\xA2\nk: x\n", "x"},
      {"\xEF\xBB\xBF"
       "a: 1\nk: x\n",
       "x"},
      {"\xEF\xBB\xBF"
       "k: 'x'\n",
       "'x'"},
      {"a: 1\r\n\r\nk: x\r\n", "x"},
      {"a: 1\r\rk: x\r", "x"},
      {"# \xF0\x9F\x98\x80\nk: x", "x"},
  };
  for (const auto& c : cases) {
    const Parsed parsed(c.text);
    EXPECT_EQ(parsed.faults(), "") << c.text;
    EXPECT_EQ(parsed.written(parsed.at("k").span), c.written) << c.text;
    if (parsed.documents.empty()) continue;
    for (const Member& member : parsed.documents[0].members) {
      const std::string_view key = parsed.written(member.key_span);
      EXPECT_TRUE(key == member.key || key == "'" + member.key + "'") << c.text << key;
    }
  }
}

TEST(Yaml, PlacesOfEmptyItems) {
  const Parsed parsed("a:\n  -   # one\n  - x\n  -\n\n# end\nb:\n- - 1\n  -\n- [ , 1]\n");
  EXPECT_EQ(parsed.faults(), "");
  const auto line_of = [&](const Value& value) {
    EXPECT_EQ(value.kind, Kind::kNull);
    const diag::Position at = parsed.sources.position(value.span);
    return std::to_string(at.line) + ":" + std::to_string(at.column);
  };
  ASSERT_EQ(dump(parsed), R"({a:[null,"x",null],b:[[1,null],[null,1]]})");
  EXPECT_EQ(line_of(parsed.at("a").items[0]), "2:3");
  EXPECT_EQ(line_of(parsed.at("a").items[2]), "4:3");
  EXPECT_EQ(line_of(parsed.at("b").items[0].items[1]), "9:3");
  EXPECT_EQ(line_of(parsed.at("b").items[1].items[0]), "10:5");
}

TEST(Yaml, SyntaxFaults) {
  const struct {
    const char* text;
    const char* faults;
  } cases[] = {
      {"a: b: c\n", "NP1001 1:5"},
      {"a: [1, 2\n", "NP1001 2:1"},
      {"a: [}\n", "NP1001 1:5"},
      {"]\n", "NP1001 1:1"},
      {"a: @x\n", "NP1001 1:4"},
      {"a:\n\tb: 1\n", "NP1001 2:1"},
      {"a: - b\n", "NP1001 1:4"},
      {"a: \"x\nb: 1\n", "NP1001 1:4"},
      {"a: 'x\n", "NP1001 1:4"},
      {"a: \"x\n---\nb: 1\n", "NP1001 2:1"},
      {"a: 1\nb\n", "NP1001 2:1"},
      {"a:\n- x\n-y\n", "NP1001 3:1"},
      {"- a\nb: 1\n", "NP1001 2:1"},
      {"\"a\"\n\"b\"\n", "NP1001 2:1"},
      {"{a: 1}\n{b: 1}\n", "NP1001 2:1"},
      {"a: &x &y b\n", "NP1001 1:7"},
      {"a: 1\n b: 2\n", "NP1001 2:3"},
      {"a: x\x07\n", "NP1001 1:5"},
      {"a: x\x7F\n", "NP1001 1:5"},
      {"# \xE2\x80\xA8"
       "a: 1\n",
       "NP1001 1:3"},
      {"a: \xC2\x85\n", "NP1001 1:4"},
      {"a: 1\n---\n\xEF\xBB\xBF"
       "b: 1\n",
       "NP1001 3:1"},
      {"\xEF\xBB\xBF\xC3\xA4: [\xC3\xB6}\n", "NP1001 1:6"},
  };
  for (const auto& c : cases) EXPECT_EQ(Parsed(c.text).faults(), c.faults) << c.text;
  EXPECT_EQ(Parsed(std::string("a: x\0y\n", 7)).faults(), "NP1001 1:5");
}

TEST(Yaml, WhatStandsBeforeASyntaxFaultIsKept) {
  const Parsed parsed("a: 1\n---\nb: [\n---\nc: 1\n");
  EXPECT_EQ(dump(parsed), "{a:1}");
  EXPECT_EQ(parsed.sink.error_count(), 1U);
}

TEST(Yaml, SyntaxMessagesAreReadable) {
  const Parsed parsed("a:\n\tb: 1\n");
  EXPECT_EQ(diag::render_text(parsed.sink.all(), parsed.sources, false),
            "f.yaml:2:1: error: a tab in the indentation [NP1001]\n"
            "    2 | \tb: 1\n"
            "      | ^\n"
            "  note: indent with spaces\n");
}

TEST(Yaml, UnsupportedTags) {
  EXPECT_EQ(Parsed("a: !!binary aGk=\n").faults(), "NP1009 1:13");
  EXPECT_EQ(Parsed("a: !!set {x}\nb: !mine [1]\n").faults(), "NP1009 1:10; NP1009 2:10");
  EXPECT_EQ(Parsed("a: !!int 3.5\nb: !!bool x\n").faults(), "NP1009 1:10; NP1009 2:11");
  EXPECT_EQ(Parsed("a: !!map x\n").faults(), "NP1009 1:10");
  EXPECT_EQ(Parsed("a: !!timestamp 2001-01-01\n").faults(), "NP1009 1:16");
}

TEST(Yaml, Anchors) {
  const Parsed parsed("a: &x {k: [1]}\nb: *x\nc: &y 5\nd: [*y, *x]\n");
  EXPECT_EQ(parsed.faults(), "");
  EXPECT_EQ(dump(parsed), "{a:{k:[1]},b:{k:[1]},c:5,d:[5,{k:[1]}]}");
  // An anchor may be given again; an alias takes the last one before it.
  EXPECT_EQ(dump(Parsed("a: &x 1\nb: &x 2\nc: *x\n")), "{a:1,b:2,c:2}");
}

TEST(Yaml, UnknownAnchors) {
  EXPECT_EQ(Parsed("a: 1\nb: *nope\n").faults(), "NP1007 2:4");
  EXPECT_EQ(Parsed("a: &x [*x]\n").faults(), "NP1007 1:8");
  EXPECT_EQ(Parsed("&r a: &x\n  b: *x\n").faults(), "NP1007 2:6");
  EXPECT_EQ(Parsed("a: &x 1\n---\nb: *x\n").faults(), "NP1007 3:4");  // documents are apart
  const Parsed parsed("a: *nope\n");
  ASSERT_EQ(parsed.sink.all().size(), 1U);
  EXPECT_EQ(parsed.sink.all()[0].message, "alias `*nope` names no anchor");
  EXPECT_EQ(parsed.written(parsed.sink.all()[0].span), "*nope");
}

TEST(Yaml, DeepTextsAreRefused) {
  for (const std::string unit :
       {"[", "{", "- ", "? ", "[a, ", "{a: ", "[{a: ", "!!seq [", "&a [", "\"", "-"}) {
    std::string text;
    while (text.size() < 100'000) text += unit;
    const Parsed parsed(text);
    EXPECT_TRUE(parsed.documents.size() <= 1) << unit;
    if (unit.contains('[') || unit.contains('{') || unit == "- ") {
      EXPECT_TRUE(parsed.faults().starts_with("NP1005")) << unit << parsed.faults();
    }
  }
  std::string indented;
  for (int i = 0; i < 2000; ++i) indented += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
  EXPECT_EQ(Parsed(indented).faults(), "NP1005 101:101");
}

TEST(Yaml, DepthLimitIsExact) {
  const auto nested = [](std::size_t depth) {
    return "# not JSON\n" + std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_EQ(Parsed(nested(100)).faults(), "");
  EXPECT_EQ(Parsed(nested(101)).faults(), "NP1005 2:101");
  EXPECT_EQ(Parsed(nested(3), Limits{.max_depth = 2}).faults(), "NP1005 2:3");
  // yaml-cpp has a limit of its own.
  EXPECT_TRUE(Parsed(nested(5000), Limits{.max_depth = 10'000}).faults().starts_with("NP1005"));
}

}  // namespace
}  // namespace netpolc::document
