// SPDX-License-Identifier: Apache-2.0
#include "compiler/model/print.h"

#include <fmt/format.h>

#include <iterator>
#include <string_view>
#include <utility>

namespace netpolc::model {
namespace {

// Lines with two spaces a level.
class Lines {
 public:
  template <typename... Args>
  void add(int level, fmt::format_string<Args...> format, Args&&... args) {
    out_.append(static_cast<std::size_t>(level) * 2, ' ');
    fmt::format_to(std::back_inserter(out_), format, std::forward<Args>(args)...);
    out_ += '\n';
  }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

void print_labels(const Labels& labels, Lines& lines) {
  for (const auto& [key, value] : labels) lines.add(1, "label {}={}", key, value);
}

void print_addresses(std::string_view word, const std::vector<IpAddress>& addresses, Lines& lines) {
  for (const IpAddress& address : addresses) lines.add(1, "{} {}", word, address.to_string());
}

std::string host_port(const IpAddress& address, std::uint16_t port) {
  const std::string text = address.to_string();
  return address.family == IpFamily::kIpv4 ? fmt::format("{}:{}", text, port)
                                           : fmt::format("[{}]:{}", text, port);
}

void print_endpoint(const Endpoint& endpoint, Lines& lines) {
  lines.add(0, "endpoint {}", endpoint.full_name());
  print_labels(endpoint.labels, lines);
  print_addresses("address", endpoint.addresses, lines);
  for (const NamedPort& port : endpoint.ports) {
    lines.add(1, "port {} {} {}", port.name, to_string(port.protocol), port.port);
  }
  if (!endpoint.node.empty()) lines.add(1, "node {}", endpoint.node);
  if (!endpoint.netns.empty()) lines.add(1, "netns {}", endpoint.netns);
}

void print_service(const Service& service, Lines& lines) {
  lines.add(0, "service {}/{}", service.namespace_name, service.name);
  print_labels(service.labels, lines);
  print_addresses("cluster-ip", service.cluster_ips, lines);
  for (const ServicePort& port : service.ports) {
    lines.add(1, "port {} {}", to_string(port.protocol), port.port);
    for (const auto& [address, number] : port.backends) {
      lines.add(2, "backend {}", host_port(address, number));
    }
  }
}

void print_inventory(const Inventory& inventory, Lines& lines) {
  for (const auto& [name, item] : inventory.namespaces) {
    lines.add(0, "namespace {}{}", name, item.is_declared ? "" : " (not declared)");
    print_labels(item.labels, lines);
  }
  for (const auto& [name, node] : inventory.nodes) {
    lines.add(0, "node {}", name);
    print_labels(node.labels, lines);
    print_addresses("address", node.addresses, lines);
  }
  for (const Endpoint& endpoint : inventory.endpoints) print_endpoint(endpoint, lines);
  for (const auto& [name, is_on_host_network] : inventory.pods_on_host_network) {
    if (is_on_host_network) lines.add(0, "host-network-pod {}", name);
  }
  for (const Service& service : inventory.services) print_service(service, lines);
}

std::string peer_text(const EndpointPeer& peer) {
  if (!peer.namespaces) {
    return fmt::format("endpoints {} in the policy's namespace", peer.endpoints.to_string());
  }
  return fmt::format("endpoints {} in namespaces {}", peer.endpoints.to_string(),
                     peer.namespaces->to_string());
}

std::string peer_text(const CidrPeer& peer) {
  std::string out = "cidr " + peer.cidr.to_string();
  for (const Cidr& except : peer.except) out += " except " + except.to_string();
  return out;
}

std::string port_text(const PortMatch& match) {
  const std::string protocol = to_string(match.protocol);
  if (const auto* name = std::get_if<std::string>(&match.port)) {
    return fmt::format("{} {}", protocol, *name);
  }
  const PortRange& range = std::get<PortRange>(match.port);
  if (range == PortRange{}) return protocol + " any";
  if (range.first == range.last) return fmt::format("{} {}", protocol, range.first);
  return fmt::format("{} {}-{}", protocol, range.first, range.last);
}

void print_direction(Direction direction, const DirectionRules& rules, Lines& lines) {
  if (!rules.isolates) {
    if (!rules.rules.empty()) lines.add(1, "{} rules are ignored", to_string(direction));
    return;
  }
  lines.add(1, "{} isolates", to_string(direction));
  for (const Rule& rule : rules.rules) {
    lines.add(2, "rule {}", rule.path);
    if (rule.any_peer) lines.add(3, "peer any");
    for (const Peer& peer : rule.peers) {
      lines.add(3, "peer {}", std::visit([](const auto& item) { return peer_text(item); }, peer));
    }
    if (rule.any_port) lines.add(3, "port any");
    for (const PortMatch& port : rule.ports) lines.add(3, "port {}", port_text(port));
  }
}

}  // namespace

std::string print(const Model& model) {
  Lines lines;
  print_inventory(model.inventory, lines);
  for (const Policy& policy : model.policies) {
    lines.add(0, "policy {} {}", policy.kind, policy.full_name());
    lines.add(1, "subject {}", policy.subject.to_string());
    print_direction(Direction::kIngress, policy.ingress, lines);
    print_direction(Direction::kEgress, policy.egress, lines);
  }
  return lines.take();
}

}  // namespace netpolc::model
