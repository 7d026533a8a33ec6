// SPDX-License-Identifier: Apache-2.0
#include "compiler/model/labels.h"

#include <gtest/gtest.h>

namespace netpolc::model {
namespace {

using Op = SelectorOperator;

struct MatchCase {
  Requirement requirement;
  bool without_key;
  bool with_empty;
  bool with_a;
  const char* text;
};

TEST(LabelSelector, MatchesAsApimachineryDoes) {
  const MatchCase cases[] = {
      {{"k", Op::kIn, {"a"}}, false, false, true, "k=a"},
      {{"k", Op::kIn, {""}}, false, true, false, "k=\"\""},
      {{"k", Op::kIn, {"a", "b"}}, false, false, true, "k in (a, b)"},
      {{"k", Op::kNotIn, {"a"}}, true, true, false, "k notin (a)"},
      {{"k", Op::kExists, {}}, false, true, true, "k"},
      {{"k", Op::kDoesNotExist, {}}, true, false, false, "!k"},
  };
  for (const MatchCase& item : cases) {
    const LabelSelector selector{{item.requirement}};
    EXPECT_EQ(selector.matches({}), item.without_key) << item.text;
    EXPECT_EQ(selector.matches({{"k", ""}}), item.with_empty) << item.text;
    EXPECT_EQ(selector.matches({{"k", "a"}}), item.with_a) << item.text;
    EXPECT_EQ(selector.to_string(), item.text);
  }
}

TEST(LabelSelector, AllRequirementsMustHold) {
  const LabelSelector selector{{{"a", Op::kExists, {}}, {"b", Op::kDoesNotExist, {}}}};
  EXPECT_TRUE(selector.matches({{"a", "1"}}));
  EXPECT_FALSE(selector.matches({{"a", "1"}, {"b", "1"}}));
  EXPECT_FALSE(selector.matches({}));
  EXPECT_EQ(selector.to_string(), "a,!b");
}

TEST(LabelSelector, EmptySelectsEverything) {
  EXPECT_TRUE(LabelSelector{}.selects_everything());
  EXPECT_TRUE(LabelSelector{}.matches({{"a", "b"}}));
  EXPECT_EQ(LabelSelector{}.to_string(), "everything");
}

TEST(LabelSelector, NormalizedOnesOfOneMeaningAreEqual) {
  const LabelSelector one{{{"b", Op::kIn, {"y", "x", "y"}}, {"a", Op::kExists, {}}}};
  const LabelSelector other{
      {{"a", Op::kExists, {}}, {"b", Op::kIn, {"x", "y"}}, {"a", Op::kExists, {}}}};
  EXPECT_NE(one, other);
  EXPECT_EQ(one.normalized(), other.normalized());
}

}  // namespace
}  // namespace netpolc::model
