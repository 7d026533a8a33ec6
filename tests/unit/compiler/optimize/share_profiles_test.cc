// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "compiler/optimize/passes.h"
#include "tests/unit/compiler/optimize/program.h"

namespace netpolc::optimize {
namespace {

// Profiles 0 and 2 allow the same, 1 something else, 3 the same as 0 the other way.
Program with_twins() {
  Program program = four_endpoints();
  program.profiles = {{Direction::kIngress, {tcp(80, 80, {{1}})}, {{0}}},
                      {Direction::kIngress, {udp(80, 80, {{1}})}, {{0}}},
                      {Direction::kIngress, {tcp(80, 80, {{2}})}, {{3}}},
                      {Direction::kEgress, {tcp(80, 80, {{4}})}, {{0}}}};
  program.subjects = {
      {Direction::kIngress, {0}, {2}, Id<policy::Profile>{2}, {{{1}, {2}}, {{2}, {1}}}},
      {Direction::kIngress, {1}, {0}, std::nullopt, {}},
      {Direction::kEgress, {0}, {3}, std::nullopt, {}}};
  return program;
}

TEST(ShareProfiles, EqualOnesOfADirectionBecomeTheFirst) {
  Program program = with_twins();
  EXPECT_TRUE(run_and_check(share_profiles, program));
  EXPECT_EQ(program.subjects[0].any.value, 0U);
  EXPECT_EQ(program.subjects[0].workloads, Id<policy::Profile>{0});
  EXPECT_EQ(program.subjects[0].pairs, (std::vector<policy::Pair>{{{1}, {0}}, {{2}, {1}}}));
  EXPECT_EQ(program.subjects[1].any.value, 0U);
  EXPECT_EQ(program.subjects[2].any.value, 3U) << "the other direction has its own";
  EXPECT_EQ(program.profiles.size(), 4U) << "drop-unused removes what is left over";
}

TEST(ShareProfiles, OriginsAreJoined) {
  Program program = with_twins();
  share_profiles(program);
  EXPECT_EQ(program.profiles[0].allows, (std::vector{tcp(80, 80, {{1}, {2}})}));
  EXPECT_EQ(program.profiles[0].isolated_by, (Origins{{0}, {3}}));
  EXPECT_EQ(program.profiles[3].isolated_by, (Origins{{0}}));
}

TEST(ShareProfiles, DifferentOnesStay) {
  Program program = with_twins();
  program.profiles[2].allows[0].ports.last = 81;
  EXPECT_FALSE(run_and_check(share_profiles, program));
  EXPECT_EQ(program.subjects[0].any.value, 2U);
}

TEST(ShareProfiles, EmptyOnesAreEqual) {
  Program program = with_twins();
  program.profiles[0].allows.clear();
  program.profiles[1].allows.clear();
  EXPECT_TRUE(run_and_check(share_profiles, program));
  EXPECT_EQ(program.subjects[0].pairs[1].profile.value, 0U);
}

}  // namespace
}  // namespace netpolc::optimize
