// SPDX-License-Identifier: Apache-2.0
#include "compiler/api/kubernetes/network_policy.h"

#include <fmt/format.h>

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "compiler/api/kubernetes/ip_block.h"
#include "compiler/api/kubernetes/selector.h"
#include "compiler/api/metadata.h"
#include "compiler/api/ports.h"

namespace netpolc::api::kubernetes {
namespace {

using document::Kind;
using model::Direction;

// `status` was a field until Kubernetes 1.28; what an older cluster printed still has it.
constexpr auto kPolicyFields =
    std::to_array<std::string_view>({"apiVersion", "kind", "metadata", "spec", "status"});
constexpr auto kSpecFields =
    std::to_array<std::string_view>({"podSelector", "policyTypes", "ingress", "egress"});
constexpr auto kIngressRuleFields = std::to_array<std::string_view>({"from", "ports"});
constexpr auto kEgressRuleFields = std::to_array<std::string_view>({"to", "ports"});
constexpr auto kPeerFields =
    std::to_array<std::string_view>({"podSelector", "namespaceSelector", "ipBlock"});
constexpr auto kPortFields = std::to_array<std::string_view>({"protocol", "port", "endPort"});

// A map, or null in its place.
bool has_members(const Field& field) {
  return field.value().kind == Kind::kMap || field.value().is_null();
}

std::optional<model::Peer> read_peer(const Field& field, bool strict_cidrs) {
  const Object object(field, kPeerFields);
  if (!has_members(field)) return std::nullopt;
  const std::optional<Field> pods = object.find("podSelector");
  const std::optional<Field> namespaces = object.find("namespaceSelector");
  const std::optional<Field> block = object.find("ipBlock");
  model::EndpointPeer endpoints;
  std::optional<model::CidrPeer> cidr;
  if (pods) endpoints.endpoints = read_selector(*pods);
  if (namespaces) endpoints.namespaces = read_selector(*namespaces);
  if (block) cidr = read_ip_block(*block, strict_cidrs);
  if (!pods && !namespaces && !block) {
    field.report(diag::Code::kEmptyPeer, "a peer without any of its fields selects nothing")
        .note(
            "name a `podSelector`, a `namespaceSelector` or an `ipBlock`; to allow every peer, "
            "leave the whole list out");
    return std::nullopt;
  }
  if (block && (pods || namespaces)) {
    field
        .report(diag::Code::kMixedPeer,
                fmt::format("a peer cannot have `ipBlock` together with `{}`",
                            pods ? "podSelector" : "namespaceSelector"))
        .note("write two items to allow either");
    return std::nullopt;
  }
  if (!block) return endpoints;
  if (!cidr) return std::nullopt;
  return *cidr;
}

// The `port` of a port: a number or a name.
std::optional<std::variant<model::PortRange, std::string>> read_port_value(const Field& field) {
  if (field.value().kind == Kind::kString) return read_port_name(field);
  if (field.value().kind != Kind::kInteger && field.value().kind != Kind::kFloat) {
    field.report_wrong_type("an integer or a string");
    return std::nullopt;
  }
  const std::optional<std::uint16_t> number = read_port_number(field);
  if (!number) return std::nullopt;
  return model::PortRange{*number, *number};
}

// Widens the match to the range that endPort ends.
void read_end_port(const Field& field, const std::optional<Field>& port, model::PortMatch& match) {
  const std::optional<std::int64_t> end = field.integer();
  if (!end) return;
  const auto report = [&](std::string message) {
    return field.report(diag::Code::kBadEndPort, std::move(message));
  };
  if (!port) {
    report("endPort needs `port`").note("`port` is the first port of the range");
    return;
  }
  if (port->value().kind == Kind::kString) {
    report(fmt::format("endPort does not go with the named port `{}`", port->value().text))
        .note("a range goes from a port number to `endPort`");
    return;
  }
  if (*end < 1 || *end > 65535) {
    report(fmt::format("endPort `{}` is not in 1..65535", *end));
    return;
  }
  auto* range = std::get_if<model::PortRange>(&match.port);
  if (range == nullptr || range->first == 0) return;  // the port is faulty and was reported
  if (*end < range->first) {
    report(fmt::format("endPort `{}` is below port `{}`", *end, range->first))
        .related(port->span(), "the first port of the range");
    return;
  }
  range->last = static_cast<std::uint16_t>(*end);
}

std::optional<model::PortMatch> read_port(const Field& field) {
  const Object object(field, kPortFields);
  if (!has_members(field)) return std::nullopt;
  const std::optional<model::Protocol> protocol = read_protocol(object);
  const std::optional<Field> port = object.find("port");
  model::PortMatch match;
  bool is_port_right = true;
  if (port) {
    const auto value = read_port_value(*port);
    is_port_right = value.has_value();
    if (value) match.port = *value;
  }
  if (const std::optional<Field> end = object.find("endPort")) read_end_port(*end, port, match);
  if (!protocol || !is_port_right) return std::nullopt;
  match.protocol = *protocol;
  return match;
}

model::Rule read_rule(const Field& field, Direction direction, std::size_t index,
                      bool strict_cidrs) {
  const bool is_ingress = direction == Direction::kIngress;
  const Object object(field, is_ingress ? std::span<const std::string_view>(kIngressRuleFields)
                                        : std::span<const std::string_view>(kEgressRuleFields));
  model::Rule rule;
  rule.span = field.span();
  rule.path = fmt::format("{}[{}]", to_string(direction), index);
  const std::optional<Field> peers = object.find(is_ingress ? "from" : "to");
  const std::optional<Field> ports = object.find("ports");
  rule.any_peer = !peers || peers->value().items.empty();
  rule.any_port = !ports || ports->value().items.empty();
  if (peers) {
    peers->for_each_item([&](const Field& item) {
      if (auto peer = read_peer(item, strict_cidrs)) rule.peers.push_back(std::move(*peer));
    });
  }
  if (ports) {
    ports->for_each_item([&](const Field& item) {
      if (auto port = read_port(item)) rule.ports.push_back(std::move(*port));
    });
  }
  return rule;
}

std::vector<model::Rule> read_rules(const Object& spec, Direction direction, bool strict_cidrs) {
  std::vector<model::Rule> rules;
  if (const std::optional<Field> list = spec.find(to_string(direction))) {
    list->for_each_item([&](const Field& item) {
      rules.push_back(read_rule(item, direction, rules.size(), strict_cidrs));
    });
  }
  return rules;
}

void read_policy_type(const Field& field, model::Policy& policy) {
  const std::optional<std::string_view> type = field.string();
  if (!type) return;
  if (*type == "Ingress") {
    policy.ingress.isolates = true;
  } else if (*type == "Egress") {
    policy.egress.isolates = true;
  } else {
    field.report(diag::Code::kBadPolicyType, fmt::format("there is no policy type `{}`", *type))
        .note("the types are `Ingress` and `Egress`; case counts");
  }
}

// Sets which directions isolate. No types, like an empty list of them, mean Ingress, and Egress
// exactly if there are egress rules.
void read_policy_types(const Object& spec, model::Policy& policy) {
  constexpr std::size_t kMaxTypes = 2;
  const std::optional<Field> types = spec.find("policyTypes");
  const std::size_t count = types && types->is_list() ? types->value().items.size() : 0;
  if (count == 0) {
    policy.ingress.isolates = true;
    policy.egress.isolates = !policy.egress.rules.empty();
    return;
  }
  if (count > kMaxTypes) {
    types
        ->report(diag::Code::kTooManyPolicyTypes,
                 fmt::format("policyTypes has {} entries, and two are the most", count))
        .note("`[Ingress, Egress]` is both directions");
    return;
  }
  types->for_each_item([&](const Field& item) { read_policy_type(item, policy); });
}

void warn_of_unused_rules(const Object& spec, Direction direction, const model::Policy& policy) {
  const model::DirectionRules& rules = policy.rules(direction);
  if (rules.isolates || rules.rules.empty()) return;
  const bool is_ingress = direction == Direction::kIngress;
  spec.find(to_string(direction))
      ->report(diag::Code::kUnusedRules,
               fmt::format("the {} rules have no effect: policyTypes does "
                           "not list `{}`",
                           to_string(direction), is_ingress ? "Ingress" : "Egress"))
      .related(spec.find("policyTypes")->span(), "the policy types");
}

void read_spec(const Field& field, bool strict_cidrs, model::Policy& policy) {
  const Object spec(field, kSpecFields);
  if (!has_members(field)) return;
  if (const std::optional<Field> selector = spec.find("podSelector")) {
    policy.subject = read_selector(*selector);
  }
  policy.ingress.rules = read_rules(spec, Direction::kIngress, strict_cidrs);
  policy.egress.rules = read_rules(spec, Direction::kEgress, strict_cidrs);
  const std::size_t errors_before = field.context().sink.error_count();
  read_policy_types(spec, policy);
  if (field.context().sink.error_count() != errors_before) return;
  warn_of_unused_rules(spec, Direction::kIngress, policy);
  warn_of_unused_rules(spec, Direction::kEgress, policy);
}

}  // namespace

std::optional<model::Policy> read_network_policy(const Field& object, bool strict_cidrs) {
  const Object root(object, kPolicyFields);
  const std::optional<Metadata> metadata = read_metadata(object, Scope::kNamespaced);
  model::Policy policy;
  policy.kind = "NetworkPolicy";
  if (const std::optional<Field> spec = root.find("spec")) {
    read_spec(*spec, strict_cidrs, policy);
  } else {
    policy.ingress.isolates = true;  // an empty spec: every pod of the namespace, nothing comes in
  }
  if (!metadata) return std::nullopt;
  policy.namespace_name = metadata->namespace_name;
  policy.name = metadata->name;
  policy.span = metadata->span;
  return policy;
}

}  // namespace netpolc::api::kubernetes
