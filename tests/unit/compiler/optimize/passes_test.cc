// SPDX-License-Identifier: Apache-2.0
#include "compiler/optimize/passes.h"

#include <gtest/gtest.h>

#include <set>

#include "compiler/policy/print.h"
#include "compiler/support/check.h"
#include "tests/unit/compiler/optimize/program.h"

namespace netpolc::optimize {
namespace {

// Something to do for every pass, and work that one pass makes for an earlier one: only when the
// subjects' profiles are shared are b's pairs redundant, and only then are classes and subjects
// one.
Program untidy() {
  Program program = four_endpoints();
  program.profiles = {
      {Direction::kIngress, {}, {{0}}},
      {Direction::kIngress, {tcp(80, 80, {{1}}), tcp(81, 90, {{2}})}, {{0}}},
      {Direction::kIngress, {tcp(80, 90, {{3}})}, {{0}}},
      {Direction::kIngress, {}, {{3}}},
  };
  program.subjects = {{Direction::kIngress,
                       {0},
                       {0},
                       std::nullopt,
                       {{{1}, {1}}, {{2}, {2}}, {{4}, {1}}, {{5}, {2}}}},
                      {Direction::kIngress,
                       {1},
                       {3},
                       Id<policy::Profile>{0},
                       {{{0}, {3}}, {{1}, {2}}, {{2}, {1}}, {{4}, {1}}, {{5}, {1}}}}};
  program.exemptions = {{0, {6}}};
  return program;
}

std::vector<std::string> names() {
  std::vector<std::string> out;
  for (const Pass& pass : pass_list()) out.emplace_back(pass.name);
  return out;
}

TEST(PassList, NamesAreUniqueAndExplained) {
  const std::vector<std::string> all = names();
  EXPECT_EQ(all.size(), 6U);
  EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), all.size());
  for (const Pass& pass : pass_list()) EXPECT_FALSE(pass.summary.empty()) << pass.name;
}

TEST(RunPasses, ReachesTheSmallestProgram) {
  Program program = untidy();
  const auto before = verdicts(program);
  run_passes(program, {});
  EXPECT_EQ(verdicts(program), before);
  EXPECT_EQ(policy::print(program),
            "class 0\n"
            "  10.0.0.1 shop/a\n"
            "  10.0.0.4 shop/d\n"
            "  fd00::4 shop/d\n"
            "class 1\n"
            "  10.0.0.2 shop/b\n"
            "  10.0.0.3 shop/c\n"
            "class 2\n"
            "  192.0.2.0-192.0.2.255\n"
            "class 3 (local node)\n"
            "  172.18.0.1-172.18.0.1\n"
            "profile 0 ingress\n"
            "  deny # NetworkPolicy shop/p, NetworkPolicy shop/p ingress[2]\n"
            "profile 1 ingress\n"
            "  allow TCP 80-90 # NetworkPolicy shop/p ingress[0], NetworkPolicy shop/p ingress[1], "
            "NetworkPolicy shop/p ingress[2]\n"
            "  deny # NetworkPolicy shop/p\n"
            "subject ingress\n"
            "  shop/a\n"
            "  shop/b\n"
            "  class 1 -> profile 1\n"
            "  class 2 -> profile 1\n"
            "  any -> profile 0\n"
            "exempt shop/a from class 3\n");
}

TEST(RunPasses, ADisabledPassDoesNothing) {
  const Program original = untidy();
  Program program = original;
  run_passes(program, names());
  EXPECT_EQ(policy::print(program), policy::print(original));
  run_passes(program, {"drop-unused", "merge-classes", "merge-subjects", "share-profiles",
                       "drop-redundant-pairs"});
  EXPECT_EQ(program.profiles[1].allows, (std::vector{tcp(80, 90, {{1}, {2}})}));
  EXPECT_EQ(program.profiles.size(), 4U);
  EXPECT_EQ(program.classes.size(), 7U);
  EXPECT_EQ(program.subjects.size(), 2U);
}

TEST(RunPasses, VerdictsStayWhicheverPassesAreDisabled) {
  const std::vector<std::string> all = names();
  const auto before = verdicts(untidy());
  for (std::uint32_t mask = 0; mask < 1U << all.size(); ++mask) {
    std::vector<std::string> disabled;
    for (std::size_t index = 0; index < all.size(); ++index) {
      if ((mask >> index & 1U) != 0) disabled.push_back(all[index]);
    }
    Program program = untidy();
    run_passes(program, disabled);
    EXPECT_EQ(verdicts(program), before) << "mask " << mask;
  }
}

TEST(RunPasses, VerifiesAfterEachPass) {
  Program program = untidy();
  program.profiles[0].isolated_by = {{99}};
  EXPECT_THROW(run_passes(program, {}), InternalError);
  EXPECT_NO_THROW(run_passes(program, names())) << "what does not run is not checked";
}

}  // namespace
}  // namespace netpolc::optimize
