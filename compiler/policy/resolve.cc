// SPDX-License-Identifier: Apache-2.0
#include "compiler/policy/resolve.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "compiler/policy/peers.h"
#include "compiler/policy/selection.h"
#include "compiler/policy/verify.h"

namespace netpolc::policy {

namespace {

using model::Direction;

// A rule with its peers interned.
struct ResolvedRule {
  const model::Rule* rule = nullptr;
  Id<Origin> origin;
  std::vector<AtomId> atoms;  // unique
  bool has_named_ports = false;
};

// A policy's rules of one direction.
struct ResolvedSide {
  Id<Origin> policy_origin;
  std::vector<ResolvedRule> rules;
  bool has_named_ports = false;
};

class Resolver {
 public:
  Resolver(const model::Model& model, const Placement& placement)
      : model_(model),
        placement_(placement),
        selection_(model.inventory),
        peers_(model.inventory, selection_) {}

  Program run();

 private:
  void copy_endpoints();
  void resolve_policy(const model::Policy& policy, std::uint32_t index);
  ResolvedSide resolve_side(const model::Policy& policy, Direction direction,
                            Id<Origin> policy_origin);
  void resolve_subjects(Direction direction);
  void resolve_subject(Direction direction, const std::vector<std::uint32_t>& policies,
                       const std::vector<model::NamedPort>& own_ports,
                       std::vector<std::uint32_t> endpoints);
  void append_clauses(std::vector<PortClause>& out, const ResolvedRule& rule,
                      const std::vector<model::NamedPort>& ports) const;
  Id<Profile> add_profile(Profile profile);
  void add_exemptions();
  Id<Origin> add_origin(const model::Policy& policy, std::string path, Span span);

  const model::Model& model_;
  const Placement& placement_;
  Selection selection_;
  Peers peers_;
  Program program_;
  // By direction, then by policy index: its side; no value if it does not isolate there.
  std::map<std::uint32_t, ResolvedSide> sides_[2];
  // By direction, then by endpoint: the policies that isolate it, ascending.
  std::vector<std::vector<std::uint32_t>> isolating_[2];
  std::map<std::string, Id<Profile>> profile_ids_;
};

std::size_t slot(Direction direction) { return direction == Direction::kIngress ? 0 : 1; }

Id<Origin> Resolver::add_origin(const model::Policy& policy, std::string path, Span span) {
  program_.origins.push_back({policy.kind + " " + policy.full_name(), std::move(path), span});
  return {static_cast<std::uint32_t>(program_.origins.size() - 1)};
}

void Resolver::copy_endpoints() {
  for (const model::Endpoint& endpoint : model_.inventory.endpoints) {
    const bool is_subject = placement_.kind == PlacementKind::kEndpoint
                                ? endpoint.full_name() == placement_.endpoint
                                : placement_.node.empty() || endpoint.node == placement_.node;
    program_.endpoints.push_back({endpoint.full_name(), endpoint.addresses, is_subject});
  }
}

ResolvedSide Resolver::resolve_side(const model::Policy& policy, Direction direction,
                                    Id<Origin> policy_origin) {
  ResolvedSide side;
  side.policy_origin = policy_origin;
  for (const model::Rule& rule : policy.rules(direction).rules) {
    ResolvedRule resolved;
    resolved.rule = &rule;
    resolved.origin = add_origin(policy, rule.path, rule.span);
    for (const model::Peer& peer : rule.peers) {
      const AtomId atom = peers_.intern(policy, peer);
      if (std::ranges::find(resolved.atoms, atom) == resolved.atoms.end()) {
        resolved.atoms.push_back(atom);
      }
    }
    for (const model::PortMatch& match : rule.ports) {
      if (const auto* name = std::get_if<std::string>(&match.port)) {
        resolved.has_named_ports = true;
        if (direction == Direction::kEgress) peers_.use_named_port(*name, match.protocol);
      }
    }
    side.has_named_ports = side.has_named_ports || resolved.has_named_ports;
    side.rules.push_back(std::move(resolved));
  }
  return side;
}

void Resolver::resolve_policy(const model::Policy& policy, std::uint32_t index) {
  const std::vector<std::uint32_t> groups =
      selection_.in_namespace(policy.namespace_name, policy.subject);
  std::optional<Id<Origin>> origin;
  for (const Direction direction : {Direction::kIngress, Direction::kEgress}) {
    if (!policy.rules(direction).isolates) continue;
    bool selects_a_subject = false;
    for (const std::uint32_t group : groups) {
      for (const std::uint32_t endpoint : selection_.members(group)) {
        if (!program_.endpoints[endpoint].is_subject) continue;
        isolating_[slot(direction)][endpoint].push_back(index);
        selects_a_subject = true;
        if (direction == Direction::kIngress && !model_.polices_local_node) {
          peers_.use_local_node(model_.inventory.endpoints[endpoint].node);
        }
      }
    }
    // A policy that selects nothing here needs no peers told apart.
    if (selects_a_subject) {
      if (!origin) origin = add_origin(policy, "", policy.span);
      sides_[slot(direction)].emplace(index, resolve_side(policy, direction, *origin));
    }
  }
}

void Resolver::append_clauses(std::vector<PortClause>& out, const ResolvedRule& rule,
                              const std::vector<model::NamedPort>& ports) const {
  if (rule.rule->any_port) {
    out.push_back({std::nullopt, {}, {rule.origin}});
    return;
  }
  for (const model::PortMatch& match : rule.rule->ports) {
    if (const auto* range = std::get_if<model::PortRange>(&match.port)) {
      out.push_back({match.protocol, *range, {rule.origin}});
      continue;
    }
    for (const model::NamedPort& port : ports) {
      if (port.name == std::get<std::string>(match.port) && port.protocol == match.protocol) {
        out.push_back({match.protocol, {port.port, port.port}, {rule.origin}});
      }
    }
  }
}

Id<Profile> Resolver::add_profile(Profile profile) {
  std::string key;
  const auto append = [&key](std::uint32_t number) {
    key.append(reinterpret_cast<const char*>(&number), sizeof number);
  };
  append(static_cast<std::uint32_t>(profile.direction));
  for (const PortClause& clause : profile.allows) {
    append(clause.protocol ? static_cast<std::uint32_t>(*clause.protocol) : 256U);
    append((std::uint32_t{clause.ports.first} << 16U) | clause.ports.last);
    append(clause.origins.front().value);
  }
  append(~0U);
  for (const Id<Origin> origin : profile.isolated_by) append(origin.value);
  const auto next = static_cast<std::uint32_t>(program_.profiles.size());
  const auto [found, is_new] = profile_ids_.try_emplace(std::move(key), Id<Profile>{next});
  if (is_new) program_.profiles.push_back(std::move(profile));
  return found->second;
}

void Resolver::resolve_subject(Direction direction, const std::vector<std::uint32_t>& policies,
                               const std::vector<model::NamedPort>& own_ports,
                               std::vector<std::uint32_t> endpoints) {
  static const std::vector<model::NamedPort> kNoPorts;
  const bool is_ingress = direction == Direction::kIngress;
  std::vector<const ResolvedRule*> rules;
  std::vector<Id<Origin>> isolated_by;
  for (const std::uint32_t policy : policies) {
    const ResolvedSide& side = sides_[slot(direction)].at(policy);
    isolated_by.push_back(side.policy_origin);
    for (const ResolvedRule& rule : side.rules) rules.push_back(&rule);
  }
  // Which rules reach every address, every endpoint, and the listed classes.
  std::vector<std::uint32_t> any_rules;
  std::vector<std::uint32_t> workload_rules;
  std::map<std::uint32_t, std::vector<std::uint32_t>> class_rules;
  for (std::uint32_t index = 0; index < rules.size(); ++index) {
    const ResolvedRule& rule = *rules[index];
    if (rule.rule->any_peer) any_rules.push_back(index);
    bool reaches_all_endpoints = rule.rule->any_peer;
    for (const AtomId atom : rule.atoms) {
      if (peers_.is_all_endpoints(atom)) {
        workload_rules.push_back(index);
        reaches_all_endpoints = true;
      } else {
        for (const std::uint32_t peer : peers_.classes_of(atom)) class_rules[peer].push_back(index);
      }
    }
    // A name means another number on each destination, so these classes need pairs of their own.
    if (!is_ingress && rule.has_named_ports && reaches_all_endpoints) {
      for (const model::PortMatch& match : rule.rule->ports) {
        const auto* name = std::get_if<std::string>(&match.port);
        if (name == nullptr) continue;
        for (const std::uint32_t peer : peers_.classes_with_port(*name, match.protocol)) {
          class_rules[peer].push_back(index);
        }
      }
    }
  }
  const auto profile_of = [&](std::vector<std::uint32_t> indices,
                              const std::vector<model::NamedPort>& ports) {
    std::ranges::sort(indices);
    const auto duplicates = std::ranges::unique(indices);
    indices.erase(duplicates.begin(), duplicates.end());
    Profile profile;
    profile.direction = direction;
    profile.isolated_by = isolated_by;
    for (const std::uint32_t index : indices) append_clauses(profile.allows, *rules[index], ports);
    return add_profile(std::move(profile));
  };
  const auto joined = [](std::vector<std::uint32_t> a, const std::vector<std::uint32_t>& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
  };
  SubjectClass subject;
  subject.direction = direction;
  subject.endpoints = std::move(endpoints);
  subject.any = profile_of(any_rules, is_ingress ? own_ports : kNoPorts);
  const std::vector<std::uint32_t> for_workloads = joined(any_rules, workload_rules);
  if (!workload_rules.empty()) {
    subject.workloads = profile_of(for_workloads, is_ingress ? own_ports : kNoPorts);
  }
  for (const auto& [peer, indices] : class_rules) {
    const bool is_workload = peers_.classes()[peer].holds_endpoints();
    subject.pairs.push_back({{peer},
                             profile_of(joined(indices, is_workload ? for_workloads : any_rules),
                                        is_ingress ? own_ports : peers_.ports_of(peer))});
  }
  program_.subjects.push_back(std::move(subject));
}

void Resolver::resolve_subjects(Direction direction) {
  // Endpoints isolated by the same policies are one class, unless a name in an ingress rule means
  // different numbers on them.
  std::map<std::pair<std::vector<std::uint32_t>, std::vector<model::NamedPort>>,
           std::vector<std::uint32_t>>
      subjects;
  for (std::uint32_t index = 0; index < program_.endpoints.size(); ++index) {
    std::vector<std::uint32_t>& policies = isolating_[slot(direction)][index];
    if (policies.empty()) continue;
    std::vector<model::NamedPort> ports;
    if (direction == Direction::kIngress &&
        std::ranges::any_of(policies, [&](std::uint32_t policy) {
          return sides_[slot(direction)].at(policy).has_named_ports;
        })) {
      ports = model_.inventory.endpoints[index].ports;
    }
    subjects[{policies, std::move(ports)}].push_back(index);
  }
  for (const auto& [key, endpoints] : subjects) {
    resolve_subject(direction, key.first, key.second, endpoints);
  }
}

void Resolver::add_exemptions() {
  for (std::uint32_t index = 0; index < program_.endpoints.size(); ++index) {
    if (isolating_[slot(Direction::kIngress)][index].empty()) continue;
    for (const std::uint32_t node :
         peers_.classes_of_node(model_.inventory.endpoints[index].node)) {
      program_.exemptions.push_back({index, {node}});
    }
  }
}

Program Resolver::run() {
  copy_endpoints();
  for (auto& list : isolating_) list.resize(program_.endpoints.size());
  for (std::uint32_t index = 0; index < model_.policies.size(); ++index) {
    resolve_policy(model_.policies[index], index);
  }
  peers_.build();
  resolve_subjects(Direction::kIngress);
  resolve_subjects(Direction::kEgress);
  add_exemptions();
  program_.classes = std::move(peers_.classes());
  return std::move(program_);
}

}  // namespace

Program resolve(const model::Model& model, const Placement& placement) {
  Program program = Resolver(model, placement).run();
  verify(program, "resolve");
  return program;
}

}  // namespace netpolc::policy
