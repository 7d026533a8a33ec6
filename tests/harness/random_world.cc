// SPDX-License-Identifier: Apache-2.0
#include "tests/harness/random_world.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

namespace netpolc::harness {

namespace {

constexpr std::array<std::string_view, 4> kNamespaces = {"red", "blue", "green", "default"};
constexpr std::array<std::string_view, 3> kValues = {"a", "b", "c"};
constexpr std::array<std::string_view, 3> kKeys = {"app", "tier", "rel"};
constexpr std::array<std::string_view, 3> kProtocols = {"TCP", "UDP", "SCTP"};
constexpr std::array<std::string_view, 3> kPortNames = {"http", "dns", "admin"};
constexpr std::array kPorts = {53, 80, 81, 8080, 8081, 65535, 1};

class Maker {
 public:
  explicit Maker(std::uint32_t seed) : random_(seed) {}

  RandomWorld make() {
    namespaces_ = 1 + below(kNamespaces.size());
    nodes_ = 1 + below(3);
    for (std::size_t index = 0; index < namespaces_; ++index) add_namespace(index);
    for (std::size_t index = 0; index < nodes_; ++index) add_node(index);
    const std::size_t pods = 1 + below(9);
    for (std::size_t index = 0; index < pods; ++index) add_pod(index);
    const std::size_t policies = below(7);
    for (std::size_t index = 0; index < policies; ++index) add_policy(index);
    return std::move(world_);
  }

 private:
  std::size_t below(std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random_);
  }
  bool chance(unsigned percent) { return below(100) < percent; }
  template <typename List>
  auto pick(const List& list) {
    return list[below(list.size())];
  }

  std::string labels() {
    std::string out;
    for (const std::string_view key : kKeys) {
      if (chance(60)) out += fmt::format("{}{}: {}", out.empty() ? "" : ", ", key, pick(kValues));
    }
    return "{" + out + "}";
  }

  void add_namespace(std::size_t index) {
    world_.inventory.push_back(
        fmt::format("apiVersion: v1\nkind: Namespace\nmetadata: {{name: {}, labels: {}}}\n",
                    kNamespaces[index], labels()));
  }

  void add_node(std::size_t index) {
    world_.inventory.push_back(fmt::format(
        "apiVersion: v1\nkind: Node\nmetadata: {{name: node-{0}}}\nstatus:\n  addresses:\n"
        "  - {{type: InternalIP, address: 172.18.0.{0}}}\n"
        "  - {{type: InternalIP, address: 'fd00:18::{0}'}}\n",
        index + 1));
  }

  void add_pod(std::size_t index) {
    std::string addresses;
    const bool has_ipv4 = chance(85);
    if (has_ipv4) addresses += fmt::format("{{ip: 10.244.{}.{}}}", below(2), 10 + index);
    if (!has_ipv4 || chance(60)) {
      addresses += fmt::format("{}{{ip: 'fd00:244::{:x}'}}", has_ipv4 ? ", " : "", 16 + index);
    }
    std::string ports;
    std::set<std::string_view> used;
    for (std::size_t count = below(3); count > 0; --count) {
      const std::string_view name = pick(kPortNames);
      if (!used.insert(name).second) continue;
      ports += fmt::format("    - {{name: {}, containerPort: {}, protocol: {}}}\n", name,
                           pick(kPorts), pick(kProtocols));
    }
    world_.inventory.push_back(fmt::format(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: pod-{}, namespace: {}, labels: {}}}\n"
        "spec:\n  nodeName: node-{}\n  containers:\n  - name: main\n    ports:\n{}"
        "status: {{phase: Running, podIPs: [{}]}}\n",
        index, kNamespaces[below(namespaces_)], labels(), 1 + below(nodes_),
        ports.empty() ? "    - {containerPort: 9999}\n" : ports, addresses));
  }

  std::string selector() {
    if (chance(25)) return "{}";
    if (chance(50)) return fmt::format("{{matchLabels: {{{}: {}}}}}", pick(kKeys), pick(kValues));
    switch (below(4)) {
      case 0:
        return fmt::format("{{matchExpressions: [{{key: {}, operator: Exists}}]}}", pick(kKeys));
      case 1:
        return fmt::format("{{matchExpressions: [{{key: {}, operator: DoesNotExist}}]}}",
                           pick(kKeys));
      case 2:
        return fmt::format("{{matchExpressions: [{{key: {}, operator: In, values: [{}, {}]}}]}}",
                           pick(kKeys), pick(kValues), pick(kValues));
      default:
        return fmt::format("{{matchExpressions: [{{key: {}, operator: NotIn, values: [{}]}}]}}",
                           pick(kKeys), pick(kValues));
    }
  }

  std::string ip_block() {
    switch (below(6)) {
      case 0:
        return "{cidr: 10.244.0.0/16, except: [10.244.1.0/24]}";
      case 1:
        return "{cidr: 0.0.0.0/0}";
      case 2:
        return "{cidr: '::/0', except: ['fd00:244::/125', 'fd00:18::/64']}";
      case 3:
        return fmt::format("{{cidr: 172.18.0.{}/32}}", 1 + below(3));
      case 4:
        return "{cidr: 0.0.0.0/0, except: [10.0.0.0/8, 10.244.0.0/16, 203.0.113.0/25]}";
      default:
        return fmt::format("{{cidr: 203.0.113.{}/{}}}", below(2) * 128, 25 + below(8) % 2);
    }
  }

  std::string peer() {
    switch (below(4)) {
      case 0:
        return fmt::format("{{podSelector: {}}}", selector());
      case 1:
        return fmt::format("{{namespaceSelector: {}}}", selector());
      case 2:
        return fmt::format("{{namespaceSelector: {}, podSelector: {}}}", selector(), selector());
      default:
        return fmt::format("{{ipBlock: {}}}", ip_block());
    }
  }

  std::string port() {
    if (chance(10)) return "{}";
    std::string out = fmt::format("{{protocol: {}", pick(kProtocols));
    if (chance(30)) {
      out += fmt::format(", port: {}", pick(kPortNames));
    } else if (chance(80)) {
      const int first = pick(kPorts);
      out += fmt::format(", port: {}", first);
      if (chance(30)) out += fmt::format(", endPort: {}", std::min(65535, first + int(below(3))));
    }
    return out + "}";
  }

  std::string rules(const char* direction, const char* peers) {
    std::string out = fmt::format("  {}:", direction);
    const std::size_t count = below(4);
    if (count == 0) return out + " []\n";
    out += '\n';
    for (std::size_t index = 0; index < count; ++index) {
      std::string fields;
      if (chance(75)) {
        fields += fmt::format("{}: [{}", peers, peer());
        if (chance(40)) fields += ", " + peer();
        fields += "]";
      }
      if (chance(70)) {
        fields += fmt::format("{}ports: [{}", fields.empty() ? "" : ", ", port());
        for (std::size_t more = chance(10) ? 9 : below(3); more > 0; --more)
          fields += ", " + port();
        fields += "]";
      }
      out += fmt::format("  - {{{}}}\n", fields);
    }
    return out;
  }

  void add_policy(std::size_t index) {
    std::string document = fmt::format(
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n"
        "metadata: {{name: policy-{}, namespace: {}}}\nspec:\n  podSelector: {}\n",
        index, kNamespaces[below(namespaces_)], selector());
    constexpr std::array<std::string_view, 4> kTypes = {"", "[Ingress]", "[Egress]",
                                                        "[Ingress, Egress]"};
    const std::string_view types = pick(kTypes);
    if (!types.empty()) document += fmt::format("  policyTypes: {}\n", types);
    if (types != "[Egress]" && chance(80)) document += rules("ingress", "from");
    if (types != "[Ingress]" && chance(60)) document += rules("egress", "to");
    world_.policies.push_back(std::move(document));
  }

  std::mt19937 random_;
  std::size_t namespaces_ = 0;
  std::size_t nodes_ = 0;
  RandomWorld world_;
};

// Both sides of every bound of a prefix.
void add_bounds(std::set<IpAddress>& addresses, const Cidr& cidr) {
  addresses.insert(cidr.first());
  addresses.insert(cidr.last());
  if (const auto before = previous_address(cidr.first())) addresses.insert(*before);
  if (const auto after = next_address(cidr.last())) addresses.insert(*after);
}

struct Bounds {
  std::set<IpAddress> addresses;
  std::set<std::uint16_t> ports = {7, 80};
};

void add_port_bounds(std::set<std::uint16_t>& ports, std::uint16_t first, std::uint16_t last) {
  ports.insert({first, last});
  if (first > 0) ports.insert(static_cast<std::uint16_t>(first - 1));
  if (last < 65535) ports.insert(static_cast<std::uint16_t>(last + 1));
}

Bounds bounds_of(const model::Model& model) {
  Bounds bounds;
  bounds.addresses.insert({*IpAddress::parse("198.51.100.7"), *IpAddress::parse("2001:db8::7")});
  for (const model::Endpoint& endpoint : model.inventory.endpoints) {
    bounds.addresses.insert(endpoint.addresses.begin(), endpoint.addresses.end());
    for (const model::NamedPort& port : endpoint.ports) bounds.ports.insert(port.port);
  }
  for (const auto& [name, node] : model.inventory.nodes) {
    bounds.addresses.insert(node.addresses.begin(), node.addresses.end());
  }
  for (const model::Policy& policy : model.policies) {
    for (const auto direction : {model::Direction::kIngress, model::Direction::kEgress}) {
      for (const model::Rule& rule : policy.rules(direction).rules) {
        for (const model::Peer& peer : rule.peers) {
          const auto* cidr = std::get_if<model::CidrPeer>(&peer);
          if (cidr == nullptr) continue;
          add_bounds(bounds.addresses, cidr->cidr);
          for (const Cidr& hole : cidr->except) add_bounds(bounds.addresses, hole);
        }
        for (const model::PortMatch& match : rule.ports) {
          const auto* range = std::get_if<model::PortRange>(&match.port);
          if (range != nullptr) add_port_bounds(bounds.ports, range->first, range->last);
        }
      }
    }
  }
  return bounds;
}

}  // namespace

RandomWorld make_random_world(std::uint32_t seed) { return Maker(seed).make(); }

CompileInput as_input(const RandomWorld& world) {
  CompileInput input;
  for (std::size_t index = 0; index < world.policies.size(); ++index) {
    input.policies.push_back({fmt::format("policy-{:02}.yaml", index), world.policies[index]});
  }
  for (std::size_t index = 0; index < world.inventory.size(); ++index) {
    input.inventory.push_back({fmt::format("object-{:02}.yaml", index), world.inventory[index]});
  }
  return input;
}

std::vector<eval::Flow> draw_flows(const model::Model& model, std::size_t count,
                                   std::mt19937& random) {
  const Bounds bounds = bounds_of(model);
  const std::vector<IpAddress> addresses(bounds.addresses.begin(), bounds.addresses.end());
  const std::vector<std::uint16_t> ports(bounds.ports.begin(), bounds.ports.end());
  constexpr std::array<std::uint8_t, 7> kNumbers = {6, 6, 17, 17, 132, 1, 47};
  const auto below = [&](std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random);
  };
  std::vector<eval::Flow> flows;
  while (flows.size() < count) {
    eval::Flow flow;
    flow.source = addresses[below(addresses.size())];
    flow.destination = addresses[below(addresses.size())];
    if (flow.source.family != flow.destination.family) continue;
    flow.protocol = kNumbers[below(kNumbers.size())];
    if (flow.protocol == 1) {
      flow.icmp_type = 8;
      if (flow.source.family == IpFamily::kIpv6) {
        flow.protocol = 58;
        flow.icmp_type = static_cast<std::uint8_t>(128 + below(16));
      }
    }
    flow.destination_port = ports[below(ports.size())];
    flows.push_back(flow);
  }
  return flows;
}

}  // namespace netpolc::harness
