// SPDX-License-Identifier: Apache-2.0
#include "compiler/model/inventory.h"

#include <gtest/gtest.h>

namespace netpolc::model {
namespace {

TEST(Inventory, FindsEndpointsByNamespaceAndName) {
  Inventory inventory;
  for (const auto& [space, name] : {std::pair{"a", "x"}, {"a", "z"}, {"b", "x"}}) {
    Endpoint endpoint;
    endpoint.namespace_name = space;
    endpoint.name = name;
    inventory.endpoints.push_back(endpoint);
  }
  ASSERT_NE(inventory.find_endpoint("a", "z"), nullptr);
  EXPECT_EQ(inventory.find_endpoint("a", "z")->full_name(), "a/z");
  EXPECT_EQ(inventory.find_endpoint("b", "x"), &inventory.endpoints[2]);
  EXPECT_EQ(inventory.find_endpoint("a", "y"), nullptr);
  EXPECT_EQ(inventory.find_endpoint("c", "x"), nullptr);
  EXPECT_EQ(Inventory{}.find_endpoint("a", "x"), nullptr);
}

TEST(Protocol, HasItsUsualName) {
  EXPECT_EQ(to_string(Protocol::kTcp), "TCP");
  EXPECT_EQ(to_string(Protocol::kUdp), "UDP");
  EXPECT_EQ(to_string(Protocol::kSctp), "SCTP");
  EXPECT_EQ(to_string(Protocol::kIcmp), "ICMP");
  EXPECT_EQ(to_string(Protocol::kIcmpv6), "ICMPv6");
}

}  // namespace
}  // namespace netpolc::model
