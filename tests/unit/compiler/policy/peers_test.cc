// SPDX-License-Identifier: Apache-2.0
#include "compiler/policy/peers.h"

#include <gtest/gtest.h>

#include "tests/unit/compiler/policy/world.h"

namespace netpolc::policy {
namespace {

using Classes = std::vector<std::uint32_t>;

// The members of a class as text: "10.0.0.1" for an endpoint's address, "a-b" for a range.
std::vector<std::string> members(const AddressClass& address_class) {
  std::vector<std::string> out;
  for (const EndpointAddress& member : address_class.endpoints) {
    out.push_back(member.address.to_string());
  }
  for (const AddressRange& range : address_class.ranges) {
    out.push_back(range.first.to_string() + "-" + range.last.to_string());
  }
  return out;
}

using Members = std::vector<std::string>;

struct Shop : World {
  Shop() {
    endpoint("kube", "dns", "dns", {"10.0.9.1"});
    endpoint("shop", "api", "api", {"10.0.0.1", "fd00::1"});
    endpoint("shop", "db", "db", {"10.0.0.2"});
    node("n1", {"172.18.0.1", "fd00:18::1"});
    policy("shop", "p", everything());
  }
  const model::Policy& first() const { return model.policies.front(); }
};

TEST(Peers, EqualPeersAreOneAtom) {
  Shop world;
  world.policy("kube", "q", everything());
  const Selection selection(world.model.inventory);
  Peers peers(world.model.inventory, selection);
  const AtomId api = peers.intern(world.model.policies[0], own(having("app", "api")));
  EXPECT_EQ(peers.intern(world.model.policies[0], own(having("app", "api"))), api);
  EXPECT_NE(peers.intern(world.model.policies[1], own(having("app", "api"))), api)
      << "the same text means other endpoints in another namespace";
  const AtomId wide = peers.intern(world.model.policies[0], in(everything(), having("app", "api")));
  EXPECT_EQ(peers.intern(world.model.policies[1], in(everything(), having("app", "api"))), wide);
  EXPECT_NE(wide, api);
}

TEST(Peers, EndpointsThatNoAtomTellsApartAreOneClass) {
  const Shop world;
  const Selection selection(world.model.inventory);
  Peers peers(world.model.inventory, selection);
  const AtomId api = peers.intern(world.first(), own(having("app", "api")));
  const AtomId shop = peers.intern(world.first(), own(everything()));
  const AtomId all = peers.intern(world.first(), in(everything(), everything()));
  peers.build();
  ASSERT_EQ(peers.classes().size(), 3U);
  EXPECT_EQ(members(peers.classes()[0]), (Members{"10.0.9.1"}));
  EXPECT_EQ(members(peers.classes()[1]), (Members{"10.0.0.1", "fd00::1"}));
  EXPECT_EQ(members(peers.classes()[2]), (Members{"10.0.0.2"}));
  EXPECT_EQ(peers.classes()[1].label, "shop/api");
  EXPECT_EQ(peers.classes_of(api), (Classes{1}));
  EXPECT_EQ(peers.classes_of(shop), (Classes{1, 2}));
  EXPECT_TRUE(peers.is_all_endpoints(all));
  EXPECT_FALSE(peers.is_all_endpoints(shop));
  EXPECT_EQ(peers.classes_of(all), (Classes{})) << "they need not be told apart";
}

TEST(Peers, PrefixesCutTheAddressSpaceIntoDisjointRanges) {
  World world;
  world.policy("shop", "p", everything());
  const Selection selection(world.model.inventory);
  Peers peers(world.model.inventory, selection);
  const model::Policy& policy = world.model.policies.front();
  const AtomId wide = peers.intern(policy, block(cidr("192.0.2.0", 24), {cidr("192.0.2.64", 26)}));
  const AtomId narrow = peers.intern(policy, block(cidr("192.0.2.0", 28)));
  const AtomId six = peers.intern(policy, block(cidr("2001:db8::", 32)));
  peers.build();
  ASSERT_EQ(peers.classes().size(), 3U);
  EXPECT_EQ(members(peers.classes()[0]), (Members{"192.0.2.0-192.0.2.15"}));
  EXPECT_EQ(members(peers.classes()[1]),
            (Members{"192.0.2.16-192.0.2.63", "192.0.2.128-192.0.2.255"}));
  EXPECT_EQ(members(peers.classes()[2]),
            (Members{"2001:db8::-2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"}));
  EXPECT_EQ(peers.classes_of(wide), (Classes{0, 1}));
  EXPECT_EQ(peers.classes_of(narrow), (Classes{0}));
  EXPECT_EQ(peers.classes_of(six), (Classes{2}));
}

TEST(Peers, PrefixesReachTheEndsOfTheAddressSpace) {
  World world;
  world.policy("shop", "p", everything());
  const Selection selection(world.model.inventory);
  Peers peers(world.model.inventory, selection);
  const model::Policy& policy = world.model.policies.front();
  peers.intern(policy, block(cidr("0.0.0.0", 0), {cidr("0.0.0.0", 8), cidr("255.0.0.0", 8)}));
  peers.intern(policy, block(cidr("::", 0), {cidr("8000::", 1)}));
  peers.intern(policy, block(cidr("255.255.255.255", 32)));
  peers.build();
  ASSERT_EQ(peers.classes().size(), 3U);
  EXPECT_EQ(members(peers.classes()[0]), (Members{"1.0.0.0-254.255.255.255"}));
  EXPECT_EQ(members(peers.classes()[1]), (Members{"255.255.255.255-255.255.255.255"}));
  EXPECT_EQ(members(peers.classes()[2]), (Members{"::-7fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"}));
}

TEST(Peers, ExceptionsInsideExceptionsCountOnce) {
  World world;
  world.policy("shop", "p", everything());
  const Selection selection(world.model.inventory);
  Peers peers(world.model.inventory, selection);
  peers.intern(world.model.policies.front(),
               block(cidr("10.0.0.0", 24),
                     {cidr("10.0.0.128", 25), cidr("10.0.0.0", 26), cidr("10.0.0.16", 28)}));
  peers.build();
  ASSERT_EQ(peers.classes().size(), 1U);
  EXPECT_EQ(members(peers.classes()[0]), (Members{"10.0.0.64-10.0.0.127"}));
}

TEST(Peers, APrefixHoldsEndpointsToo) {
  const Shop world;
  const Selection selection(world.model.inventory);
  Peers peers(world.model.inventory, selection);
  const AtomId prefix = peers.intern(world.first(), block(cidr("10.0.0.0", 24)));
  peers.build();
  ASSERT_EQ(peers.classes().size(), 3U);
  EXPECT_EQ(members(peers.classes()[0]), (Members{"10.0.9.1", "fd00::1"}))
      << "an endpoint's addresses may be in different classes";
  EXPECT_EQ(members(peers.classes()[1]), (Members{"10.0.0.1", "10.0.0.2"}));
  EXPECT_EQ(members(peers.classes()[2]), (Members{"10.0.0.0-10.0.0.255"}));
  EXPECT_EQ(peers.classes_of(prefix), (Classes{1, 2}));
}

TEST(Peers, NamedPortsInUseTellEndpointsApart) {
  Shop world;
  world.model.inventory.endpoints[1].ports = {{"web", 80, model::Protocol::kTcp}};
  world.model.inventory.endpoints[2].ports = {{"pg", 5432, model::Protocol::kTcp},
                                              {"web", 81, model::Protocol::kUdp}};
  const Selection selection(world.model.inventory);
  Peers peers(world.model.inventory, selection);
  peers.use_named_port("web", model::Protocol::kTcp);
  peers.build();
  ASSERT_EQ(peers.classes().size(), 2U);
  EXPECT_EQ(members(peers.classes()[0]), (Members{"10.0.0.2", "10.0.9.1"}))
      << "ports of other names and protocols do not count";
  EXPECT_EQ(peers.classes_with_port("web", model::Protocol::kTcp), (Classes{1}));
  EXPECT_EQ(peers.classes_with_port("web", model::Protocol::kUdp), (Classes{}));
  ASSERT_EQ(peers.ports_of(1).size(), 1U);
  EXPECT_EQ(peers.ports_of(1).front().port, 80);
  EXPECT_TRUE(peers.ports_of(0).empty());
}

TEST(Peers, ALocalNodesAddressesAreAClassOfTheirOwn) {
  Shop world;
  world.node("n2", {"172.18.0.2"});
  const Selection selection(world.model.inventory);
  Peers peers(world.model.inventory, selection);
  peers.intern(world.first(), block(cidr("172.18.0.0", 30)));
  peers.use_local_node("n1");
  peers.use_local_node("unknown");
  peers.build();
  ASSERT_EQ(peers.classes().size(), 4U);
  EXPECT_EQ(members(peers.classes()[1]),
            (Members{"172.18.0.0-172.18.0.0", "172.18.0.2-172.18.0.3"}));
  EXPECT_FALSE(peers.classes()[1].is_local_node);
  EXPECT_EQ(members(peers.classes()[2]), (Members{"172.18.0.1-172.18.0.1"}));
  EXPECT_TRUE(peers.classes()[2].is_local_node);
  EXPECT_EQ(members(peers.classes()[3]), (Members{"fd00:18::1-fd00:18::1"}));
  EXPECT_TRUE(peers.classes()[3].is_local_node);
  EXPECT_EQ(peers.classes_of_node("n1"), (Classes{2, 3}));
  EXPECT_EQ(peers.classes_of_node("n2"), (Classes{}));
  EXPECT_EQ(peers.classes_of_node("unknown"), (Classes{}));
}

}  // namespace
}  // namespace netpolc::policy
