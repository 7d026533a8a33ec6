// SPDX-License-Identifier: Apache-2.0
#include "compiler/diag/sink.h"

#include <gtest/gtest.h>

namespace netpolc::diag {
namespace {

TEST(Sink, TakesSeverityFromTheCatalogue) {
  Sink sink;
  sink.report(Code::kUnknownKind, Span{1, 0, 1}, "kind `Secret` was ignored");
  EXPECT_FALSE(sink.has_errors());
  sink.report(Code::kSyntax, Span{}, "broken");
  EXPECT_TRUE(sink.has_errors());
  EXPECT_EQ(sink.error_count(), 1U);
  ASSERT_EQ(sink.all().size(), 2U);
  EXPECT_EQ(sink.all()[0].severity, Severity::kNote);
  EXPECT_EQ(sink.all()[0].code, "NP1105");
  EXPECT_EQ(sink.all()[1].severity, Severity::kError);
}

TEST(Sink, SeverityCanBeRaisedAndLowered) {
  Sink sink;
  sink.report(Code::kSyntax, Severity::kWarning, Span{}, "odd");
  EXPECT_FALSE(sink.has_errors());
  sink.report(Code::kUnknownKind, Severity::kError, Span{}, "odd");
  EXPECT_EQ(sink.error_count(), 1U);
}

TEST(Sink, BuilderFillsIn) {
  Sink sink;
  sink.report(Code::kDuplicateKey, Span{1, 5, 6}, "twice")
      .path("spec.ingress")
      .object("NetworkPolicy a/b")
      .note("remove one")
      .note("or both")
      .related(Span{1, 1, 2}, "first here");
  const Diagnostic& d = sink.all().front();
  EXPECT_EQ(d.field_path, "spec.ingress");
  EXPECT_EQ(d.object, "NetworkPolicy a/b");
  EXPECT_EQ(d.notes, (std::vector<std::string>{"remove one", "or both"}));
  ASSERT_EQ(d.related.size(), 1U);
  EXPECT_EQ(d.related[0].span, (Span{1, 1, 2}));
  EXPECT_EQ(d.span, (Span{1, 5, 6}));
}

}  // namespace
}  // namespace netpolc::diag
