// SPDX-License-Identifier: Apache-2.0
#include "compiler/dataplane/profiles.h"

#include <gtest/gtest.h>

#include "compiler/support/check.h"
#include "tests/unit/compiler/dataplane/lowered.h"

namespace netpolc::dataplane {
namespace {

using policy::everything;
using policy::rule;
using policy::tcp;
using policy::World;
using Ports = std::vector<model::PortMatch>;

// One endpoint that everybody may reach on `ports`.
World open_to_all(Ports ports) {
  World world;
  world.endpoint("shop", "db", "db", {"10.0.0.2"});
  World::ingress(world.policy("shop", "p", everything()), {rule({}, std::move(ports))});
  return world;
}

Ports scattered(std::uint16_t count) {
  Ports ports;
  for (std::uint16_t index = 0; index < count; ++index) {
    ports.push_back(tcp(static_cast<std::uint16_t>(100 + 2 * index)));
  }
  return ports;
}

// The chain of the only profile.
Lines profile_of(const Lowered& lowered) {
  return lowered.below("chain " + lowered.chain_names().front());
}

TEST(ProfileChains, OneRuleAPortRange) {
  EXPECT_EQ(
      profile_of(Lowered(open_to_all({{model::Protocol::kSctp, model::PortRange{5, 9}},
                                      {model::Protocol::kUdp, model::PortRange{}},
                                      tcp(443),
                                      tcp(80)}))),
      (Lines{"tcp dport in 0x50-0x50; accept;", "tcp dport in 0x1bb-0x1bb; accept;",
             "meta l4proto in 0x11-0x11; accept;", "sctp dport in 0x5-0x9; accept;", "drop;"}))
      << "in order of protocol and port; every port of a protocol is that protocol";
}

TEST(ProfileChains, EverythingNeedsNoDenial) {
  const Lowered lowered(open_to_all({}));
  EXPECT_EQ(lowered.chain_names().front(), "in_everything");
  EXPECT_EQ(profile_of(lowered), (Lines{"accept;"}));
}

TEST(ProfileChains, MoreThanEightRangesAreASet) {
  EXPECT_EQ(profile_of(Lowered(open_to_all(scattered(8)))).size(), 9U);
  const Lowered lowered(open_to_all(scattered(9)));
  const std::string set = lowered.set_names().front();
  EXPECT_TRUE(set.starts_with("ports_")) << set;
  EXPECT_EQ(profile_of(lowered), (Lines{"lookup [tcp dport] in " + set + "; accept;", "drop;"}));
  const ruleset::Set& ports = lowered.table.sets.front();
  EXPECT_TRUE(ports.is_interval);
  EXPECT_EQ(ports.key, (std::vector{ruleset::FieldType::kInetService}));
  EXPECT_EQ(lowered.below("set " + set).front(), "0064");
  EXPECT_EQ(lowered.below("set " + set).size(), 9U);
}

TEST(ProfileChains, RangesThatOverlapCannotBeASet) {
  Ports ports = scattered(9);
  ports.push_back({model::Protocol::kTcp, model::PortRange{100, 105}});
  EXPECT_EQ(profile_of(Lowered(open_to_all(std::move(ports)))).size(), 11U);
}

TEST(ProfileChains, EqualPortsShareASet) {
  World world = open_to_all(scattered(9));
  Ports more = scattered(9);
  more.push_back({model::Protocol::kUdp, model::PortRange{53, 53}});
  World::egress(world.policy("shop", "q", everything()), {rule({}, std::move(more))});
  const Lowered lowered(world);
  int sets = 0;
  for (const std::string& name : lowered.set_names()) sets += name.starts_with("ports_") ? 1 : 0;
  EXPECT_EQ(sets, 1);
}

TEST(ProfileChains, TheDenialAndTheCounterAreOptions) {
  CompileOptions options;
  options.deny = DenyVerdict::kReject;
  EXPECT_EQ(profile_of(Lowered(open_to_all({tcp(80)}), options)),
            (Lines{"tcp dport in 0x50-0x50; accept;", "reject;"}));
  options.counters = true;
  EXPECT_EQ(profile_of(Lowered(open_to_all({tcp(80)}), options)),
            (Lines{"tcp dport in 0x50-0x50; count; accept;", "count; reject;"}));
  EXPECT_EQ(profile_of(Lowered(open_to_all({}), options)), (Lines{"count; accept;"}));
}

TEST(ProfileChains, ProfilesOfOneNameGetOthers) {
  World world = open_to_all({tcp(80)});
  world.endpoint("shop", "web", "web", {"10.0.0.3"});
  World::ingress(world.policy("shop", "q", policy::having("app", "web")), {});
  const Lowered lowered(world);
  EXPECT_EQ(lowered.chain_names()[0], "in_tcp_80");
  EXPECT_EQ(lowered.chain_names()[1], "in_tcp_80x") << "isolated by other policies";
  EXPECT_EQ(lowered.below("map in_profiles").size(), 2U);
}

TEST(ProfileChains, CommentsNameTheRuleAndItsLine) {
  diag::SourceManager sources;
  const std::uint32_t source = sources.add("policies/shop.yaml", "one\ntwo\nthree\n");
  World world = open_to_all({tcp(80)});
  world.model.policies[0].span = {source, 0, 3};
  world.model.policies[0].ingress.rules[0].span = {source, 8, 13};
  const Lowered lowered(world, {}, sources);
  const ruleset::Chain& chain = lowered.table.chains.front();
  EXPECT_EQ(chain.rules[0].comment, "shop/p ingress[0] policies/shop.yaml:3");
  EXPECT_EQ(chain.rules[1].comment, "isolated by shop/p policies/shop.yaml:1");
  ASSERT_EQ(chain.rules[0].origins.size(), 1U);
  EXPECT_EQ(lowered.table.origins[chain.rules[0].origins[0]],
            (ruleset::Origin{"NetworkPolicy shop/p", "ingress[0]", "policies/shop.yaml:3"}));
  EXPECT_EQ(lowered.table.origins[chain.rules[1].origins[0]],
            (ruleset::Origin{"NetworkPolicy shop/p", "", "policies/shop.yaml:1"}));
}

TEST(ProfileChains, CommentsCountFurtherOrigins) {
  World world = open_to_all(scattered(9));
  World::ingress(world.policy("shop", "q", everything()), {rule({}, {tcp(1)})});
  const Lowered lowered(world);
  const ruleset::Chain& chain = lowered.table.chains.front();
  EXPECT_EQ(chain.rules[0].comment, "shop/p ingress[0] +1 more");
  EXPECT_EQ(chain.rules[1].comment, "isolated by shop/p +1 more");
  EXPECT_EQ(chain.rules[1].origins.size(), 2U);
}

TEST(ProfileChains, CommentsAreCleanAndCut) {
  diag::SourceManager sources;
  const std::string name = "a \"b\"\\\n" + std::string(200, 'y');
  const std::uint32_t source = sources.add(name, "text");
  World world = open_to_all({tcp(80)});
  world.model.policies[0].ingress.rules[0].span = {source, 0, 4};
  const Lowered lowered(world, {}, sources);
  const std::string& comment = lowered.table.chains.front().rules[0].comment;
  EXPECT_EQ(comment.size(), 127U);
  EXPECT_TRUE(comment.starts_with("shop/p ingress[0] a _b___yyy")) << comment;
  EXPECT_TRUE(comment.ends_with("yyy...")) << comment;
  EXPECT_EQ(lowered.table.origins[lowered.table.chains.front().rules[0].origins[0]].location,
            name + ":1")
      << "the origin itself keeps the name whole";
}

TEST(ProfileChains, AProtocolWithoutPortsHasNoPortClause) {
  EXPECT_THROW(Lowered(open_to_all({{model::Protocol::kIcmp, model::PortRange{8, 8}}})),
               InternalError);
}

}  // namespace
}  // namespace netpolc::dataplane
