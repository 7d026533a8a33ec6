// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "compiler/optimize/passes.h"
#include "tests/unit/compiler/optimize/program.h"

namespace netpolc::optimize {
namespace {

Program with_profiles() {
  Program program = four_endpoints();
  program.profiles = {{Direction::kIngress, {}, {{0}}},
                      {Direction::kIngress, {tcp(80, 80, {{1}})}, {{0}}},
                      {Direction::kEgress, {}, {{0}}}};
  return program;
}

TEST(MergeSubjects, EqualOnesBecomeOne) {
  Program program = with_profiles();
  program.subjects = {{Direction::kIngress, {3}, {0}, std::nullopt, {{{1}, {1}}}},
                      {Direction::kIngress, {0, 2}, {0}, std::nullopt, {{{1}, {1}}}},
                      {Direction::kIngress, {1}, {0}, std::nullopt, {}}};
  EXPECT_TRUE(run_and_check(merge_subjects, program));
  ASSERT_EQ(program.subjects.size(), 2U);
  EXPECT_EQ(program.subjects[0].endpoints, (std::vector<std::uint32_t>{0, 2, 3}));
  EXPECT_EQ(program.subjects[1].endpoints, (std::vector<std::uint32_t>{1}));
}

TEST(MergeSubjects, AnyDifferenceKeepsThemApart) {
  const policy::SubjectClass first{
      Direction::kIngress, {0}, {0}, Id<policy::Profile>{0}, {{{1}, {1}}}};
  const policy::SubjectClass others[] = {
      {Direction::kEgress, {1}, {2}, Id<policy::Profile>{2}, {}},
      {Direction::kIngress, {1}, {1}, Id<policy::Profile>{0}, {{{1}, {1}}}},
      {Direction::kIngress, {1}, {0}, Id<policy::Profile>{1}, {{{1}, {1}}}},
      {Direction::kIngress, {1}, {0}, std::nullopt, {{{1}, {1}}}},
      {Direction::kIngress, {1}, {0}, Id<policy::Profile>{0}, {{{2}, {1}}}},
      {Direction::kIngress, {1}, {0}, Id<policy::Profile>{0}, {{{1}, {0}}}},
      {Direction::kIngress, {1}, {0}, Id<policy::Profile>{0}, {}},
  };
  for (const policy::SubjectClass& other : others) {
    Program program = with_profiles();
    program.subjects = {first, other};
    EXPECT_FALSE(run_and_check(merge_subjects, program)) << &other - others;
    EXPECT_EQ(program.subjects.size(), 2U) << &other - others;
  }
}

TEST(MergeSubjects, ExemptionsStayTheEndpointsOwn) {
  Program program = with_profiles();
  program.subjects = {{Direction::kIngress, {0}, {0}, std::nullopt, {}},
                      {Direction::kIngress, {1}, {0}, std::nullopt, {}}};
  program.exemptions = {{1, {6}}};
  EXPECT_TRUE(run_and_check(merge_subjects, program));
  EXPECT_EQ(program.subjects.size(), 1U);
  EXPECT_EQ(program.exemptions, (std::vector<policy::NodeExemption>{{1, {6}}}));
}

}  // namespace
}  // namespace netpolc::optimize
