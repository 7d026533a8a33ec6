// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "compiler/optimize/passes.h"
#include "tests/unit/compiler/optimize/program.h"

namespace netpolc::optimize {
namespace {

using Pairs = std::vector<policy::Pair>;
using Workloads = std::optional<Id<policy::Profile>>;

struct Case {
  const char* title;
  Workloads workloads_before;
  Pairs before;
  Workloads workloads_after;
  Pairs after;
};

// The fallback for any peer is profile 0; classes 0..3 are endpoints, 4 and 5 are outside.
TEST(DropRedundantPairs, DropsWhatTheFallbackSays) {
  const Workloads one = Id<policy::Profile>{1};
  const Workloads zero = Id<policy::Profile>{0};
  const Case cases[] = {
      {"no pairs", {}, {}, {}, {}},
      {"pairs that say something stay", {}, {{{1}, {1}}, {{4}, {2}}}, {}, {{{1}, {1}}, {{4}, {2}}}},
      {"an endpoint's pair as for any", {}, {{{1}, {0}}, {{2}, {1}}}, {}, {{{2}, {1}}}},
      {"an outside pair as for any", {}, {{{4}, {0}}, {{5}, {1}}}, {}, {{{5}, {1}}}},
      {"an endpoint's pair as for workloads", one, {{{1}, {1}}, {{2}, {0}}}, one, {{{2}, {0}}}},
      {"workloads say nothing of outside", one, {{{4}, {1}}, {{5}, {0}}}, one, {{{4}, {1}}}},
      {"workloads as for any", zero, {{{1}, {0}}, {{2}, {1}}}, {}, {{{2}, {1}}}},
  };
  for (const Case& item : cases) {
    Program program = four_endpoints();
    program.profiles = {{Direction::kIngress, {}, {{0}}},
                        {Direction::kIngress, {tcp(80, 80, {{1}})}, {{0}}},
                        {Direction::kIngress, {tcp(443, 443, {{1}})}, {{0}}}};
    program.subjects = {{Direction::kIngress, {0}, {0}, item.workloads_before, item.before}};
    const bool is_other =
        item.before != item.after || item.workloads_before != item.workloads_after;
    EXPECT_EQ(run_and_check(drop_redundant_pairs, program), is_other) << item.title;
    EXPECT_EQ(program.subjects[0].pairs, item.after) << item.title;
    EXPECT_EQ(program.subjects[0].workloads, item.workloads_after) << item.title;
  }
}

TEST(DropRedundantPairs, AnOwnNodesExemptionDoesNotNeedItsPair) {
  Program program = four_endpoints();
  program.profiles = {{Direction::kIngress, {}, {{0}}}};
  program.subjects = {{Direction::kIngress, {0}, {0}, std::nullopt, {{{6}, {0}}}}};
  program.exemptions = {{0, {6}}};
  EXPECT_TRUE(run_and_check(drop_redundant_pairs, program));
  EXPECT_TRUE(program.subjects[0].pairs.empty());
}

}  // namespace
}  // namespace netpolc::optimize
