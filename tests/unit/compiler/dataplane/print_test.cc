// SPDX-License-Identifier: Apache-2.0
#include "compiler/dataplane/print.h"

#include <gtest/gtest.h>

#include "compiler/dataplane/key.h"

namespace netpolc::dataplane {
namespace {

using namespace ruleset;  // NOLINT(google-build-using-namespace): this file speaks of nothing else

TEST(PrintTable, ShowsEveryPart) {
  const Key address = KeyBuilder().address(IpAddress::parse("10.0.0.1").value()).key();
  const Key pair = KeyBuilder().address(IpAddress::parse("10.0.0.1").value()).number(5, 4).key();
  Table table;
  table.origins = {{"NetworkPolicy shop/p", "ingress[0]", "a.yaml:1"}};
  table.sets = {
      Set{.name = "peer4",
          .key = {FieldType::kIpv4Addr},
          .data = SetData::kClassId,
          .size = 64,
          .elements = {{address, address, false, 0x40000001, {}, "shop/api"},
                       {.is_catch_all = true}}},
      Set{.name = "in4",
          .key = {FieldType::kIpv4Addr, FieldType::kClassId},
          .data = SetData::kVerdict,
          .size = 64,
          .elements = {{pair, pair, false, 0, {VerdictKind::kGoto, 0}, ""}}},
      Set{.name = "ports",
          .key = {FieldType::kInetService},
          .is_interval = true,
          .elements = {{KeyBuilder().number(80, 2).key(), KeyBuilder().number(90, 2).key()}}},
  };
  Chain first{.name = "in_web"};
  first.rules = {
      Rule{.expressions = {Lookup{{Field::kTcpDport}, 2}, Counter{}, Verdict{}}, .origins = {0}},
      Rule{.expressions = {Match{Field::kL4Proto, 17, 17}, Verdict{VerdictKind::kReturn, 0}}},
      Rule{.expressions = {Verdict{VerdictKind::kReject, 0}}}};
  Chain base{.name = "input", .base = BaseChain{Hook::kInput, -5}};
  base.rules = {Rule{.expressions = {CtEstablishedOrRelated{}, Verdict{VerdictKind::kJump, 0}}},
                Rule{.expressions = {LoopbackInterface{false}, Verdict{VerdictKind::kDrop, 0}}},
                Rule{.expressions = {MapToScratch{{Field::kIpSaddr}, 0},
                                     VerdictMap{{Field::kIpDaddr, Field::kScratch}, 1}}}};
  table.chains = {first, base};
  EXPECT_EQ(
      print(table),
      "map peer4: ipv4_addr size 64\n"
      "  0a000001 : 0x40000001  # shop/api\n"
      "  * : 0x0\n"
      "map in4: ipv4_addr classid size 64\n"
      "  0a000001.00000005 : goto in_web\n"
      "set ports: inet_service ranges size 0\n"
      "  0050-005a\n"
      "chain in_web\n"
      "  lookup [tcp dport] in ports; count; accept;\n"
      "    # NetworkPolicy shop/p ingress[0]\n"
      "  meta l4proto in 0x11-0x11; return;\n"
      "  reject;\n"
      "chain input on input at -5\n"
      "  ct established or related; jump in_web;\n"
      "  output interface is loopback; drop;\n"
      "  scratch from [ip saddr] in peer4; verdict from [ip daddr] [meta priority] in in4;\n");
}

}  // namespace
}  // namespace netpolc::dataplane
