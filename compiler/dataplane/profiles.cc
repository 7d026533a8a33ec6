// SPDX-License-Identifier: Apache-2.0
#include "compiler/dataplane/profiles.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/dataplane/key.h"
#include "compiler/dataplane/set_size.h"
#include "compiler/policy/print.h"
#include "compiler/support/check.h"

namespace netpolc::dataplane {

namespace {

using namespace ruleset;  // NOLINT(google-build-using-namespace): this file speaks of nothing else

// Up to here a rule a range is cheaper than a look-up in an interval set.
constexpr std::size_t kMaxLiteralRanges = 8;

std::size_t slot(model::Direction direction) {
  return direction == model::Direction::kIngress ? 0 : 1;
}

Field port_field(model::Protocol protocol) {
  switch (protocol) {
    case model::Protocol::kTcp:
      return Field::kTcpDport;
    case model::Protocol::kUdp:
      return Field::kUdpDport;
    case model::Protocol::kSctp:
      return Field::kSctpDport;
    case model::Protocol::kIcmp:
    case model::Protocol::kIcmpv6:
      break;
  }
  NETPOLC_CHECK(false, "a protocol without ports in a port clause");
}

Match clause_match(const policy::PortClause& clause) {
  const auto protocol = static_cast<std::uint32_t>(*clause.protocol);
  if (clause.ports == model::PortRange{}) return {Field::kL4Proto, protocol, protocol};
  return {port_field(*clause.protocol), clause.ports.first, clause.ports.last};
}

}  // namespace

void ProfileChains::add_origins() {
  for (const policy::Origin& origin : program_.origins) {
    std::string location;
    if (origin.span.is_known()) {
      location =
          fmt::format("{}:{}", sources_.name(origin.span.source), sources_.line(origin.span));
    }
    table_.origins.push_back({origin.object, origin.path, std::move(location)});
  }
}

std::string ProfileChains::comment(const std::vector<Id<policy::Origin>>& origins,
                                   const char* prefix) const {
  if (origins.empty()) return {};
  const Origin& first = table_.origins[origins.front().value];
  // The kind goes without saying in a comment: "shop/api ingress[0] policies/shop.yaml:14".
  std::string text = prefix + first.object.substr(first.object.find(' ') + 1);
  if (!first.path.empty()) text += ' ' + first.path;
  if (!first.location.empty()) text += ' ' + first.location;
  if (origins.size() > 1) text += fmt::format(" +{} more", origins.size() - 1);
  return comment_text(text);
}

Rule ProfileChains::rule(std::vector<Expression> expressions, const Verdict& verdict,
                         const std::vector<Id<policy::Origin>>& origins, const char* prefix) const {
  if (options_.counters) expressions.emplace_back(Counter{});
  expressions.emplace_back(verdict);
  Rule out{.expressions = std::move(expressions), .comment = comment(origins, prefix)};
  for (const Id<policy::Origin> origin : origins) out.origins.push_back(origin.value);
  return out;
}

std::uint32_t ProfileChains::port_set(const std::vector<policy::PortClause>& clauses) {
  std::string meaning;
  for (const policy::PortClause& clause : clauses) meaning += policy::print_clause(clause) + ';';
  const auto next = static_cast<std::uint32_t>(table_.sets.size());
  const auto [found, is_new] = port_sets_.try_emplace(meaning, next);
  if (!is_new) return found->second;
  std::string name = fmt::format("ports_{:08x}", hash32(meaning));
  while (!names_.insert(name).second) name += 'x';
  Set set{.name = std::move(name), .key = {FieldType::kInetService}, .is_interval = true};
  for (const policy::PortClause& clause : clauses) {
    set.elements.push_back({.first = KeyBuilder().number(clause.ports.first, 2).key(),
                            .last = KeyBuilder().number(clause.ports.last, 2).key()});
  }
  table_.sets.push_back(std::move(set));
  return next;
}

void ProfileChains::add_protocol_rules(Chain& chain, const std::vector<policy::PortClause>& clauses,
                                       const Verdict& allow) {
  // A set's ranges must be disjoint, which they are once clauses have been merged.
  const bool are_disjoint =
      std::ranges::adjacent_find(clauses, [](const auto& before, const auto& after) {
        return before.ports.last >= after.ports.first;
      }) == clauses.end();
  if (clauses.size() <= kMaxLiteralRanges || !are_disjoint) {
    for (const policy::PortClause& clause : clauses) {
      chain.rules.push_back(rule({clause_match(clause)}, allow, clause.origins, ""));
    }
    return;
  }
  std::vector<Id<policy::Origin>> origins;
  for (const policy::PortClause& clause : clauses) {
    origins.insert(origins.end(), clause.origins.begin(), clause.origins.end());
  }
  std::ranges::sort(origins);
  const auto duplicates = std::ranges::unique(origins);
  origins.erase(duplicates.begin(), duplicates.end());
  const Lookup lookup{{port_field(*clauses.front().protocol)}, port_set(clauses)};
  chain.rules.push_back(rule({lookup}, allow, origins, ""));
}

Chain ProfileChains::profile_chain(const std::string& name, const policy::Profile& profile,
                                   const Verdict& allow) {
  Chain chain{.name = name};
  std::vector<policy::PortClause> ordered = profile.allows;
  std::ranges::stable_sort(ordered, {}, [](const policy::PortClause& clause) {
    return std::pair(clause.protocol, clause.ports);
  });
  for (auto at = ordered.begin(); at != ordered.end();) {
    if (at->is_everything()) {
      chain.rules.push_back(rule({}, allow, at->origins, ""));
      return chain;
    }
    const auto end = std::find_if(at, ordered.end(), [&](const policy::PortClause& clause) {
      return clause.protocol != at->protocol;
    });
    add_protocol_rules(chain, {at, end}, allow);
    at = end;
  }
  const Verdict deny{options_.deny == DenyVerdict::kReject ? VerdictKind::kReject
                                                           : VerdictKind::kDrop};
  chain.rules.push_back(rule({}, deny, profile.isolated_by, "isolated by "));
  return chain;
}

std::set<std::uint32_t> ProfileChains::profiles_of(model::Direction direction) const {
  std::set<std::uint32_t> used;
  for (const policy::SubjectClass& subject : program_.subjects) {
    if (subject.direction != direction) continue;
    used.insert(subject.any.value);
    if (subject.workloads) used.insert(subject.workloads->value);
    for (const policy::Pair& pair : subject.pairs) used.insert(pair.profile.value);
  }
  return used;
}

ProfileChains::Target ProfileChains::add_chain(Chain chain, Set& map) {
  const Target target{ids_.make(chain.name), static_cast<std::uint32_t>(table_.chains.size())};
  table_.chains.push_back(std::move(chain));
  const Key key = KeyBuilder().number(target.id, 4).key();
  map.elements.push_back(
      {.first = key, .last = key, .verdict = {VerdictKind::kGoto, target.chain}});
  return target;
}

std::uint32_t ProfileChains::add(model::Direction direction, const Verdict& allow) {
  const bool is_ingress = direction == model::Direction::kIngress;
  Set map{.name = is_ingress ? "in_profiles" : "out_profiles",
          .key = {FieldType::kClassId},
          .data = SetData::kVerdict,
          .comment = "profile : its chain"};
  for (const std::uint32_t profile : profiles_of(direction)) {
    std::string name = (is_ingress ? "in_" : "out_") + profile_name(program_.profiles[profile]);
    while (!names_.insert(name).second) name += 'x';
    targets_[slot(direction)][profile] =
        add_chain(profile_chain(name, program_.profiles[profile], allow), map);
  }
  if (is_ingress && !program_.exemptions.empty()) {
    Chain chain{.name = "in_own_node"};
    chain.rules.push_back(rule({}, allow, {}, ""));
    chain.rules.back().comment = "an endpoint's own node always reaches it";
    own_node_id_ = add_chain(std::move(chain), map).id;
  }
  std::ranges::sort(map.elements, {}, &Element::first);
  map.size = set_size(map.elements.size());
  table_.sets.push_back(std::move(map));
  return static_cast<std::uint32_t>(table_.sets.size() - 1);
}

std::uint32_t ProfileChains::id(model::Direction direction, Id<policy::Profile> profile) const {
  return targets_[slot(direction)].at(profile.value).id;
}

std::uint32_t ProfileChains::chain(model::Direction direction, Id<policy::Profile> profile) const {
  return targets_[slot(direction)].at(profile.value).chain;
}

}  // namespace netpolc::dataplane
