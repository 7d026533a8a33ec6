// SPDX-License-Identifier: Apache-2.0
// Programs of the policy IR written by hand, and what a program says of every connection, for the
// tests of the passes.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "compiler/policy/ir.h"
#include "compiler/policy/verify.h"

namespace netpolc::optimize {

using model::Direction;
using model::Protocol;
using policy::Program;

inline IpAddress ip(const char* text) { return IpAddress::parse(text).value(); }

using Origins = std::vector<Id<policy::Origin>>;

inline policy::PortClause tcp(std::uint16_t first, std::uint16_t last, Origins origins) {
  return {Protocol::kTcp, {first, last}, std::move(origins)};
}
inline policy::PortClause udp(std::uint16_t first, std::uint16_t last, Origins origins) {
  return {Protocol::kUdp, {first, last}, std::move(origins)};
}
inline policy::PortClause everything(Origins origins) {
  return {std::nullopt, {}, std::move(origins)};
}

inline policy::AddressClass of_endpoints(const Program& program,
                                         std::initializer_list<std::uint32_t> endpoints) {
  policy::AddressClass out;
  for (const std::uint32_t endpoint : endpoints) {
    for (const IpAddress& address : program.endpoints[endpoint].addresses) {
      out.endpoints.push_back({address, endpoint});
    }
  }
  std::ranges::sort(out.endpoints);
  out.label = program.endpoints[*endpoints.begin()].name;
  return out;
}

inline policy::AddressClass of_range(const char* first, const char* last) {
  policy::AddressClass out;
  out.label = first;
  out.ranges.push_back({ip(first), ip(last)});
  return out;
}

// Four endpoints, each a class (0..3), two ranges outside (4, 5: adjacent), a node (6), and six
// origins. There are no profiles and no subjects yet.
inline Program four_endpoints() {
  Program program;
  program.endpoints = {{"shop/a", {ip("10.0.0.1")}, true},
                       {"shop/b", {ip("10.0.0.2")}, true},
                       {"shop/c", {ip("10.0.0.3")}, true},
                       {"shop/d", {ip("10.0.0.4"), ip("fd00::4")}, true}};
  for (std::uint32_t index = 0; index < 4; ++index) {
    program.classes.push_back(of_endpoints(program, {index}));
  }
  program.classes.push_back(of_range("192.0.2.0", "192.0.2.127"));
  program.classes.push_back(of_range("192.0.2.128", "192.0.2.255"));
  program.classes.push_back(of_range("172.18.0.1", "172.18.0.1"));
  program.classes.back().is_local_node = true;
  for (const char* path :
       {"", "ingress[0]", "ingress[1]", "ingress[2]", "egress[0]", "egress[1]"}) {
    program.origins.push_back({"NetworkPolicy shop/p", path, {}});
  }
  return program;
}

// Whether the subject class lets the peer pass, exactly as ir.h says.
inline bool allows(const Program& program, const policy::SubjectClass& subject,
                   std::uint32_t endpoint, const IpAddress& peer, Protocol protocol,
                   std::uint16_t port) {
  std::optional<std::uint32_t> peer_class;
  bool is_endpoint = false;
  for (std::uint32_t index = 0; index < program.classes.size(); ++index) {
    for (const auto& member : program.classes[index].endpoints) {
      if (member.address == peer) peer_class = index;
      is_endpoint = is_endpoint || member.address == peer;
    }
    for (const auto& range : program.classes[index].ranges) {
      const bool is_inside = range.first <= peer && peer <= range.last;
      if (is_inside && !is_endpoint) peer_class = index;
    }
  }
  Id<policy::Profile> profile = is_endpoint ? subject.workloads.value_or(subject.any) : subject.any;
  for (const policy::Pair& pair : subject.pairs) {
    if (peer_class && pair.peer.value == *peer_class) profile = pair.profile;
  }
  for (const policy::NodeExemption& exemption : program.exemptions) {
    if (subject.direction == Direction::kIngress && exemption.endpoint == endpoint && peer_class &&
        exemption.node.value == *peer_class) {
      return true;
    }
  }
  return std::ranges::any_of(program.profiles[profile.value].allows, [&](const auto& clause) {
    return clause.is_everything() ||
           (clause.protocol == protocol && clause.ports.first <= port && port <= clause.ports.last);
  });
}

// One line for each isolated endpoint and direction, one letter for each peer, protocol and port.
inline std::map<std::string, std::string> verdicts(const Program& program) {
  static const std::vector<IpAddress> kPeers = {
      ip("10.0.0.1"),    ip("10.0.0.2"),   ip("10.0.0.3"),    ip("10.0.0.4"),
      ip("fd00::4"),     ip("192.0.2.0"),  ip("192.0.2.127"), ip("192.0.2.128"),
      ip("192.0.2.255"), ip("172.18.0.1"), ip("203.0.113.1"), ip("2001:db8::1")};
  static const std::uint16_t kPorts[] = {1, 79, 80, 81, 85, 90, 91, 443, 65535};
  std::map<std::string, std::string> out;
  for (const policy::SubjectClass& subject : program.subjects) {
    for (const std::uint32_t endpoint : subject.endpoints) {
      std::string& line = out[std::string(model::to_string(subject.direction)) + " " +
                              program.endpoints[endpoint].name];
      for (const IpAddress& peer : kPeers) {
        for (const Protocol protocol : {Protocol::kTcp, Protocol::kUdp, Protocol::kIcmp}) {
          for (const std::uint16_t port : kPorts) {
            line += allows(program, subject, endpoint, peer, protocol, port) ? '+' : '-';
          }
        }
      }
    }
  }
  return out;
}

// Runs a pass and claims what every pass must do: keep the invariants and all verdicts, and report
// no change the second time.
inline bool run_and_check(bool (*pass)(Program&), Program& program) {
  policy::verify(program, "the test's own program");
  const auto before = verdicts(program);
  const bool has_changed = pass(program);
  policy::verify(program, "the pass");
  EXPECT_EQ(verdicts(program), before) << "verdicts stay";
  EXPECT_FALSE(pass(program)) << "a second run has nothing to do";
  return has_changed;
}

}  // namespace netpolc::optimize
