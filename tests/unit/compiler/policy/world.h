// SPDX-License-Identifier: Apache-2.0
// Small models written by hand, for the tests of what comes behind the front ends. Endpoints and
// policies must be added in the order that the model keeps them in: by namespace and name.
#pragma once

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "compiler/model/policy.h"

namespace netpolc::policy {

inline IpAddress ip(const char* text) { return IpAddress::parse(text).value(); }

inline Cidr cidr(const char* address, std::uint8_t length) {
  return Cidr::masked(ip(address), length);
}

// The selector `key=value`; with no key the one that selects everything.
inline model::LabelSelector having(const char* key, const char* value) {
  return {{{key, model::SelectorOperator::kIn, {value}}}};
}
inline model::LabelSelector everything() { return {}; }

// Endpoints of the policy's own namespace, endpoints of others, and addresses.
inline model::Peer own(model::LabelSelector endpoints) {
  return model::EndpointPeer{std::nullopt, std::move(endpoints)};
}
inline model::Peer in(model::LabelSelector namespaces, model::LabelSelector endpoints) {
  return model::EndpointPeer{std::move(namespaces), std::move(endpoints)};
}
inline model::Peer block(Cidr whole, std::vector<Cidr> except = {}) {
  return model::CidrPeer{whole, std::move(except)};
}

inline model::PortMatch tcp(std::uint16_t port) {
  return {model::Protocol::kTcp, model::PortRange{port, port}};
}
inline model::PortMatch udp(std::uint16_t first, std::uint16_t last) {
  return {model::Protocol::kUdp, model::PortRange{first, last}};
}
inline model::PortMatch named(const char* name) { return {model::Protocol::kTcp, name}; }

// A rule; an empty list of peers or of ports means all of them, as the API has it.
inline model::Rule rule(std::vector<model::Peer> peers, std::vector<model::PortMatch> ports) {
  model::Rule out;
  out.any_peer = peers.empty();
  out.peers = std::move(peers);
  out.any_port = ports.empty();
  out.ports = std::move(ports);
  return out;
}

struct World {
  model::Model model;

  void add_namespace(const std::string& name, const model::Labels& labels = {}) {
    model::Namespace space;
    space.name = name;
    space.labels = labels;
    space.labels["kubernetes.io/metadata.name"] = name;
    model.inventory.namespaces[name] = space;
  }

  void node(const std::string& name, std::initializer_list<const char*> addresses) {
    model::Node out;
    out.name = name;
    for (const char* address : addresses) out.addresses.push_back(ip(address));
    model.inventory.nodes[name] = out;
  }

  // Adds an endpoint with the label app=`app`; its namespace is made where it is missing.
  model::Endpoint& endpoint(const std::string& space, const std::string& name,
                            const std::string& app, std::initializer_list<const char*> addresses,
                            const std::string& node_name = {}) {
    if (!model.inventory.namespaces.contains(space)) add_namespace(space);
    model::Endpoint out;
    out.namespace_name = space;
    out.name = name;
    out.labels = {{"app", app}};
    for (const char* address : addresses) out.addresses.push_back(ip(address));
    out.node = node_name;
    model.inventory.endpoints.push_back(std::move(out));
    return model.inventory.endpoints.back();
  }

  // Adds a policy that isolates in the directions that ingress() and egress() then name.
  model::Policy& policy(const std::string& space, const std::string& name,
                        model::LabelSelector subject) {
    model::Policy out;
    out.kind = "NetworkPolicy";
    out.namespace_name = space;
    out.name = name;
    out.subject = std::move(subject);
    model.policies.push_back(std::move(out));
    return model.policies.back();
  }

  static void ingress(model::Policy& policy, std::vector<model::Rule> rules) {
    fill(policy.ingress, "ingress", std::move(rules));
  }
  static void egress(model::Policy& policy, std::vector<model::Rule> rules) {
    fill(policy.egress, "egress", std::move(rules));
  }

 private:
  static void fill(model::DirectionRules& side, const char* word, std::vector<model::Rule> rules) {
    side.isolates = true;
    for (std::size_t index = 0; index < rules.size(); ++index) {
      rules[index].path = std::string(word) + "[" + std::to_string(index) + "]";
    }
    side.rules = std::move(rules);
  }
};

}  // namespace netpolc::policy
