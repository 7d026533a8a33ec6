// SPDX-License-Identifier: Apache-2.0
#include "compiler/document/compose.h"

#include <gtest/gtest.h>

#include "tests/unit/compiler/document/parsed.h"

namespace netpolc::document {
namespace {

TEST(Compose, DuplicateKeysNameBothPlaces) {
  const Parsed parsed("spec:\n  ingress: []\n  ingress:\n  - {}\n");
  EXPECT_EQ(diag::render_text(parsed.sink.all(), parsed.sources, false),
            "f.yaml:3:3: error: key `ingress` stands twice in one mapping [NP1003]\n"
            "    3 |   ingress:\n"
            "      |   ^~~~~~~\n"
            "  field: spec.ingress\n"
            "  note: keep one of the two\n"
            "f.yaml:2:3: note: first defined here\n"
            "    2 |   ingress: []\n"
            "      |   ^~~~~~~\n");
  EXPECT_EQ(dump(parsed), "{spec:{ingress:[]}}");  // the first one stands
}

TEST(Compose, Paths) {
  const struct {
    const char* text;
    const char* faults;
  } cases[] = {
      {"a: 1\na: 2\na: 3\n", "NP1003 2:1 a; NP1003 3:1 a"},
      {"a: {b: [1, {c: 1, c: 2}]}\n", "NP1003 1:19 a.b[1].c"},
      {"[[{a: 1, a: 2}]] # YAML\n", "NP1003 1:10 [0][0].a"},
      {"on: 1\ntrue: 2\n", "NP1003 2:1 true"},
      {"1: a\n'1': b\n", "NP1003 2:1 1"},
      {"a: {x: 1, x: 2}\nb: {x: 1, x: 2}\n", "NP1003 1:11 a.x; NP1003 2:11 b.x"},
      {"kind: List\nitems:\n- spec: {a: 1, a: 2}\n", "NP1003 3:16 spec.a"},
      {"items:\n- spec: {a: 1, a: 2}\nkind: PodList\n", "NP1003 2:16 spec.a"},
      {"items:\n- spec: {a: 1, a: 2}\n", "NP1003 2:16 items[0].spec.a"},
      {"kind: List\nother:\n- {a: 1, a: 2}\n", "NP1003 3:10 other[0].a"},
      {"a: {~: 1}\n", "NP1008 1:5 a"},
      {"? [x]\n: 1\n? {y: 1}\n: 2\n", "NP1008 1:3; NP1008 3:3"},
      {"a:\n  <<: 5\n", "NP1010 2:7 a"},
      {"a:\n  <<: [{x: 1}, 5, [1]]\n", "NP1010 2:16 a; NP1010 2:19 a"},
      {"x: &x 1\na:\n  <<: *x\n", "NP1010 3:7 a"},
      {"<<: {a: 1}\n<<: {b: 1}\n", "NP1003 2:1"},
  };
  for (const auto& c : cases) EXPECT_EQ(Parsed(c.text).faults(), c.faults) << c.text;
}

TEST(Compose, ManyKeys) {
  std::string text;
  for (int i = 0; i < 20'000; ++i)
    text += "k" + std::to_string(i) + ": " + std::to_string(i) + "\n";
  const Parsed parsed(text + "k777: x\n");
  EXPECT_EQ(parsed.faults(), "NP1003 20001:1 k777");
  ASSERT_EQ(parsed.documents.size(), 1U);
  EXPECT_EQ(parsed.documents[0].members.size(), 20'000U);
  EXPECT_EQ(parsed.at("k19999").integer, 19999);
  ASSERT_EQ(parsed.sink.all()[0].related.size(), 1U);
  EXPECT_EQ(parsed.sources.position(parsed.sink.all()[0].related[0].span).line, 778U);
}

TEST(Compose, MergeKeys) {
  const struct {
    const char* text;
    const char* expected;
  } cases[] = {
      {"- &a {x: 1, v: 2}\n- {<<: *a, v: 3}\n", "[{x:1,v:2},{v:3,x:1}]"},
      {"- &a {x: 1, v: 2}\n- {v: 3, <<: *a}\n", "[{x:1,v:2},{v:3,x:1}]"},
      {"- &a {x: 1}\n- &b {x: 2, v: 2}\n- <<: [*a, *b]\n  z: 3\n",
       "[{x:1},{x:2,v:2},{z:3,x:1,v:2}]"},
      {"<<: {a: 1}\nb: 2\n", "{b:2,a:1}"},
      {"- &a {x: 1}\n- &b {<<: *a, v: 2}\n- {<<: *b}\n", "[{x:1},{v:2,x:1},{v:2,x:1}]"},
      {"'<<': 1\n", "{<<:1}"},    // quoted: a key like any other
      {"a: <<\n", "{a:\"<<\"}"},  // no key
      {"!!merge <<: {a: 1}\n", "{a:1}"},
      {"<<: {}\n", "{}"},
      {"<<: []\n", "{}"},
  };
  for (const auto& c : cases) {
    const Parsed parsed(c.text);
    EXPECT_EQ(parsed.faults(), "") << c.text;
    EXPECT_EQ(dump(parsed), c.expected) << c.text;
  }
}

TEST(Compose, AliasNodesAreLimited) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 30; ++i) {
    const std::string name = "a" + std::to_string(i);
    const std::string before = "*a" + std::to_string(i - 1);
    bomb += name + ": &" + name + " [" + before;
    for (int k = 0; k < 8; ++k) bomb += ", " + before;
    bomb += "]\n";
  }
  const Parsed parsed(bomb);
  ASSERT_EQ(parsed.sink.all().size(), 1U);
  EXPECT_EQ(parsed.sink.all()[0].code, "NP1006");
  EXPECT_TRUE(parsed.documents.empty());

  const std::string small = "a: &x [1, 2]\nb: *x\n";  // the alias adds three nodes
  EXPECT_EQ(Parsed(small, Limits{.max_alias_nodes = 3}).faults(), "");
  EXPECT_EQ(Parsed(small, Limits{.max_alias_nodes = 2}).faults(), "NP1006 1:11 b[1]");
  // The limit is that of the whole source, and the documents before it are kept.
  const Parsed two(small + "---\n" + small, Limits{.max_alias_nodes = 5});
  EXPECT_EQ(two.documents.size(), 1U);
  EXPECT_EQ(two.sink.error_count(), 1U);
}

TEST(Compose, AliasesCannotPassTheDepthLimit) {
  std::string text = "a0: &a0 [x]\n";
  for (int i = 1; i < 200; ++i) {
    const std::string n = std::to_string(i);
    text += "a" + n + ": &a" + n + " [*a" + std::to_string(i - 1) + "]\n";
  }
  EXPECT_TRUE(Parsed(text).faults().starts_with("NP1005")) << Parsed(text).faults();
  // Nor can chains of merges, which are not nested in the result.
  std::string merges = "a0: &a0 {x: 1}\n";
  for (int i = 1; i < 20'000; ++i) {
    const std::string n = std::to_string(i);
    merges += "a" + n + ": &a" + n + " {<<: *a" + std::to_string(i - 1) + "}\n";
  }
  EXPECT_TRUE(Parsed(merges).faults().starts_with("NP1005")) << Parsed(merges).faults();
}

TEST(Compose, LongKeysAreCutInMessages) {
  const std::string key(500, 'k');
  const Parsed parsed(key + ": 1\n" + key + ": 2\n");
  ASSERT_EQ(parsed.sink.all().size(), 1U);
  EXPECT_EQ(parsed.sink.all()[0].message,
            "key `" + std::string(60, 'k') + "...` stands twice in one mapping");
}

}  // namespace
}  // namespace netpolc::document
