// SPDX-License-Identifier: Apache-2.0
// The policy IR: what every endpoint may receive and send, with selectors resolved. Endpoints and
// addresses that no policy tells apart are one class; a class pair has one profile of allowed
// ports.
//
// How a packet is judged for one subject and direction (the peer is the other end's address):
//   pair of the peer's class → else, if the peer is an endpoint, `workloads` → else `any`.
// The profile found decides alone: what it does not allow is denied.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compiler/model/policy.h"
#include "compiler/support/id.h"
#include "netpolc/ip.h"

namespace netpolc::policy {

// The rule of a policy, or (empty path) a policy as a whole.
struct Origin {
  std::string object;  // "NetworkPolicy shop/allow-api"
  std::string path;    // "ingress[0]"
  Span span;

  bool operator==(const Origin& other) const {
    return object == other.object && path == other.path;
  }
};

// Destination ports that may pass. No protocol: every protocol, and `ports` is full.
struct PortClause {
  std::optional<model::Protocol> protocol;
  model::PortRange ports;
  std::vector<Id<Origin>> origins;  // sorted, unique, not empty

  bool is_everything() const { return !protocol.has_value(); }
  bool operator==(const PortClause&) const = default;
};

// The union of its clauses is allowed, nothing else.
struct Profile {
  model::Direction direction = model::Direction::kIngress;
  std::vector<PortClause> allows;
  std::vector<Id<Origin>> isolated_by;  // the policies that deny the rest; sorted, unique

  bool operator==(const Profile&) const = default;
};

// Inclusive, one family.
struct AddressRange {
  IpAddress first;
  IpAddress last;

  auto operator<=>(const AddressRange&) const = default;
};

struct EndpointAddress {
  IpAddress address;
  std::uint32_t endpoint = 0;  // index into Program::endpoints

  auto operator<=>(const EndpointAddress&) const = default;
};

// Peer addresses that no rule tells apart: either endpoints' addresses or ranges outside.
struct AddressClass {
  std::string label;                       // for people: the first member
  std::vector<EndpointAddress> endpoints;  // sorted
  std::vector<AddressRange> ranges;        // sorted, disjoint; empty if `endpoints` is not
  bool is_local_node = false;  // a node's addresses: some endpoint's own-node exemption names it

  bool holds_endpoints() const { return !endpoints.empty(); }
};

struct Pair {
  Id<AddressClass> peer;
  Id<Profile> profile;

  auto operator<=>(const Pair&) const = default;
};

// Endpoints that the same policies isolate in one direction, with the same outcome for every peer.
struct SubjectClass {
  model::Direction direction = model::Direction::kIngress;
  std::vector<std::uint32_t> endpoints;  // sorted indices into Program::endpoints
  Id<Profile> any;
  std::optional<Id<Profile>> workloads;
  std::vector<Pair> pairs;  // sorted by peer, unique
};

// An endpoint's own node may always open connections to it.
struct NodeExemption {
  std::uint32_t endpoint = 0;
  Id<AddressClass> node;

  auto operator<=>(const NodeExemption&) const = default;
};

struct Endpoint {
  std::string name;  // "shop/web-1"
  std::vector<IpAddress> addresses;
  bool is_subject = true;  // false: judged elsewhere, here only a peer
};

struct Program {
  std::vector<Endpoint> endpoints;
  std::vector<Origin> origins;
  std::vector<Profile> profiles;
  std::vector<AddressClass> classes;
  std::vector<SubjectClass> subjects;     // each endpoint at most once a direction
  std::vector<NodeExemption> exemptions;  // sorted; only of endpoints isolated for ingress
};

}  // namespace netpolc::policy
