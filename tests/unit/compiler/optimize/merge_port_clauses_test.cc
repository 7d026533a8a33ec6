// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "compiler/optimize/passes.h"
#include "tests/unit/compiler/optimize/program.h"

namespace netpolc::optimize {
namespace {

using Clauses = std::vector<policy::PortClause>;

struct Case {
  const char* title;
  Clauses before;
  Clauses after;
};

TEST(MergePortClauses, JoinsWhatTouches) {
  const Case cases[] = {
      {"nothing", {}, {}},
      {"one", {tcp(80, 80, {{1}})}, {tcp(80, 80, {{1}})}},
      {"equal ones: origins are joined",
       {tcp(80, 80, {{2}}), tcp(80, 80, {{1}})},
       {tcp(80, 80, {{1}, {2}})}},
      {"overlapping", {tcp(80, 90, {{1}}), tcp(85, 100, {{2}})}, {tcp(80, 100, {{1}, {2}})}},
      {"one inside another", {tcp(80, 90, {{1}}), tcp(85, 86, {{2}})}, {tcp(80, 90, {{1}, {2}})}},
      {"adjacent", {tcp(81, 90, {{1}}), tcp(80, 80, {{1}})}, {tcp(80, 90, {{1}})}},
      {"a gap of one port stays",
       {tcp(80, 80, {{1}}), tcp(82, 82, {{1}})},
       {tcp(80, 80, {{1}}), tcp(82, 82, {{1}})}},
      {"a chain of three",
       {tcp(91, 91, {{3}}), tcp(80, 80, {{1}}), tcp(80, 90, {{2}})},
       {tcp(80, 91, {{1}, {2}, {3}})}},
      {"another protocol stays apart",
       {udp(80, 80, {{1}}), tcp(80, 80, {{1}})},
       {tcp(80, 80, {{1}}), udp(80, 80, {{1}})}},
      {"the last port has no successor",
       {tcp(65535, 65535, {{1}}), tcp(0, 65534, {{2}})},
       {tcp(0, 65535, {{1}, {2}})}},
      {"everything swallows the rest and keeps its own origins",
       {tcp(80, 80, {{1}}), everything({{2}}), udp(1, 2, {{3}})},
       {everything({{2}})}},
      {"everything twice", {everything({{2}}), everything({{1}})}, {everything({{1}, {2}})}},
  };
  for (const Case& item : cases) {
    Program program = four_endpoints();
    program.profiles = {{Direction::kIngress, item.before, {{0}}}};
    program.subjects = {{Direction::kIngress, {0}, {0}, std::nullopt, {}}};
    EXPECT_EQ(run_and_check(merge_port_clauses, program), item.before != item.after) << item.title;
    EXPECT_EQ(program.profiles[0].allows, item.after) << item.title;
    EXPECT_EQ(program.profiles[0].isolated_by, (Origins{{0}})) << item.title;
  }
}

}  // namespace
}  // namespace netpolc::optimize
