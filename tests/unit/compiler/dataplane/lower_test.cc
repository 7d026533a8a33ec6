// SPDX-License-Identifier: Apache-2.0
#include "compiler/dataplane/lower.h"

#include <gtest/gtest.h>

#include "tests/unit/compiler/dataplane/lowered.h"

namespace netpolc::dataplane {
namespace {

using policy::block;
using policy::cidr;
using policy::everything;
using policy::having;
using policy::in;
using policy::own;
using policy::rule;
using policy::tcp;
using policy::World;

// Two endpoints on two nodes. Profiles that allow nothing are called nothing.
struct Shop : World {
  Shop() {
    endpoint("shop", "api", "api", {"10.0.0.1"}, "n1");
    endpoint("shop", "db", "db", {"10.0.0.2"}, "n2");
  }
  // The db takes nothing but tcp 5432 from `peers`.
  Shop& guard_db(std::vector<model::Peer> peers) {
    ingress(policy("shop", "db", having("app", "db")), {rule(std::move(peers), {tcp(5432)})});
    return *this;
  }
  // The api sends nothing but tcp 443 to `peers`.
  Shop& guard_api(std::vector<model::Peer> peers) {
    egress(policy("shop", "api", having("app", "api")), {rule(std::move(peers), {tcp(443)})});
    return *this;
  }
};

CompileOptions at_endpoint(const char* name) {
  CompileOptions options;
  options.placement = {PlacementKind::kEndpoint, name, ""};
  return options;
}

const std::string kPeerIngress =
    "scratch from [ip saddr] in peer4; scratch from [ip daddr] [meta priority] in in4; "
    "verdict from [meta priority] in in_profiles;";
const std::string kAnyIngress =
    "scratch from [ip daddr] in in4_any; verdict from [meta priority] in in_profiles;";
const std::string kOutsideIngress =
    "scratch from [ip saddr] in cidr4; scratch from [ip daddr] [meta priority] in in4; "
    "verdict from [meta priority] in in_profiles;";

TEST(LowerRouter, WithoutPoliciesEverythingPasses) {
  EXPECT_EQ(Lowered(Shop()).text,
            "chain forward on forward at 0\n"
            "  ct established or related; accept;\n"
            "chain input on input at 0\n"
            "  ct established or related; accept;\n"
            "  input interface is loopback; accept;\n");
}

TEST(LowerRouter, IngressOnly) {
  const Lowered lowered(Shop().guard_db({own(having("app", "api"))}));
  EXPECT_EQ(lowered.set_names(), (Lines{"peer4", "in_profiles", "in4", "in4_any"}));
  EXPECT_EQ(lowered.chain_names(),
            (Lines{"in_nothing", "in_tcp_5432", "ingress4", "forward", "input"}));
  EXPECT_EQ(lowered.below("chain ingress4"), (Lines{kPeerIngress, kAnyIngress, "accept;"}));
  EXPECT_EQ(lowered.below("chain in_tcp_5432"),
            (Lines{"tcp dport in 0x1538-0x1538; accept;", "drop;"}));
  EXPECT_EQ(lowered.below("chain forward"), (Lines{"ct established or related; accept;",
                                                   "meta nfproto in 0x2-0x2; goto ingress4;"}));
  EXPECT_EQ(lowered.below("chain input"),
            (Lines{"ct established or related; accept;", "input interface is loopback; accept;",
                   "meta nfproto in 0x2-0x2; goto ingress4;"}));
}

TEST(LowerRouter, WhatAnEndpointMaySendGoesOnToItsDestinationsRules) {
  const Lowered lowered(Shop().guard_api({own(having("app", "db"))}).guard_db({}));
  EXPECT_EQ(lowered.below("chain out_tcp_443"),
            (Lines{"tcp dport in 0x1bb-0x1bb; goto ingress;", "drop;"}));
  EXPECT_EQ(lowered.below("chain ingress"),
            (Lines{"meta nfproto in 0x2-0x2; goto ingress4;", "accept;"}));
  EXPECT_EQ(lowered.below("chain egress4"),
            (Lines{"scratch from [ip daddr] in peer4; scratch from [ip saddr] [meta priority] in "
                   "out4; verdict from [meta priority] in out_profiles;",
                   "scratch from [ip saddr] in out4_any; verdict from [meta priority] in "
                   "out_profiles;",
                   "goto ingress4;"}));
  EXPECT_EQ(lowered.below("chain forward").back(), "meta nfproto in 0x2-0x2; goto egress4;");
}

TEST(LowerRouter, EgressAloneEndsWithAccept) {
  const Lowered lowered(Shop().guard_api({}));
  EXPECT_EQ(lowered.below("chain out_tcp_443"),
            (Lines{"tcp dport in 0x1bb-0x1bb; accept;", "drop;"}));
  EXPECT_EQ(lowered.below("chain egress4").back(), "accept;");
}

TEST(LowerRouter, PolicingTheOwnNodeWatchesTheMachinesOwnConnections) {
  CompileOptions options;
  options.police_local_node = true;
  const Lowered lowered(Shop().guard_api({}).guard_db({}), options);
  EXPECT_EQ(lowered.chain_names().back(), "output");
  EXPECT_EQ(lowered.below("chain output"),
            (Lines{"ct established or related; accept;", "output interface is loopback; accept;",
                   "meta nfproto in 0x2-0x2; goto ingress4;"}))
      << "this machine is no endpoint: only the destination's rules";
}

TEST(LowerRouter, ANodesTableHoldsItsOwnEndpointsOnly) {
  Shop world;
  World::ingress(world.policy("shop", "all", everything()), {});
  EXPECT_EQ(Lowered(world).below("map in4_any").size(), 2U);
  CompileOptions options;
  options.placement.node = "n2";
  const Lowered lowered(world, options);
  ASSERT_EQ(lowered.below("map in4_any").size(), 1U);
  EXPECT_TRUE(lowered.below("map in4_any")[0].starts_with("0a000002 : "));
}

TEST(LowerOwnNode, IsExemptUnlessItIsPoliced) {
  Shop world;
  world.node("n1", {"172.18.0.1"});
  world.node("n2", {"172.18.0.2"});
  world.guard_db({block(cidr("172.18.0.0", 24))});
  const Lowered exempt(world);
  EXPECT_EQ(exempt.below("chain in_own_node"), (Lines{"accept;"}));
  // Of the prefix: the db's node by exemption, everyone else by the rule.
  ASSERT_EQ(exempt.below("map in4").size(), 2U);
  const auto profile_of = [&](const std::string& chain) {
    for (const std::string& line : exempt.below("map in_profiles")) {
      if (line.ends_with("goto " + chain)) return "0x" + line.substr(0, 8);
    }
    return std::string();
  };
  int own_node = 0;
  int others = 0;
  for (const std::string& line : exempt.below("map in4")) {
    own_node += line.ends_with(profile_of("in_own_node")) ? 1 : 0;
    others += line.ends_with(profile_of("in_tcp_5432")) ? 1 : 0;
  }
  EXPECT_EQ(own_node, 1);
  EXPECT_EQ(others, 1);
  CompileOptions options;
  options.police_local_node = true;
  const Lowered policed(world, options);
  EXPECT_TRUE(policed.below("chain in_own_node").empty());
  EXPECT_EQ(policed.below("map in4").size(), 1U);
}

TEST(LowerOutside, RangesAreLookedUpBehindEndpoints) {
  const Lowered lowered(Shop().guard_db({block(cidr("192.0.2.0", 24), {cidr("192.0.2.64", 26)})}));
  EXPECT_EQ(lowered.below("chain ingress4"),
            (Lines{kPeerIngress, "meta priority in 0x0-0x0; " + kOutsideIngress, kAnyIngress,
                   "accept;"}));
  const Lines ranges = lowered.below("map cidr4");
  ASSERT_EQ(ranges.size(), 2U);
  EXPECT_TRUE(ranges[0].starts_with("c0000200-c000023f : 0x"));
  EXPECT_TRUE(ranges[1].starts_with("c0000280-c00002ff : 0x"));
  const Lines peers = lowered.below("map peer4");
  ASSERT_EQ(peers.size(), 3U) << "endpoints must be known where a range could claim them";
  EXPECT_EQ(peers[2], "* : 0x0");
}

TEST(LowerWorkloads, EndpointsHaveAFallbackOfTheirOwn) {
  const Lowered lowered(Shop().guard_db({in(everything(), everything())}));
  EXPECT_EQ(lowered.set_names(), (Lines{"peer4", "in_profiles", "in4_workloads", "in4_any"}));
  EXPECT_EQ(lowered.below("chain ingress4_outside"), (Lines{kAnyIngress, "accept;"}));
  EXPECT_EQ(lowered.below("chain ingress4"),
            (Lines{"scratch from [ip saddr] in peer4;",
                   "meta priority in 0x0-0x0; goto ingress4_outside;",
                   "scratch from [ip daddr] in in4_workloads; verdict from [meta priority] in "
                   "in_profiles;",
                   kAnyIngress, "accept;"}));
}

TEST(LowerWorkloads, TogetherWithPairsAndRanges) {
  Shop world;
  World::ingress(world.policy("shop", "db", having("app", "db")),
                 {rule({in(everything(), everything())}, {tcp(1)}),
                  rule({own(having("app", "api"))}, {tcp(2)}),
                  rule({block(cidr("192.0.2.0", 24))}, {tcp(3)})});
  const Lowered lowered(world);
  EXPECT_EQ(lowered.below("chain ingress4_outside"),
            (Lines{kOutsideIngress, kAnyIngress, "accept;"}));
  EXPECT_EQ(lowered.below("chain ingress4"),
            (Lines{kPeerIngress, "meta priority in 0x0-0x0; goto ingress4_outside;",
                   "scratch from [ip daddr] in in4_workloads; verdict from [meta priority] in "
                   "in_profiles;",
                   kAnyIngress, "accept;"}));
}

TEST(LowerFamilies, EachHasItsOwnMapsAndTheSameProfiles) {
  World world;
  world.endpoint("shop", "api", "api", {"10.0.0.1", "fd00::1"});
  world.endpoint("shop", "db", "db", {"10.0.0.2", "fd00::2"});
  World::ingress(world.policy("shop", "db", having("app", "db")),
                 {rule({block(cidr("2001:db8::", 32))}, {tcp(1)})});
  const Lowered lowered(world);
  EXPECT_EQ(lowered.set_names(),
            (Lines{"peer6", "cidr6", "in_profiles", "in4_any", "in6", "in6_any", "nd_types"}))
      << "nothing of IPv4 can meet the only pair";
  EXPECT_EQ(lowered.below("chain ingress4"), (Lines{kAnyIngress, "accept;"}));
  EXPECT_EQ(lowered.below("chain forward"),
            (Lines{"ct established or related; accept;", "meta nfproto in 0x2-0x2; goto ingress4;",
                   "lookup [icmpv6 type] in nd_types; accept;",
                   "meta nfproto in 0xa-0xa; goto ingress6;"}));
  EXPECT_EQ(lowered.below("set nd_types"),
            (Lines{"82", "83", "84", "85", "86", "87", "88", "89", "8f"}));
}

TEST(LowerEndpoint, ItsOwnTrafficIsJudgedOnInputAndOutput) {
  const Lowered lowered(Shop().guard_db({own(having("app", "api"))}), at_endpoint("shop/db"));
  EXPECT_EQ(lowered.chain_names(),
            (Lines{"in_nothing", "in_tcp_5432", "ingress4", "ingress6", "input", "output"}));
  EXPECT_EQ(lowered.below("chain ingress4"), (Lines{kPeerIngress, kAnyIngress, "goto in_nothing;"}))
      << "an address that the inventory does not know is still the endpoint's";
  EXPECT_EQ(lowered.below("chain ingress6"), (Lines{"goto in_nothing;"}));
  EXPECT_EQ(
      lowered.below("chain input"),
      (Lines{"ct established or related; accept;", "input interface is loopback; accept;",
             "meta nfproto in 0x2-0x2; goto ingress4;", "lookup [icmpv6 type] in nd_types; accept;",
             "meta nfproto in 0xa-0xa; goto ingress6;"}));
  EXPECT_EQ(lowered.below("chain output"),
            (Lines{"ct established or related; accept;", "output interface is loopback; accept;"}));
}

TEST(LowerEndpoint, WhatItMaySendIsNotJudgedByItsDestinationHere) {
  const Lowered lowered(Shop().guard_api({}).guard_db({}), at_endpoint("shop/api"));
  EXPECT_EQ(lowered.below("chain out_tcp_443"),
            (Lines{"tcp dport in 0x1bb-0x1bb; accept;", "drop;"}));
  EXPECT_EQ(lowered.below("chain output").size(), 5U);
  EXPECT_EQ(lowered.below("chain input").size(), 2U) << "the db's rules are the db's";
}

TEST(LowerIds, ClassesOfOneLabelDiffer) {
  World world;
  world.endpoint("shop", "api", "api", {"10.0.0.1", "10.0.0.2"});
  World::ingress(world.policy("shop", "p", everything()),
                 {rule({block(cidr("10.0.0.1", 32))}, {tcp(1)})});
  const Lowered lowered(world);
  const Lines peers = lowered.below("map peer4");
  ASSERT_EQ(peers.size(), 3U);
  EXPECT_NE(peers[0].substr(9), peers[1].substr(9)) << "both classes are called shop/api";
}

TEST(LowerSizes, MapsHaveRoomToGrow) {
  World world;
  for (int index = 1; index <= 200; ++index) {
    const std::string address = "10.0.0." + std::to_string(index);
    world.endpoint("shop", "web-" + std::to_string(1000 + index), "web", {address.c_str()});
  }
  World::ingress(world.policy("shop", "p", everything()), {});
  const Lowered lowered(world);
  for (const ruleset::Set& set : lowered.table.sets) {
    EXPECT_EQ(set.size, set.name == "in4_any" ? 256U : 64U) << set.name << ": a quarter more";
  }
}

TEST(LowerScratch, TheTableTellsTheBackendsWhichField) {
  CompileOptions options;
  EXPECT_EQ(Lowered(Shop(), options).table.scratch, ruleset::Scratch::kPriority);
  options.scratch = ruleset::Scratch::kMark;
  EXPECT_EQ(Lowered(Shop(), options).table.scratch, ruleset::Scratch::kMark);
}

}  // namespace
}  // namespace netpolc::dataplane
