// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "compiler/optimize/passes.h"
#include "tests/unit/compiler/optimize/program.h"

namespace netpolc::optimize {
namespace {

TEST(DropUnused, RemovesWhatNothingRefersTo) {
  Program program = four_endpoints();
  program.classes.push_back(of_range("198.51.100.0", "198.51.100.255"));
  program.profiles = {{Direction::kIngress, {tcp(1, 1, {{1}})}, {{0}}},
                      {Direction::kIngress, {}, {{0}}},
                      {Direction::kIngress, {tcp(80, 80, {{1}})}, {{0}}},
                      {Direction::kEgress, {tcp(2, 2, {{1}})}, {{0}}},
                      {Direction::kIngress, {udp(80, 80, {{1}})}, {{0}}}};
  program.subjects = {
      {Direction::kIngress, {0}, {1}, Id<policy::Profile>{4}, {{{2}, {2}}, {{5}, {2}}}}};
  program.exemptions = {{0, {6}}};
  EXPECT_TRUE(run_and_check(drop_unused, program));
  ASSERT_EQ(program.profiles.size(), 3U);
  EXPECT_EQ(program.profiles[1].allows, (std::vector{tcp(80, 80, {{1}})}));
  ASSERT_EQ(program.classes.size(), 6U) << "endpoints keep their classes";
  EXPECT_EQ(program.classes[4].label, "192.0.2.128");
  EXPECT_TRUE(program.classes[5].is_local_node);
  EXPECT_EQ(program.subjects[0].any.value, 0U);
  EXPECT_EQ(program.subjects[0].workloads, Id<policy::Profile>{2});
  EXPECT_EQ(program.subjects[0].pairs, (std::vector<policy::Pair>{{{2}, {1}}, {{4}, {1}}}));
  EXPECT_EQ(program.exemptions, (std::vector<policy::NodeExemption>{{0, {5}}}));
}

TEST(DropUnused, WithoutSubjectsOnlyEndpointsStay) {
  Program program = four_endpoints();
  program.profiles = {{Direction::kIngress, {}, {{0}}}};
  EXPECT_TRUE(run_and_check(drop_unused, program));
  EXPECT_TRUE(program.profiles.empty());
  EXPECT_EQ(program.classes.size(), 4U);
}

}  // namespace
}  // namespace netpolc::optimize
