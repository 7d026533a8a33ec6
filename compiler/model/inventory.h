// SPDX-License-Identifier: Apache-2.0
// The workloads and their surroundings, whatever API told of them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compiler/model/labels.h"
#include "netpolc/diagnostic.h"
#include "netpolc/ip.h"

namespace netpolc::model {

// IP protocol numbers (IANA).
enum class Protocol : std::uint8_t { kIcmp = 1, kTcp = 6, kUdp = 17, kIcmpv6 = 58, kSctp = 132 };

// "TCP", "UDP", …
std::string to_string(Protocol protocol);

// A port that a workload declares under a name. The same name may stand more than once.
struct NamedPort {
  std::string name;
  std::uint16_t port = 0;
  Protocol protocol = Protocol::kTcp;

  auto operator<=>(const NamedPort&) const = default;
};

struct Namespace {
  std::string name;
  Labels labels;  // with kubernetes.io/metadata.name
  Span span;
  bool is_declared = true;  // false: made up for an endpoint whose Namespace object is missing
};

struct Node {
  std::string name;
  Labels labels;
  std::vector<IpAddress> addresses;  // InternalIP and ExternalIP; sorted, unique
  Span span;
};

// A workload that policies can speak of: a Pod, or a Workload. Pods on the host's network, finished
// ones and ones without an address are not endpoints (they are counted in Inventory).
struct Endpoint {
  std::string namespace_name;
  std::string name;
  Labels labels;
  std::vector<IpAddress> addresses;  // sorted, unique, not empty
  std::vector<NamedPort> ports;      // sorted, unique
  std::string node;                  // may be empty
  std::string netns;                 // Workload only: named network namespace
  Span span;

  std::string full_name() const { return namespace_name + "/" + name; }
};

// One port of a Service and the addresses behind it (after DNAT).
struct ServicePort {
  std::uint16_t port = 0;
  Protocol protocol = Protocol::kTcp;
  std::vector<std::pair<IpAddress, std::uint16_t>> backends;  // sorted, unique
};

struct Service {
  std::string namespace_name;
  std::string name;
  Labels labels;
  std::vector<IpAddress> cluster_ips;  // empty for a headless one
  std::vector<ServicePort> ports;
  Span span;
};

struct Inventory {
  std::map<std::string, Namespace, std::less<>> namespaces;
  std::map<std::string, Node, std::less<>> nodes;
  std::vector<Endpoint> endpoints;  // sorted by namespace and name
  std::vector<Service> services;    // sorted by namespace and name
  // Every pod of the inventory by "namespace/name", hostNetwork and unaddressed ones too: true if
  // it runs on its host's network. For telling the user why a name is no endpoint.
  std::map<std::string, bool, std::less<>> pods_on_host_network;

  // nullptr when there is none. O(log n).
  const Endpoint* find_endpoint(std::string_view namespace_name, std::string_view name) const;
};

}  // namespace netpolc::model
