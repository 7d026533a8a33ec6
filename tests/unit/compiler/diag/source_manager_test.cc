// SPDX-License-Identifier: Apache-2.0
#include "compiler/diag/source_manager.h"

#include <gtest/gtest.h>

#include "compiler/support/check.h"

namespace netpolc::diag {
namespace {

TEST(SourceManager, KeepsNamesAndTexts) {
  SourceManager sources;
  const std::uint32_t first = sources.add("a.yaml", "one");
  const char* address = sources.text(first).data();
  for (int i = 0; i < 1000; ++i) sources.add("other", "x");
  EXPECT_NE(first, 0U);
  EXPECT_EQ(sources.count(), 1001U);
  EXPECT_EQ(sources.name(first), "a.yaml");
  EXPECT_EQ(sources.text(first), "one");
  EXPECT_EQ(sources.text(first).data(), address);
}

TEST(SourceManager, FindsLinesAndColumns) {
  SourceManager sources;
  // Columns are code points, and each of LF, CR LF and CR ends a line.
  const std::uint32_t id = sources.add("f",
                                       "ab\nc\xC3\xA4"
                                       "d\r\ne\rf\n");
  const struct {
    std::uint32_t offset, line, column;
    const char* text;
  } cases[] = {{0, 1, 1, "ab"},
               {1, 1, 2, "ab"},
               {2, 1, 3, "ab"},
               {3, 2, 1,
                "c\xC3\xA4"
                "d"},
               {6, 2, 3,
                "c\xC3\xA4"
                "d"},
               {9, 3, 1, "e"},
               {11, 4, 1, "f"},
               {13, 5, 1, ""},
               {99, 5, 1, ""}};
  for (const auto& c : cases) {
    const Position at = sources.position(Span{id, c.offset, c.offset});
    EXPECT_EQ(at.line, c.line) << c.offset;
    EXPECT_EQ(at.column, c.column) << c.offset;
    EXPECT_EQ(sources.line_text(id, c.offset), c.text) << c.offset;
  }
}

TEST(SourceManager, ByteOrderMarkIsNoColumn) {
  SourceManager sources;
  const std::uint32_t id = sources.add("f",
                                       "\xEF\xBB\xBF"
                                       "kind: x");
  EXPECT_EQ(sources.position(Span{id, 3, 4}).column, 1U);
  EXPECT_EQ(sources.position(Span{id, 4, 4}).column, 2U);
}

TEST(SourceManager, Describes) {
  SourceManager sources;
  const std::uint32_t id = sources.add("dir/f.yaml", "a\nbc");
  EXPECT_EQ(sources.describe(Span{id, 3, 4}), "dir/f.yaml:2:2");
  EXPECT_EQ(sources.describe(Span{}), "-");
}

TEST(SourceManager, EmptyText) {
  SourceManager sources;
  const std::uint32_t id = sources.add("e", "");
  EXPECT_EQ(sources.describe(Span{id, 0, 0}), "e:1:1");
  EXPECT_EQ(sources.line_text(id, 0), "");
}

TEST(SourceManager, RefusesUnknownSources) {
  SourceManager sources;
  EXPECT_THROW(static_cast<void>(sources.name(0)), InternalError);
  EXPECT_THROW(static_cast<void>(sources.name(1)), InternalError);
}

}  // namespace
}  // namespace netpolc::diag
