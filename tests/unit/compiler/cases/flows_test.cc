// SPDX-License-Identifier: Apache-2.0
#include "compiler/cases/flows.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/compiler/cases/case_files.h"

namespace netpolc::cases {
namespace {

IpAddress ip(const char* text) { return *IpAddress::parse(text); }

// The Service of small_cluster(), as the model has it.
model::Inventory inventory() {
  model::Inventory result;
  model::Service service;
  service.namespace_name = "x";
  service.name = "b";
  service.cluster_ips = {ip("10.96.0.1"), ip("fd00:96::1")};
  service.ports.push_back(
      {80,
       model::Protocol::kTcp,
       {{ip("10.0.0.2"), 8080}, {ip("10.0.0.9"), 8080}, {ip("fd00::2"), 8080}}});
  service.ports.push_back({81, model::Protocol::kTcp, {}});
  result.services.push_back(service);
  return result;
}

// What the probe stands for, as text; the problem if there is one.
std::vector<std::string> flows(const char* from, const char* to, std::uint8_t protocol = 6,
                               std::uint16_t port = 80) {
  const Hosts hosts = Hosts::read(SourceText{"cluster.yaml", small_cluster()});
  Probe probe;
  probe.from = from;
  probe.to = to;
  probe.protocol = protocol;
  probe.port = port;
  const ProbeFlows found = flows_of(probe, hosts, inventory());
  if (!found.problem.empty()) return {found.problem};
  std::vector<std::string> texts;
  for (const ProbeFlow& flow : found.flows) {
    texts.push_back(describe(flow) + (flow.is_local ? " local" : ""));
  }
  if (found.has_no_backend) texts.emplace_back("no backend");
  return texts;
}

using Texts = std::vector<std::string>;

TEST(Flows, EveryFamilyThatBothHave) {
  EXPECT_EQ(flows("x/a", "x/b"),
            (Texts{"10.0.0.1 -> 10.0.0.2 TCP 80", "fd00::1 -> fd00::2 TCP 80"}));
  EXPECT_EQ(flows("x/a", "x/c"), Texts{"10.0.0.1 -> 10.0.0.3 TCP 80"});
  EXPECT_EQ(flows("2001:db8::1", "x/a"), Texts{"2001:db8::1 -> fd00::1 TCP 80"});
  EXPECT_EQ(flows("203.0.113.1", "x/a", 17), Texts{"203.0.113.1 -> 10.0.0.1 UDP 80"});
}

TEST(Flows, NodesTalkFromTheirFirstInternalAddress) {
  EXPECT_EQ(flows("node/node-1", "x/a"),
            (Texts{"172.18.0.1 -> 10.0.0.1 TCP 80", "fd00:18::1 -> fd00::1 TCP 80"}));
}

TEST(Flows, PodsOnTheHostsNetworkAreTheirNode) {
  EXPECT_EQ(flows("x/h", "x/c"), Texts{"172.18.0.1 -> 10.0.0.3 TCP 80"});
  EXPECT_EQ(flows("x/h", "198.51.100.1"), Texts{"172.18.0.1 -> 198.51.100.1 TCP 80 local"});
}

TEST(Flows, IcmpBelongsToOneFamily) {
  EXPECT_EQ(flows("x/a", "x/b", 1), Texts{"10.0.0.1 -> 10.0.0.2 ICMP type 8"});
  EXPECT_EQ(flows("x/a", "x/b", 58), Texts{"fd00::1 -> fd00::2 ICMPv6 type 128"});
}

TEST(Flows, OneHostReachesItselfWithoutARouter) {
  EXPECT_EQ(flows("x/c", "x/c"), Texts{"10.0.0.3 -> 10.0.0.3 TCP 80 local"});
  EXPECT_EQ(flows("x/c", "10.0.0.3"), Texts{"10.0.0.3 -> 10.0.0.3 TCP 80 local"});
}

TEST(Flows, ServicesLeadToEveryBackendOfTheirFamily) {
  EXPECT_EQ(flows("x/a", "10.96.0.1"),
            (Texts{"10.0.0.1 -> 10.0.0.2 TCP 8080 (through 10.96.0.1 port 80)",
                   "10.0.0.1 -> 10.0.0.9 TCP 8080 (through 10.96.0.1 port 80)"}));
  EXPECT_EQ(flows("x/a", "fd00:96::1"),
            Texts{"fd00::1 -> fd00::2 TCP 8080 (through fd00:96::1 port 80)"});
  EXPECT_EQ(flows("x/b", "fd00:96::1"),
            Texts{"fd00::2 -> fd00::2 TCP 8080 (through fd00:96::1 port 80) local"});
}

TEST(Flows, OtherPortsOfAServicesAddressAreNotTranslated) {
  EXPECT_EQ(flows("x/a", "10.96.0.1", 6, 82), Texts{"10.0.0.1 -> 10.96.0.1 TCP 82"});
  EXPECT_EQ(flows("x/a", "10.96.0.1", 17), Texts{"10.0.0.1 -> 10.96.0.1 UDP 80"});
  EXPECT_EQ(flows("x/a", "10.96.0.1", 6, 81), Texts{"no backend"});
}

TEST(Flows, EndsThatCannotBeReachedAreProblems) {
  EXPECT_EQ(flows("x/nobody", "x/a"),
            Texts{"`x/nobody` is no pod or node of the cluster and no address"});
  EXPECT_EQ(flows("2001:db8::1", "x/c"),
            Texts{"`2001:db8::1` and `x/c` have no addresses of one family that TCP runs on"});
}

TEST(Hosts, FinishedAndUnaddressedPodsAreNobody) {
  const std::string cluster =
      "apiVersion: v1\nkind: Pod\nmetadata: {name: job, namespace: x}\n"
      "status: {phase: Succeeded, podIPs: [{ip: 10.0.0.1}]}\n"
      "---\napiVersion: v1\nkind: Pod\nmetadata: {name: new}\nstatus: {phase: Pending}\n" +
      pod_text("x", "a", "{ip: 10.0.0.1}");
  const Hosts hosts = Hosts::read(SourceText{"cluster.yaml", cluster});
  EXPECT_TRUE(hosts.find("x/job").addresses.empty());
  EXPECT_NE(hosts.find("x/job").problem.find("has finished"), std::string::npos);
  EXPECT_EQ(hosts.find("default/new").problem, "`default/new` has no address");
  ASSERT_EQ(hosts.all().size(), 1U);
  EXPECT_EQ(hosts.all()[0].name, "x/a");
}

TEST(Hosts, ListsAndWorkloads) {
  const std::string cluster =
      "apiVersion: v1\nkind: List\nitems:\n"
      "  - {apiVersion: netpolc.io/v1alpha1, kind: Workload, metadata: {name: w, namespace: x},\n"
      "     spec: {addresses: [10.1.0.1, 'fd01::1']}}\n";
  const Hosts hosts = Hosts::read(SourceText{"cluster.yaml", cluster});
  EXPECT_EQ(hosts.find("x/w").addresses, (std::vector<IpAddress>{ip("10.1.0.1"), ip("fd01::1")}));
}

TEST(Hosts, OutsideAddressesBecomeHostsOnce) {
  Hosts hosts = Hosts::read(SourceText{"cluster.yaml", small_cluster()});
  const std::size_t before = hosts.all().size();
  EXPECT_EQ(before, 4U);  // node-1 with x/h, x/a, x/b, x/c
  hosts.add_outside(ip("203.0.113.1"));
  hosts.add_outside(ip("203.0.113.1"));
  hosts.add_outside(ip("10.0.0.1"));
  EXPECT_EQ(hosts.all().size(), before + 1);
  EXPECT_EQ(hosts.host_of(ip("172.18.0.1")), hosts.host_of(ip("198.51.100.1")));
}

}  // namespace
}  // namespace netpolc::cases
