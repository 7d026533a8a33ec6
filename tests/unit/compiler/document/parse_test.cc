// SPDX-License-Identifier: Apache-2.0
#include "compiler/document/parse.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/unit/compiler/document/parsed.h"

namespace netpolc::document {
namespace {

constexpr std::string_view kYaml = R"(# a policy
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: &meta
  name: "allow-api"
  namespace: 'shop'
  labels: {tier: web, "app.kubernetes.io/name": api}
spec:
  podSelector:
    matchLabels: {app: api}
  policyTypes: [Ingress, Egress]
  ingress:
  - from:
    - ipBlock:
        cidr: 10.0.0.0/8
        except: [10.1.0.0/16, "10.2.0.0/16"]
    ports:
    - {port: 80, protocol: TCP, endPort: 90}
    - port: http
  egress: []
---
copy: *none
other: {<<: {a: 1}, b: |
  text
}
)";

constexpr std::string_view kJson = R"({
  "apiVersion": "v1", "kind": "List", "items": [
    {"a": [1, 2.5, -3, true, null, "x y", {"b": {}}], "net": "10.0.0.0/8", "z": []},
    {"unicode": "gr\u00fc\u00df", "plain": "12"}
  ]
})";

TEST(Parse, JsonAndYamlAreEqual) {
  const Parsed as_json(std::string(kJson), {}, "f.json");
  // As a flow mapping that is no JSON, so that YAML's parser reads it.
  const Parsed as_yaml("# YAML\n" + std::string(kJson));
  EXPECT_EQ(as_json.faults(), "");
  EXPECT_EQ(as_yaml.faults(), "");
  EXPECT_EQ(dump(as_json), dump(as_yaml));
  const Parsed as_blocks(
      "apiVersion: v1\nkind: List\nitems:\n- a:\n  - 1\n  - 2.5\n  - -3\n  - true\n  -\n  - x y\n"
      "  - b: {}\n  net: 10.0.0.0/8\n  z: []\n- unicode: \"gr\\u00fc\\u00df\"\n  plain: '12'\n");
  EXPECT_EQ(as_blocks.faults(), "");
  EXPECT_EQ(dump(as_blocks), dump(as_json));
}

TEST(Parse, ChoosesTheFormat) {
  EXPECT_EQ(dump(Parsed(" \n{\"a\": 1}")), "{a:1}");
  EXPECT_EQ(dump(Parsed("{a: 1}")), "{a:1}");  // no JSON: YAML
  EXPECT_EQ(dump(Parsed("{\"a\": 1}\n---\nb: 2\n")), "{a:1} | {b:2}");
  EXPECT_EQ(dump(Parsed("{\"a\":012}")), "{a:10}");  // no JSON either
  EXPECT_EQ(Parsed("{a: 1}", {}, "x.json").faults(), "NP1001 1:2");
}

TEST(Parse, NotUtf8) {
  EXPECT_EQ(Parsed("a: \xC3\xA4\nb: \xE4\n").faults(), "NP1002 2:4");
  EXPECT_EQ(Parsed("{\"a\": \"\xE4\"}", {}, "f.json").faults(), "NP1002 1:8");
  const Parsed utf16(
      std::string("\xFF\xFE"
                  "a\0:\0",
                  6));
  ASSERT_EQ(utf16.sink.all().size(), 1U);
  EXPECT_EQ(utf16.sink.all()[0].notes[0], "the file looks like UTF-16; save it as UTF-8");
}

TEST(Parse, TooLarge) {
  const Limits limits{.max_bytes = 5};
  EXPECT_EQ(Parsed("a: 12", limits).faults(), "");
  const Parsed parsed("a: 123", limits);
  EXPECT_EQ(parsed.faults(), "NP1004 1:1");
  EXPECT_EQ(parsed.sink.all()[0].message, "6 bytes are more than the limit of 5");
  EXPECT_TRUE(parsed.documents.empty());
}

// Spans must lie in the source, or later stages could not show them.
void check_spans(const Parsed& parsed, const Value& value) {
  const std::size_t size = parsed.sources.text(1).size();
  const auto is_good = [&](const Span& span) {
    return span.source == 1 && span.begin <= span.end && span.end <= size;
  };
  EXPECT_TRUE(is_good(value.span));
  for (const Value& item : value.items) check_spans(parsed, item);
  for (const Member& member : value.members) {
    EXPECT_TRUE(is_good(member.key_span));
    check_spans(parsed, member.value);
  }
}

void mutate(std::string& text, std::mt19937& random) {
  constexpr std::string_view kPieces[] = {
      "\n", " ",  ":",        ": ",   "- ",   "[", "]", "{",  "}",           "\"",    "'",
      "&a", "*a", "!",        "!!x",  "<<: ", "|", ">", "#",  "\t",          "---\n", "...\n",
      "? ", "\r", "\xC3\xA4", "\xFF", "~",    ",", "%", "\\", "\xEF\xBB\xBF"};
  const std::size_t at = random() % (text.size() + 1);
  const std::string_view piece = kPieces[random() % std::size(kPieces)];
  switch (random() % 4) {
    case 0:
      text.insert(at, piece);
      break;
    case 1:
      text.erase(at, random() % 8);
      break;
    case 2:
      text.replace(at, std::min<std::size_t>(text.size() - at, 1), piece);
      break;
    default:
      text.insert(at, text.substr(random() % text.size(), random() % 64));
      break;
  }
  if (text.empty()) text = "a";
}

TEST(Parse, MutationsNeitherCrashNorHang) {
  constexpr unsigned kSeed = 20240917;
  SCOPED_TRACE(kSeed);
  std::mt19937 random(kSeed);
  int faulty = 0;
  for (int i = 0; i < 2000; ++i) {
    const bool is_json = i % 4 == 0;
    std::string text(is_json ? kJson : kYaml);
    for (unsigned count = 1 + static_cast<unsigned>(random() % 6); count > 0; --count) {
      mutate(text, random);
    }
    const Parsed parsed(text, {}, is_json && i % 8 == 0 ? "f.json" : "f.yaml");
    faulty += parsed.sink.has_errors() ? 1 : 0;
    for (const Value& document : parsed.documents) check_spans(parsed, document);
    EXPECT_FALSE(diag::render_text(parsed.sink.all(), parsed.sources, true).empty() &&
                 parsed.sink.has_errors());
    if (testing::Test::HasFailure()) FAIL() << text;
  }
  EXPECT_GT(faulty, 500);
}

TEST(Value, Find) {
  const Parsed parsed("a: 1\nb:\n");
  ASSERT_EQ(parsed.documents.size(), 1U);
  const Value& map = parsed.documents[0];
  EXPECT_EQ(map.find("a")->integer, 1);
  EXPECT_TRUE(map.find("b")->is_null());
  EXPECT_EQ(map.find("c"), nullptr);
  EXPECT_EQ(map.find("a")->find("a"), nullptr);
}

TEST(Value, Describe) {
  EXPECT_EQ(describe(Kind::kNull), "null");
  EXPECT_EQ(describe(Kind::kBool), "a boolean");
  EXPECT_EQ(describe(Kind::kInteger), "an integer");
  EXPECT_EQ(describe(Kind::kFloat), "a floating-point number");
  EXPECT_EQ(describe(Kind::kString), "a string");
  EXPECT_EQ(describe(Kind::kList), "a list");
  EXPECT_EQ(describe(Kind::kMap), "a mapping");
}

}  // namespace
}  // namespace netpolc::document
