// SPDX-License-Identifier: Apache-2.0
// Policies as every API's front end leaves them: validated, defaulted, selectors still symbolic.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "compiler/model/inventory.h"
#include "compiler/model/labels.h"
#include "netpolc/diagnostic.h"
#include "netpolc/ip.h"

namespace netpolc::model {

enum class Direction : std::uint8_t { kIngress, kEgress };

// "ingress" or "egress".
std::string_view to_string(Direction direction);

// Workloads by label. `namespaces` empty (no value) means the policy's own namespace only.
struct EndpointPeer {
  std::optional<LabelSelector> namespaces;
  LabelSelector endpoints;

  auto operator<=>(const EndpointPeer&) const = default;
};

// Addresses by prefix. kAnyAddress (NetworkPolicy) matches pods and nodes too.
enum class CidrScope : std::uint8_t { kAnyAddress };

struct CidrPeer {
  Cidr cidr;
  std::vector<Cidr> except;  // sorted; each inside cidr and narrower
  CidrScope scope = CidrScope::kAnyAddress;

  auto operator<=>(const CidrPeer&) const = default;
};

using Peer = std::variant<EndpointPeer, CidrPeer>;

// Inclusive; 0..65535 is every port of the protocol.
struct PortRange {
  std::uint16_t first = 0;
  std::uint16_t last = 65535;

  auto operator<=>(const PortRange&) const = default;
};

// A destination port. A name is looked up on the destination workload, with this protocol.
struct PortMatch {
  Protocol protocol = Protocol::kTcp;
  std::variant<PortRange, std::string> port;

  auto operator<=>(const PortMatch&) const = default;
};

// Allows what comes from any of `peers` to any of `ports`.
struct Rule {
  bool any_peer = false;  // every address, `peers` is empty
  std::vector<Peer> peers;
  bool any_port = false;  // every protocol and port, `ports` is empty
  std::vector<PortMatch> ports;
  Span span;         // the rule in its source
  std::string path;  // "ingress[0]"
};

struct DirectionRules {
  bool isolates = false;    // the selected endpoints lose their default allow
  std::vector<Rule> rules;  // ignored unless `isolates`
};

struct Policy {
  std::string kind;  // "NetworkPolicy"
  std::string namespace_name;
  std::string name;
  Span span;
  LabelSelector subject;  // endpoints of namespace_name
  DirectionRules ingress;
  DirectionRules egress;

  std::string full_name() const { return namespace_name + "/" + name; }
  const DirectionRules& rules(Direction direction) const {
    return direction == Direction::kIngress ? ingress : egress;
  }
};

// What the policies and the inventory say, whole: the input of everything behind the front ends.
struct Model {
  Inventory inventory;
  std::vector<Policy> policies;  // sorted by kind, namespace, name
  // A node's connections to its own endpoints are judged like any other; else they always pass.
  bool polices_local_node = false;
};

}  // namespace netpolc::model
