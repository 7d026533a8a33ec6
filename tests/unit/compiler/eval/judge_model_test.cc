// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "compiler/eval/judge.h"
#include "tests/unit/compiler/policy/world.h"

namespace netpolc::eval {
namespace {

using policy::block;
using policy::cidr;
using policy::everything;
using policy::having;
using policy::in;
using policy::ip;
using policy::named;
using policy::own;
using policy::rule;
using policy::World;

struct Shop : World {
  Shop() {
    add_namespace("kube", {{"team", "infra"}});
    endpoint("kube", "dns", "dns", {"10.0.9.1"}, "n1");
    endpoint("shop", "api", "api", {"10.0.0.1", "fd00::1"}, "n1");
    endpoint("shop", "db", "db", {"10.0.0.2"}, "n2").ports = {{"pg", 5432, model::Protocol::kTcp}};
    node("n1", {"172.18.0.1"});
    node("n2", {"172.18.0.2"});
  }
  Judgement judge(const char* from, const char* to, std::uint16_t port = 80,
                  std::uint8_t protocol = 6) const {
    return judge_model(model, {ip(from), ip(to), protocol, port, 0});
  }
  bool allows(const char* from, const char* to, std::uint16_t port = 80,
              std::uint8_t protocol = 6) const {
    return judge(from, to, port, protocol).is_allowed;
  }
};

constexpr const char* kDns = "10.0.9.1";
constexpr const char* kApi = "10.0.0.1";
constexpr const char* kDb = "10.0.0.2";
constexpr const char* kOutside = "192.0.2.1";

TEST(JudgeModel, WithoutPoliciesEverythingIsAllowed) {
  const Shop world;
  EXPECT_EQ(world.judge(kApi, kDb).why,
            "egress: no policy isolates shop/api; ingress: no policy isolates shop/db");
  EXPECT_EQ(world.judge(kOutside, "203.0.113.1").why,
            "egress: no policies at that end; ingress: no policies at that end");
}

TEST(JudgeModel, IsolationIsByDirectionAndSelection) {
  Shop world;
  World::ingress(world.policy("shop", "p", having("app", "db")), {});
  EXPECT_EQ(world.judge(kApi, kDb).why, "shop/p isolates shop/db for ingress and no rule matches");
  EXPECT_TRUE(world.allows(kDb, kApi)) << "what it sends is not isolated";
  EXPECT_TRUE(world.allows(kOutside, kApi)) << "not selected";
  EXPECT_TRUE(world.allows(kApi, kDns));
}

TEST(JudgeModel, PoliciesOfASubjectAddUp) {
  Shop world;
  World::ingress(world.policy("shop", "a", everything()), {rule({}, {policy::tcp(80)})});
  World::ingress(world.policy("shop", "b", everything()), {rule({}, {policy::tcp(81)})});
  EXPECT_TRUE(world.allows(kApi, kDb, 80));
  EXPECT_TRUE(world.allows(kApi, kDb, 81));
  EXPECT_EQ(world.judge(kApi, kDb, 82).why,
            "shop/a, shop/b isolates shop/db for ingress and no rule matches");
  EXPECT_EQ(world.judge(kOutside, kDb, 81).why,
            "egress: no policies at that end; ingress: shop/b ingress[0]");
}

TEST(JudgeModel, BothEndsMustAgree) {
  Shop world;
  World::egress(world.policy("shop", "a", having("app", "api")),
                {rule({own(having("app", "db"))}, {})});
  World::ingress(world.policy("shop", "b", having("app", "db")),
                 {rule({own(having("app", "none"))}, {})});
  EXPECT_FALSE(world.allows(kApi, kDb)) << "the destination does not";
  EXPECT_FALSE(world.allows(kApi, kDns)) << "the source does not";
}

TEST(JudgeModel, PeersOfEverySort) {
  const struct {
    const char* title;
    model::Peer peer;
    bool dns, api, outside;
  } cases[] = {
      {"own namespace", own(everything()), false, true, false},
      {"own namespace by label", own(having("app", "dns")), false, false, false},
      {"another namespace", in(having("team", "infra"), everything()), true, false, false},
      {"both selectors hold", in(having("team", "infra"), having("app", "api")), false, false,
       false},
      {"every namespace", in(everything(), everything()), true, true, false},
      {"addresses outside", block(cidr("192.0.2.0", 24)), false, false, true},
      {"addresses of endpoints too", block(cidr("10.0.0.0", 24)), false, true, false},
      {"but not the exceptions", block(cidr("0.0.0.0", 0), {cidr("10.0.9.0", 24)}), false, true,
       true},
      {"nor the other family", block(cidr("::", 0)), false, false, false},
  };
  for (const auto& item : cases) {
    Shop world;
    World::ingress(world.policy("shop", "p", having("app", "db")), {rule({item.peer}, {})});
    EXPECT_EQ(world.allows(kDns, kDb), item.dns) << item.title;
    EXPECT_EQ(world.allows(kApi, kDb), item.api) << item.title;
    EXPECT_EQ(world.allows(kOutside, kDb), item.outside) << item.title;
  }
}

TEST(JudgeModel, PortsOfEverySort) {
  Shop world;
  World::ingress(world.policy("shop", "p", having("app", "db")),
                 {rule({}, {policy::tcp(80), policy::udp(10, 20), named("pg")})});
  EXPECT_TRUE(world.allows(kApi, kDb, 80));
  EXPECT_FALSE(world.allows(kApi, kDb, 80, 17)) << "the protocol counts";
  EXPECT_TRUE(world.allows(kApi, kDb, 10, 17));
  EXPECT_TRUE(world.allows(kApi, kDb, 20, 17));
  EXPECT_FALSE(world.allows(kApi, kDb, 21, 17));
  EXPECT_TRUE(world.allows(kApi, kDb, 5432));
  EXPECT_FALSE(world.allows(kApi, kDb, 5432, 17));
  EXPECT_FALSE(world.allows(kApi, kDb, 0, 1)) << "ICMP has no port";
  world.model.policies[0].ingress.rules[0].any_port = true;
  EXPECT_TRUE(world.allows(kApi, kDb, 0, 1));
}

TEST(JudgeModel, ANameIsTheDestinationsPortInBothDirections) {
  Shop world;
  World::egress(world.policy("shop", "p", having("app", "api")), {rule({}, {named("pg")})});
  EXPECT_TRUE(world.allows(kApi, kDb, 5432));
  EXPECT_FALSE(world.allows(kApi, kDns, 5432));
  EXPECT_FALSE(world.allows(kApi, kOutside, 5432)) << "an address outside has no names";
}

TEST(JudgeModel, AWorkloadReachesItself) {
  Shop world;
  model::Policy& policy = world.policy("shop", "p", everything());
  World::ingress(policy, {});
  World::egress(policy, {});
  EXPECT_EQ(world.judge(kApi, kApi).why, "a workload reaches itself");
  EXPECT_TRUE(world.allows(kApi, "fd00::1"));
  EXPECT_FALSE(world.allows(kApi, kDb));
}

TEST(JudgeModel, TheOwnNodeReachesItsEndpointsUnlessItIsPoliced) {
  Shop world;
  World::ingress(world.policy("shop", "p", everything()), {});
  EXPECT_EQ(world.judge("172.18.0.2", kDb).why,
            "egress: no policies at that end; ingress: from the destination's own node");
  EXPECT_FALSE(world.allows("172.18.0.1", kDb)) << "another node";
  world.model.polices_local_node = true;
  EXPECT_FALSE(world.allows("172.18.0.2", kDb));
}

}  // namespace
}  // namespace netpolc::eval
