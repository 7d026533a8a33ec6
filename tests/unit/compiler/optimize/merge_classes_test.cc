// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "compiler/optimize/passes.h"
#include "tests/unit/compiler/optimize/program.h"

namespace netpolc::optimize {
namespace {

using Ranges = std::vector<policy::AddressRange>;

// Profile 0 allows nothing, 1 tcp 80; both directions have theirs (2, 3).
Program with_profiles() {
  Program program = four_endpoints();
  program.profiles = {{Direction::kIngress, {}, {{0}}},
                      {Direction::kIngress, {tcp(80, 80, {{1}})}, {{0}}},
                      {Direction::kEgress, {}, {{0}}},
                      {Direction::kEgress, {tcp(80, 80, {{4}})}, {{0}}}};
  return program;
}

TEST(MergeClasses, EqualTreatmentMakesOneClass) {
  Program program = with_profiles();
  program.subjects = {{Direction::kIngress,
                       {0},
                       {0},
                       std::nullopt,
                       {{{1}, {1}}, {{3}, {1}}, {{4}, {1}}, {{5}, {1}}}}};
  EXPECT_TRUE(run_and_check(merge_classes, program));
  // Endpoints a and c have no pair; b and d the same one; both ranges the same one; the node stays.
  ASSERT_EQ(program.classes.size(), 4U);
  EXPECT_EQ(program.classes[0].endpoints,
            (std::vector<policy::EndpointAddress>{{ip("10.0.0.1"), 0}, {ip("10.0.0.3"), 2}}));
  EXPECT_EQ(program.classes[1].endpoints,
            (std::vector<policy::EndpointAddress>{
                {ip("10.0.0.2"), 1}, {ip("10.0.0.4"), 3}, {ip("fd00::4"), 3}}));
  EXPECT_EQ(program.classes[1].label, "shop/b") << "the first one's label stays";
  EXPECT_EQ(program.classes[2].ranges, (Ranges{{ip("192.0.2.0"), ip("192.0.2.255")}}));
  EXPECT_TRUE(program.classes[3].is_local_node);
  EXPECT_EQ(program.subjects[0].pairs, (std::vector<policy::Pair>{{{1}, {1}}, {{2}, {1}}}));
}

TEST(MergeClasses, EverySubjectMustTreatThemAlike) {
  Program program = with_profiles();
  program.subjects = {{Direction::kIngress,
                       {0},
                       {0},
                       std::nullopt,
                       {{{1}, {1}}, {{2}, {1}}, {{4}, {1}}, {{5}, {1}}}},
                      {Direction::kEgress, {0}, {2}, std::nullopt, {{{2}, {3}}, {{5}, {3}}}}};
  EXPECT_TRUE(run_and_check(merge_classes, program)) << "a and d have no pairs";
  ASSERT_EQ(program.classes.size(), 6U);
  EXPECT_EQ(program.classes[0].endpoints.size(), 3U);
  EXPECT_EQ(program.subjects[1].pairs, (std::vector<policy::Pair>{{{2}, {3}}, {{4}, {3}}}));
}

TEST(MergeClasses, EndpointsAndAddressesOutsideStayApart) {
  Program program = with_profiles();
  program.classes.erase(program.classes.begin() + 5, program.classes.end());
  program.subjects = {{Direction::kIngress,
                       {0, 1, 2, 3},
                       {0},
                       std::nullopt,
                       {{{0}, {1}}, {{1}, {1}}, {{2}, {1}}, {{3}, {1}}, {{4}, {1}}}}};
  EXPECT_TRUE(run_and_check(merge_classes, program));
  ASSERT_EQ(program.classes.size(), 2U);
  EXPECT_TRUE(program.classes[0].holds_endpoints());
  EXPECT_FALSE(program.classes[1].holds_endpoints());
}

TEST(MergeClasses, LocalNodesStayApartAndExemptionsFollow) {
  Program program = with_profiles();
  program.classes.push_back(of_range("172.18.0.2", "172.18.0.2"));
  program.classes.back().is_local_node = true;
  program.subjects = {{Direction::kIngress, {0, 1}, {0}, std::nullopt, {}}};
  program.exemptions = {{0, {6}}, {1, {7}}};
  EXPECT_TRUE(run_and_check(merge_classes, program));
  ASSERT_EQ(program.classes.size(), 4U);
  EXPECT_EQ(program.exemptions, (std::vector<policy::NodeExemption>{{0, {2}}, {1, {3}}}));
}

TEST(MergeClasses, AdjacentRangesOfAClassAreJoined) {
  Program program;
  program.classes.push_back(of_range("10.0.0.0", "10.0.0.9"));
  program.classes[0].ranges = {{ip("10.0.0.0"), ip("10.0.0.9")},
                               {ip("10.0.0.10"), ip("10.0.0.10")},
                               {ip("10.0.0.12"), ip("255.255.255.255")},
                               {ip("::"), ip("::1")},
                               {ip("::2"), ip("::3")}};
  EXPECT_TRUE(run_and_check(merge_classes, program));
  EXPECT_EQ(program.classes[0].ranges, (Ranges{{ip("10.0.0.0"), ip("10.0.0.10")},
                                               {ip("10.0.0.12"), ip("255.255.255.255")},
                                               {ip("::"), ip("::3")}}))
      << "families are never joined";
}

TEST(MergeClasses, NothingToMerge) {
  Program program;
  EXPECT_FALSE(run_and_check(merge_classes, program));
  program = with_profiles();
  program.classes.erase(program.classes.begin() + 1, program.classes.end());
  EXPECT_FALSE(run_and_check(merge_classes, program));
}

}  // namespace
}  // namespace netpolc::optimize
