// SPDX-License-Identifier: Apache-2.0
#include "compiler/policy/print.h"

#include <gtest/gtest.h>

#include "tests/unit/compiler/policy/world.h"

namespace netpolc::policy {
namespace {

TEST(PrintClause, NamesProtocolAndPorts) {
  EXPECT_EQ(print_clause({}), "everything");
  EXPECT_EQ(print_clause({model::Protocol::kTcp, {80, 80}, {}}), "TCP 80");
  EXPECT_EQ(print_clause({model::Protocol::kUdp, {1, 2}, {}}), "UDP 1-2");
  EXPECT_EQ(print_clause({model::Protocol::kSctp, {}, {}}), "SCTP *");
  EXPECT_EQ(print_clause({model::Protocol::kTcp, {1, 65535}, {}}), "TCP 1-65535");
}

TEST(PrintProgram, ShowsEveryPart) {
  Program program;
  program.endpoints = {{"shop/api", {ip("10.0.0.1")}, true}, {"shop/db", {ip("10.0.0.2")}, true}};
  program.origins = {{"NetworkPolicy shop/p", "", {}}, {"NetworkPolicy shop/p", "ingress[0]", {}}};
  program.profiles = {
      {model::Direction::kIngress, {}, {{0}}},
      {model::Direction::kIngress, {{model::Protocol::kTcp, {80, 80}, {{0}, {1}}}}, {{0}}}};
  program.classes.resize(2);
  program.classes[0].endpoints = {{ip("10.0.0.1"), 0}, {ip("10.0.0.2"), 1}};
  program.classes[1].ranges = {{ip("172.18.0.1"), ip("172.18.0.1")}};
  program.classes[1].is_local_node = true;
  program.subjects = {{model::Direction::kIngress, {0, 1}, {0}, Id<Profile>{1}, {{{0}, {1}}}}};
  program.exemptions = {{1, {1}}};
  EXPECT_EQ(print(program),
            "class 0\n"
            "  10.0.0.1 shop/api\n"
            "  10.0.0.2 shop/db\n"
            "class 1 (local node)\n"
            "  172.18.0.1-172.18.0.1\n"
            "profile 0 ingress\n"
            "  deny # NetworkPolicy shop/p\n"
            "profile 1 ingress\n"
            "  allow TCP 80 # NetworkPolicy shop/p, NetworkPolicy shop/p ingress[0]\n"
            "  deny # NetworkPolicy shop/p\n"
            "subject ingress\n"
            "  shop/api\n"
            "  shop/db\n"
            "  class 0 -> profile 1\n"
            "  workloads -> profile 1\n"
            "  any -> profile 0\n"
            "exempt shop/db from class 1\n");
}

}  // namespace
}  // namespace netpolc::policy
