// SPDX-License-Identifier: Apache-2.0
#include "compiler/model/print.h"

#include <gtest/gtest.h>

namespace netpolc::model {
namespace {

IpAddress address(const char* text) { return IpAddress::parse(text).value(); }

TEST(Print, ShowsEveryFactOfAPolicy) {
  Policy policy;
  policy.kind = "NetworkPolicy";
  policy.namespace_name = "shop";
  policy.name = "db";
  policy.subject.requirements = {{"app", SelectorOperator::kIn, {"db"}}};
  policy.ingress.isolates = true;
  Rule rule;
  rule.path = "ingress[0]";
  rule.peers = {EndpointPeer{},
                EndpointPeer{LabelSelector{{{"env", SelectorOperator::kExists, {}}}}, {}},
                CidrPeer{Cidr::masked(address("10.0.0.0"), 8),
                         {Cidr::masked(address("10.1.0.0"), 16)},
                         CidrScope::kAnyAddress}};
  rule.ports = {{Protocol::kTcp, PortRange{80, 80}},
                {Protocol::kUdp, PortRange{80, 90}},
                {Protocol::kSctp, PortRange{}},
                {Protocol::kTcp, "http"}};
  policy.ingress.rules.push_back(rule);
  Rule any;
  any.any_peer = true;
  any.any_port = true;
  any.path = "ingress[1]";
  policy.ingress.rules.push_back(any);
  policy.egress.rules.push_back(any);
  Model model;
  model.policies.push_back(policy);
  EXPECT_EQ(print(model),
            "policy NetworkPolicy shop/db\n"
            "  subject app=db\n"
            "  ingress isolates\n"
            "    rule ingress[0]\n"
            "      peer endpoints everything in the policy's namespace\n"
            "      peer endpoints everything in namespaces env\n"
            "      peer cidr 10.0.0.0/8 except 10.1.0.0/16\n"
            "      port TCP 80\n"
            "      port UDP 80-90\n"
            "      port SCTP any\n"
            "      port TCP http\n"
            "    rule ingress[1]\n"
            "      peer any\n"
            "      port any\n"
            "  egress rules are ignored\n");
}

TEST(Print, ShowsNodesAndServices) {
  Model model;
  model.inventory.nodes["n1"] = Node{"n1", {{"a", "b"}}, {address("192.0.2.1")}, {}};
  Service service;
  service.namespace_name = "shop";
  service.name = "web";
  service.cluster_ips = {address("10.96.0.1")};
  service.ports = {{80, Protocol::kTcp, {{address("fd00::1"), 8080}}}};
  model.inventory.services.push_back(service);
  EXPECT_EQ(print(model),
            "node n1\n"
            "  label a=b\n"
            "  address 192.0.2.1\n"
            "service shop/web\n"
            "  cluster-ip 10.96.0.1\n"
            "  port TCP 80\n"
            "    backend [fd00::1]:8080\n");
}

}  // namespace
}  // namespace netpolc::model
