// SPDX-License-Identifier: Apache-2.0
#include "compiler/policy/resolve.h"

#include <gtest/gtest.h>

#include "compiler/policy/print.h"
#include "tests/unit/compiler/policy/world.h"

namespace netpolc::policy {
namespace {

struct Shop : World {
  Shop() {
    endpoint("kube", "dns", "dns", {"10.0.9.1"}, "n2");
    endpoint("shop", "api", "api", {"10.0.0.1"}, "n1");
    endpoint("shop", "db", "db", {"10.0.0.2"}, "n2");
  }
  std::string resolved(const Placement& placement = {}) const {
    return print(resolve(model, placement));
  }
};

TEST(Resolve, WithoutPoliciesThereAreNoSubjects) {
  const Shop world;
  EXPECT_EQ(world.resolved(),
            "class 0\n"
            "  10.0.0.1 shop/api\n"
            "  10.0.0.2 shop/db\n"
            "  10.0.9.1 kube/dns\n");
  EXPECT_EQ(print(resolve({}, {})), "");
}

TEST(Resolve, MergesAllPoliciesOfASubject) {
  Shop world;
  World::ingress(world.policy("shop", "a", having("app", "db")),
                 {rule({own(having("app", "api"))}, {tcp(5432)})});
  World::ingress(world.policy("shop", "b", everything()), {rule({}, {tcp(80), udp(1, 9)})});
  EXPECT_EQ(world.resolved(),
            "class 0\n"
            "  10.0.0.2 shop/db\n"
            "  10.0.9.1 kube/dns\n"
            "class 1\n"
            "  10.0.0.1 shop/api\n"
            "profile 0 ingress\n"
            "  allow TCP 80 # NetworkPolicy shop/b ingress[0]\n"
            "  allow UDP 1-9 # NetworkPolicy shop/b ingress[0]\n"
            "  deny # NetworkPolicy shop/a, NetworkPolicy shop/b\n"
            "profile 1 ingress\n"
            "  allow TCP 5432 # NetworkPolicy shop/a ingress[0]\n"
            "  allow TCP 80 # NetworkPolicy shop/b ingress[0]\n"
            "  allow UDP 1-9 # NetworkPolicy shop/b ingress[0]\n"
            "  deny # NetworkPolicy shop/a, NetworkPolicy shop/b\n"
            "profile 2 ingress\n"
            "  allow TCP 80 # NetworkPolicy shop/b ingress[0]\n"
            "  allow UDP 1-9 # NetworkPolicy shop/b ingress[0]\n"
            "  deny # NetworkPolicy shop/b\n"
            "subject ingress\n"
            "  shop/db\n"
            "  class 1 -> profile 1\n"
            "  any -> profile 0\n"
            "subject ingress\n"
            "  shop/api\n"
            "  any -> profile 2\n");
}

TEST(Resolve, EveryEndpointIsAFallbackOfItsOwn) {
  Shop world;
  World::egress(world.policy("shop", "a", having("app", "api")),
                {rule({in(everything(), everything())}, {tcp(1)}), rule({}, {tcp(2)}),
                 rule({block(cidr("192.0.2.0", 24))}, {})});
  EXPECT_EQ(world.resolved(),
            "class 0\n"
            "  10.0.0.1 shop/api\n"
            "  10.0.0.2 shop/db\n"
            "  10.0.9.1 kube/dns\n"
            "class 1\n"
            "  192.0.2.0-192.0.2.255\n"
            "profile 0 egress\n"
            "  allow TCP 2 # NetworkPolicy shop/a egress[1]\n"
            "  deny # NetworkPolicy shop/a\n"
            "profile 1 egress\n"
            "  allow TCP 1 # NetworkPolicy shop/a egress[0]\n"
            "  allow TCP 2 # NetworkPolicy shop/a egress[1]\n"
            "  deny # NetworkPolicy shop/a\n"
            "profile 2 egress\n"
            "  allow TCP 2 # NetworkPolicy shop/a egress[1]\n"
            "  allow everything # NetworkPolicy shop/a egress[2]\n"
            "  deny # NetworkPolicy shop/a\n"
            "subject egress\n"
            "  shop/api\n"
            "  class 1 -> profile 2\n"
            "  workloads -> profile 1\n"
            "  any -> profile 0\n");
}

TEST(Resolve, ANameInAnIngressRuleIsTheSubjectsPort) {
  Shop world;
  world.model.inventory.endpoints[1].ports = {{"web", 8080, model::Protocol::kTcp}};
  world.model.inventory.endpoints[2].ports = {{"web", 81, model::Protocol::kTcp},
                                              {"web", 82, model::Protocol::kTcp},
                                              {"web", 83, model::Protocol::kUdp}};
  World::ingress(world.policy("shop", "a", everything()), {rule({}, {named("web")})});
  EXPECT_EQ(world.resolved(),
            "class 0\n"
            "  10.0.0.1 shop/api\n"
            "  10.0.0.2 shop/db\n"
            "  10.0.9.1 kube/dns\n"
            "profile 0 ingress\n"
            "  allow TCP 81 # NetworkPolicy shop/a ingress[0]\n"
            "  allow TCP 82 # NetworkPolicy shop/a ingress[0]\n"
            "  deny # NetworkPolicy shop/a\n"
            "profile 1 ingress\n"
            "  allow TCP 8080 # NetworkPolicy shop/a ingress[0]\n"
            "  deny # NetworkPolicy shop/a\n"
            "subject ingress\n"
            "  shop/db\n"
            "  any -> profile 0\n"
            "subject ingress\n"
            "  shop/api\n"
            "  any -> profile 1\n");
}

TEST(Resolve, ANameInAnEgressRuleIsTheDestinationsPort) {
  Shop world;
  world.model.inventory.endpoints[0].ports = {{"web", 53, model::Protocol::kTcp}};
  world.model.inventory.endpoints[2].ports = {{"web", 81, model::Protocol::kTcp}};
  World::egress(world.policy("shop", "a", having("app", "api")), {rule({}, {named("web")})});
  EXPECT_EQ(world.resolved(),
            "class 0\n"
            "  10.0.9.1 kube/dns\n"
            "class 1\n"
            "  10.0.0.1 shop/api\n"
            "class 2\n"
            "  10.0.0.2 shop/db\n"
            "profile 0 egress\n"
            "  deny # NetworkPolicy shop/a\n"
            "profile 1 egress\n"
            "  allow TCP 53 # NetworkPolicy shop/a egress[0]\n"
            "  deny # NetworkPolicy shop/a\n"
            "profile 2 egress\n"
            "  allow TCP 81 # NetworkPolicy shop/a egress[0]\n"
            "  deny # NetworkPolicy shop/a\n"
            "subject egress\n"
            "  shop/api\n"
            "  class 0 -> profile 1\n"
            "  class 2 -> profile 2\n"
            "  any -> profile 0\n");
}

TEST(Resolve, RulesOfADirectionThatDoesNotIsolateAreIgnored) {
  Shop world;
  model::Policy& policy = world.policy("shop", "a", everything());
  World::ingress(policy, {rule({}, {})});
  policy.ingress.isolates = false;
  const Program program = resolve(world.model, {});
  EXPECT_TRUE(program.subjects.empty());
  EXPECT_TRUE(program.origins.empty());
}

TEST(Resolve, APolicyThatSelectsNothingTellsNoPeersApart) {
  Shop world;
  World::ingress(world.policy("shop", "a", having("app", "none")),
                 {rule({block(cidr("192.0.2.0", 24)), own(having("app", "api"))}, {})});
  const Program program = resolve(world.model, {});
  EXPECT_TRUE(program.subjects.empty());
  EXPECT_EQ(program.classes.size(), 1U);
}

std::vector<std::string> subjects_of(const Program& program) {
  std::vector<std::string> out;
  for (const Endpoint& endpoint : program.endpoints) {
    if (endpoint.is_subject) out.push_back(endpoint.name);
  }
  return out;
}

TEST(Resolve, ThePlacementSaysWhoIsJudgedHere) {
  Shop world;
  World::ingress(world.policy("shop", "a", everything()), {});
  using Names = std::vector<std::string>;
  const Program all = resolve(world.model, {});
  EXPECT_EQ(subjects_of(all), (Names{"kube/dns", "shop/api", "shop/db"}));
  ASSERT_EQ(all.subjects.size(), 1U);
  EXPECT_EQ(all.subjects[0].endpoints, (std::vector<std::uint32_t>{1, 2}));
  const Program node = resolve(world.model, {.endpoint = {}, .node = "n2"});
  EXPECT_EQ(subjects_of(node), (Names{"kube/dns", "shop/db"}));
  ASSERT_EQ(node.subjects.size(), 1U);
  EXPECT_EQ(node.subjects[0].endpoints, (std::vector<std::uint32_t>{2}));
  const Program one =
      resolve(world.model, {.kind = PlacementKind::kEndpoint, .endpoint = "shop/api", .node = {}});
  EXPECT_EQ(subjects_of(one), (Names{"shop/api"}));
  ASSERT_EQ(one.subjects.size(), 1U);
  EXPECT_EQ(one.subjects[0].endpoints, (std::vector<std::uint32_t>{1}));
}

TEST(Resolve, OnlyEndpointsIsolatedForIngressAreExemptFromTheirNode) {
  Shop world;
  world.node("n1", {"172.18.0.1", "fd00:18::1"});
  world.node("n2", {"172.18.0.2"});
  World::ingress(world.policy("shop", "a", having("app", "api")), {});
  World::egress(world.policy("shop", "b", having("app", "db")), {});
  const Program program = resolve(world.model, {});
  ASSERT_EQ(program.exemptions.size(), 1U) << "both families are of one class here";
  EXPECT_EQ(program.endpoints[program.exemptions[0].endpoint].name, "shop/api");
  const AddressClass& node = program.classes[program.exemptions[0].node.value];
  EXPECT_TRUE(node.is_local_node);
  EXPECT_EQ(node.ranges, (std::vector<AddressRange>{{ip("172.18.0.1"), ip("172.18.0.1")},
                                                    {ip("fd00:18::1"), ip("fd00:18::1")}}));
  world.model.polices_local_node = true;
  EXPECT_TRUE(resolve(world.model, {}).exemptions.empty());
}

}  // namespace
}  // namespace netpolc::policy
