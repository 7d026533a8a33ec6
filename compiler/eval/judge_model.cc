// SPDX-License-Identifier: Apache-2.0
// Reads like semantics/kubernetes: no classes, no maps, one rule after the other.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/eval/judge.h"

namespace netpolc::eval {

namespace {

using model::Direction;
using model::Endpoint;
using model::Policy;

const Endpoint* endpoint_at(const model::Inventory& inventory, const IpAddress& address) {
  for (const Endpoint& endpoint : inventory.endpoints) {
    if (std::ranges::find(endpoint.addresses, address) != endpoint.addresses.end()) {
      return &endpoint;
    }
  }
  return nullptr;
}

bool is_on_own_node(const model::Inventory& inventory, const Endpoint& endpoint,
                    const IpAddress& source) {
  const auto node = inventory.nodes.find(endpoint.node);
  return node != inventory.nodes.end() &&
         std::ranges::find(node->second.addresses, source) != node->second.addresses.end();
}

// ICMPv6 that IPv6 itself needs on a link: multicast listener discovery and neighbour discovery.
bool keeps_ipv6_alive(const Flow& flow) {
  const unsigned type = flow.icmp_type;
  return flow.protocol == static_cast<std::uint8_t>(model::Protocol::kIcmpv6) &&
         ((type >= 130 && type <= 137) || type == 143);
}

class Judge {
 public:
  Judge(const model::Model& model, const Flow& flow)
      : model_(model),
        flow_(flow),
        source_(endpoint_at(model.inventory, flow.source)),
        destination_(endpoint_at(model.inventory, flow.destination)) {}

  Judgement run() const {
    if (source_ != nullptr && source_ == destination_) return {true, "a workload reaches itself"};
    if (keeps_ipv6_alive(flow_)) return {true, "neighbour discovery"};
    const Judgement egress =
        judge_side(Direction::kEgress, source_, flow_.destination, destination_);
    if (!egress.is_allowed) return egress;
    if (destination_ != nullptr && !model_.polices_local_node &&
        is_on_own_node(model_.inventory, *destination_, flow_.source)) {
      return {true, "egress: " + egress.why + "; ingress: from the destination's own node"};
    }
    const Judgement ingress = judge_side(Direction::kIngress, destination_, flow_.source, source_);
    if (!ingress.is_allowed) return ingress;
    return {true, "egress: " + egress.why + "; ingress: " + ingress.why};
  }

 private:
  // The policies of `subject` on a connection with `peer`.
  Judgement judge_side(Direction direction, const Endpoint* subject, const IpAddress& peer,
                       const Endpoint* peer_endpoint) const {
    if (subject == nullptr) return {true, "no policies at that end"};
    std::string isolated_by;
    for (const Policy& policy : model_.policies) {
      if (!selects(policy, *subject) || !policy.rules(direction).isolates) continue;
      for (const model::Rule& rule : policy.rules(direction).rules) {
        if (peer_matches(policy, rule, peer, peer_endpoint) && port_matches(rule)) {
          return {true, fmt::format("{} {}", policy.full_name(), rule.path)};
        }
      }
      isolated_by += (isolated_by.empty() ? "" : ", ") + policy.full_name();
    }
    if (isolated_by.empty()) return {true, "no policy isolates " + subject->full_name()};
    return {false, fmt::format("{} isolates {} for {} and no rule matches", isolated_by,
                               subject->full_name(), model::to_string(direction))};
  }

  static bool selects(const Policy& policy, const Endpoint& endpoint) {
    return policy.namespace_name == endpoint.namespace_name &&
           policy.subject.matches(endpoint.labels);
  }

  bool peer_matches(const Policy& policy, const model::Rule& rule, const IpAddress& peer,
                    const Endpoint* peer_endpoint) const {
    if (rule.any_peer) return true;
    return std::ranges::any_of(rule.peers, [&](const model::Peer& candidate) {
      if (const auto* cidr = std::get_if<model::CidrPeer>(&candidate)) {
        return cidr->cidr.contains(peer) &&
               std::ranges::none_of(cidr->except,
                                    [&](const Cidr& hole) { return hole.contains(peer); });
      }
      if (peer_endpoint == nullptr) return false;
      const auto& selector = std::get<model::EndpointPeer>(candidate);
      if (!selector.endpoints.matches(peer_endpoint->labels)) return false;
      if (!selector.namespaces) return peer_endpoint->namespace_name == policy.namespace_name;
      const auto found = model_.inventory.namespaces.find(peer_endpoint->namespace_name);
      return selector.namespaces->matches(
          found == model_.inventory.namespaces.end() ? model::Labels{} : found->second.labels);
    });
  }

  bool port_matches(const model::Rule& rule) const {
    if (rule.any_port) return true;
    return std::ranges::any_of(rule.ports, [&](const model::PortMatch& match) {
      if (static_cast<std::uint8_t>(match.protocol) != flow_.protocol) return false;
      if (const auto* range = std::get_if<model::PortRange>(&match.port)) {
        return range->first <= flow_.destination_port && flow_.destination_port <= range->last;
      }
      // A name is the destination's, whichever end the policy selects.
      return destination_ != nullptr &&
             std::ranges::any_of(destination_->ports, [&](const model::NamedPort& port) {
               return port.name == std::get<std::string>(match.port) &&
                      port.protocol == match.protocol && port.port == flow_.destination_port;
             });
    });
  }

  const model::Model& model_;
  const Flow& flow_;
  const Endpoint* source_;
  const Endpoint* destination_;
};

}  // namespace

Judgement judge_model(const model::Model& model, const Flow& flow) {
  return Judge(model, flow).run();
}

}  // namespace netpolc::eval
