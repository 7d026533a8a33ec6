// SPDX-License-Identifier: Apache-2.0
#include "compiler/diag/render.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "compiler/diag/sink.h"

namespace netpolc::diag {
namespace {

// The span of the first `what` in a source.
Span find(const SourceManager& sources, std::uint32_t source, std::string_view what) {
  const auto at = static_cast<std::uint32_t>(sources.text(source).find(what));
  return Span{source, at, at + static_cast<std::uint32_t>(what.size())};
}

TEST(RenderText, TheOneFormat) {
  SourceManager sources;
  const std::uint32_t id =
      sources.add("policies/db.yaml", std::string(13, '\n') + "        except: [10.1.0.0/16]\n");
  Sink sink;
  sink.report(Code::kWrongType, find(sources, id, "10.1.0.0/16"),
              "ipBlock except `10.1.0.0/16` is not inside cidr `10.0.0.0/24`")
      .path("spec.ingress[0].from[0].ipBlock.except[0]")
      .object("NetworkPolicy shop/db")
      .note("every except block must be a proper subnet of cidr");
  EXPECT_EQ(render_text(sink.all(), sources, false),
            "policies/db.yaml:14:18: error: ipBlock except `10.1.0.0/16` is not inside cidr "
            "`10.0.0.0/24` [NP1102]\n"
            "   14 |         except: [10.1.0.0/16]\n"
            "      |                  ^~~~~~~~~~~\n"
            "  field: spec.ingress[0].from[0].ipBlock.except[0] of NetworkPolicy shop/db\n"
            "  note: every except block must be a proper subnet of cidr\n");
}

TEST(RenderText, RelatedPlacesAreNotes) {
  SourceManager sources;
  const std::uint32_t id = sources.add("a.yaml", "a: 1\nb: 2\na: 3\n");
  Sink sink;
  sink.report(Code::kDuplicateKey, Span{id, 10, 11}, "key `a` stands twice")
      .related(Span{id, 0, 1}, "first defined here")
      .related(Span{}, "a label without a place");
  EXPECT_EQ(render_text(sink.all(), sources, false),
            "a.yaml:3:1: error: key `a` stands twice [NP1003]\n"
            "    3 | a: 3\n"
            "      | ^\n"
            "a.yaml:1:1: note: first defined here\n"
            "    1 | a: 1\n"
            "      | ^\n"
            "note: a label without a place\n");
}

TEST(RenderText, SeveritiesAndUnknownPlaces) {
  SourceManager sources;
  Sink sink;
  sink.report(Code::kUnknownKind, Span{}, "kind `Secret` was ignored").object("Secret a/b");
  sink.report(Code::kSyntax, Severity::kWarning, Span{}, "odd").path("spec");
  EXPECT_EQ(render_text(sink.all(), sources, false),
            "warning: odd [NP1001]\n  field: spec\n"
            "note: kind `Secret` was ignored [NP1105]\n  object: Secret a/b\n");
}

TEST(RenderText, SortsAndPrintsEqualOnesOnce) {
  SourceManager sources;
  const std::uint32_t z = sources.add("z", "xy");
  const std::uint32_t a = sources.add("a", "xy");
  Sink sink;
  sink.report(Code::kSyntax, Span{}, "no place");
  sink.report(Code::kSyntax, Span{z, 1, 2}, "later");
  sink.report(Code::kTooDeep, Span{z, 0, 1}, "deep");
  sink.report(Code::kSyntax, Span{z, 0, 1}, "first");
  sink.report(Code::kSyntax, Span{z, 0, 1}, "first").path("same place, code and message");
  sink.report(Code::kSyntax, Span{a, 1, 2}, "other file");
  const std::string expected =
      "a:1:2: error: other file [NP1001]\n    1 | xy\n      |  ^\n"
      "z:1:1: error: first [NP1001]\n    1 | xy\n      | ^\n"
      "z:1:1: error: deep [NP1005]\n    1 | xy\n      | ^\n"
      "z:1:2: error: later [NP1001]\n    1 | xy\n      |  ^\n"
      "error: no place [NP1001]\n";
  EXPECT_EQ(render_text(sink.all(), sources, false), expected);
  std::vector<Diagnostic> reversed = sink.all();
  std::reverse(reversed.begin(), reversed.end());
  EXPECT_EQ(render_text(reversed, sources, false), expected);
}

TEST(RenderText, Colour) {
  SourceManager sources;
  const std::uint32_t id = sources.add("f", "ab");
  Sink sink;
  sink.report(Code::kSyntax, Span{id, 0, 2}, "bad");
  sink.report(Code::kSyntax, Severity::kWarning, Span{}, "odd");
  EXPECT_EQ(render_text(sink.all(), sources, true),
            "\033[1mf:1:1:\033[0m \033[1;31merror:\033[0m \033[1mbad\033[0m [NP1001]\n"
            "    1 | ab\n      | \033[1;32m^~\033[0m\n"
            "\033[1;35mwarning:\033[0m \033[1modd\033[0m [NP1001]\n");
}

TEST(RenderText, CaretsStandBelowWhatTheyMark) {
  const struct {
    const char* text;
    Span span;
    const char* shown;
    const char* marks;
  } cases[] = {
      {"\ta: b", {1, 4, 5}, "\ta: b", "\t   ^"},
      {"a: \xE6\xBC\xA2\xE5\xAD\x97 x", {1, 3, 9}, "a: \xE6\xBC\xA2\xE5\xAD\x97 x", "   ^~~~"},
      {"a: \xE6\xBC\xA2\xE5\xAD\x97 x", {1, 10, 11}, "a: \xE6\xBC\xA2\xE5\xAD\x97 x", "        ^"},
      {"\xEF\xBB\xBFkind", {1, 3, 7}, "kind", "^~~~"},
      {"ab", {1, 2, 2}, "ab", "  ^"},                   // the end of the line
      {"ab\ncd", {1, 1, 5}, "ab", " ^"},                // only the first line is marked
      {"a\x1b[31mb", {1, 6, 7}, "a?[31mb", "      ^"},  // nothing drives the terminal
      {"a\xFFz", {1, 2, 3}, "a\xEF\xBF\xBDz", "  ^"},
      {"", {1, 0, 0}, "", "^"},
  };
  for (const auto& c : cases) {
    SourceManager sources;
    sources.add("f", c.text);
    Sink sink;
    sink.report(Code::kSyntax, c.span, "bad");
    const std::string text = render_text(sink.all(), sources, false);
    EXPECT_EQ(text.substr(text.find('\n') + 1),
              "    1 | " + std::string(c.shown) + "\n      | " + c.marks + "\n");
  }
}

TEST(RenderText, LongLinesAreCut) {
  SourceManager sources;
  const std::uint32_t id =
      sources.add("f.json", std::string(100'000, 'a') + "HERE" + std::string(100'000, 'b'));
  Sink sink;
  sink.report(Code::kSyntax, find(sources, id, "HERE"), "bad");
  const std::string text = render_text(sink.all(), sources, false);
  EXPECT_LT(text.size(), 500U);
  EXPECT_NE(text.find("    1 | ..." + std::string(70, 'a') + "HERE" + "bbb"), std::string::npos);
  EXPECT_NE(text.find("      | " + std::string(73, ' ') + "^~~~\n"), std::string::npos);
}

TEST(RenderText, MessagesStayOnTheirLine) {
  SourceManager sources;
  Sink sink;
  sink.report(Code::kSyntax, Span{}, "key `a\nb\033[0m\xFF`").note("x\ry");
  EXPECT_EQ(render_text(sink.all(), sources, false),
            "error: key `a\\x0ab\\x1b[0m\xEF\xBF\xBD` [NP1001]\n  note: x\\x0dy\n");
}

TEST(RenderJson, AllFields) {
  SourceManager sources;
  const std::uint32_t id = sources.add("a \"b\".yaml", "a: 1\na: 2\n");
  Sink sink;
  sink.report(Code::kDuplicateKey, Span{id, 5, 6}, "key `a\\\n\x01\xFF` stands twice")
      .path("a")
      .object("X y/z")
      .note("one")
      .note("two")
      .related(Span{id, 0, 1}, "first defined here");
  sink.report(Code::kUnknownKind, Span{}, "odd");
  EXPECT_EQ(
      render_json(sink.all(), sources),
      "[\n"
      R"({"code":"NP1003","severity":"error","message":"key `a\\\u000a\u0001)"
      "\xEF\xBF\xBD"
      R"(` stands twice","file":"a \"b\".yaml","line":2,"column":1,"field":"a","object":"X y/z",)"
      R"("notes":["one","two"],"related":[{"message":"first defined here","file":"a \"b\".yaml",)"
      R"("line":1,"column":1}]},)"
      "\n"
      R"({"code":"NP1105","severity":"note","message":"odd","file":null,"line":null,)"
      R"("column":null,"field":"","object":"","notes":[],"related":[]})"
      "\n]\n");
}

TEST(RenderJson, Empty) { EXPECT_EQ(render_json({}, SourceManager()), "[]\n"); }

}  // namespace
}  // namespace netpolc::diag
