// SPDX-License-Identifier: Apache-2.0
#include "compiler/dataplane/lower.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "compiler/dataplane/key.h"
#include "compiler/dataplane/naming.h"
#include "compiler/dataplane/profiles.h"
#include "compiler/dataplane/set_size.h"
#include "compiler/dataplane/verify.h"

namespace netpolc::dataplane {

namespace {

using model::Direction;
using namespace ruleset;  // NOLINT(google-build-using-namespace): this file speaks of nothing else

constexpr std::uint32_t kNfProtoIpv4 = 2;
constexpr std::uint32_t kNfProtoIpv6 = 10;
// Without these IPv6 itself stops working: multicast listener discovery, which snooping switches
// need to carry neighbour discovery (RFC 2710, RFC 3810), and neighbour discovery (RFC 4861).
constexpr std::array<std::uint32_t, 9> kNeighbourTypes = {130, 131, 132, 133, 134,
                                                          135, 136, 137, 143};

FieldType address_type(IpFamily family) {
  return family == IpFamily::kIpv4 ? FieldType::kIpv4Addr : FieldType::kIpv6Addr;
}

// The objects of one family.
struct FamilyNames {
  IpFamily family;
  Field source;
  Field destination;
  const char* digit;
  std::size_t slot;
};

constexpr FamilyNames kFamilies[] = {
    {IpFamily::kIpv4, Field::kIpSaddr, Field::kIpDaddr, "4", 0},
    {IpFamily::kIpv6, Field::kIp6Saddr, Field::kIp6Daddr, "6", 1},
};

class Lowering {
 public:
  Lowering(const policy::Program& program, const CompileOptions& options,
           const diag::SourceManager& sources)
      : program_(program), options_(options), profiles_(program, options, sources, table_) {}

  Table run();

 private:
  struct Maps {
    std::optional<std::uint32_t> peer{}, cidr{}, pair{}, workloads{}, any{};
    std::uint32_t profiles = 0;
  };
  // Chain indices of a direction by family; no value: that family is not policed.
  struct Entry {
    std::optional<std::uint32_t> chain[2];
    bool exists() const { return chain[0] || chain[1]; }
  };

  bool is_endpoint_placement() const { return options_.placement.kind == PlacementKind::kEndpoint; }

  std::uint32_t add_set(Set set);
  std::uint32_t add_chain(Chain chain);
  struct ClassFacts {
    std::uint32_t id = 0;
    bool has_family[2] = {false, false};
    bool has_pair = false;
  };
  // The maps that a subject's address is looked up in.
  struct SubjectSets {
    Set pairs, workloads, any;
  };
  void learn_classes();
  void add_peer_maps(const FamilyNames& names);
  Maps add_subject_maps(Direction direction, const FamilyNames& names, std::uint32_t profiles);
  void add_subject(SubjectSets& sets, const policy::SubjectClass& subject, std::uint32_t endpoint,
                   const IpAddress& own);
  std::optional<std::uint32_t> add_direction_chain(Direction direction, const FamilyNames& names,
                                                   const Maps& maps, const Verdict& otherwise);
  Verdict own_any_verdict(Direction direction) const;
  Entry add_direction(Direction direction, const Entry& next);
  Verdict enter(const Entry& entry, std::size_t family) const;
  void add_base_chain(const char* name, Hook hook, bool has_loopback, const Entry& entry);

  const policy::Program& program_;
  const CompileOptions& options_;
  Table table_;
  ProfileChains profiles_;
  std::vector<ClassFacts> class_facts_;
  bool has_workloads_ = false;
  std::optional<std::uint32_t> peer_[2];
  std::optional<std::uint32_t> cidr_[2];
  std::optional<std::uint32_t> nd_types_;
};

std::uint32_t Lowering::add_set(Set set) {
  const auto order = [](const Element& element) {
    return std::pair(element.is_catch_all, element.first);
  };
  std::ranges::sort(set.elements, {}, order);
  if (!set.is_interval) set.size = set_size(set.elements.size());
  table_.sets.push_back(std::move(set));
  return static_cast<std::uint32_t>(table_.sets.size() - 1);
}

std::uint32_t Lowering::add_chain(Chain chain) {
  table_.chains.push_back(std::move(chain));
  return static_cast<std::uint32_t>(table_.chains.size() - 1);
}

void Lowering::learn_classes() {
  IdMaker ids;
  for (const policy::AddressClass& address_class : program_.classes) {
    ClassFacts facts;
    facts.id = ids.make(address_class.label);
    for (const policy::EndpointAddress& member : address_class.endpoints) {
      facts.has_family[member.address.family == IpFamily::kIpv4 ? 0 : 1] = true;
    }
    for (const policy::AddressRange& range : address_class.ranges) {
      facts.has_family[range.first.family == IpFamily::kIpv4 ? 0 : 1] = true;
    }
    class_facts_.push_back(facts);
  }
  for (const policy::SubjectClass& subject : program_.subjects) {
    has_workloads_ = has_workloads_ || subject.workloads.has_value();
    for (const policy::Pair& pair : subject.pairs) class_facts_[pair.peer.value].has_pair = true;
  }
}

void Lowering::add_peer_maps(const FamilyNames& names) {
  const FieldType address = address_type(names.family);
  Set ranges{.name = std::string("cidr") + names.digit,
             .key = {address},
             .data = SetData::kClassId,
             .is_interval = true,
             .comment = "addresses outside : class"};
  for (std::size_t index = 0; index < program_.classes.size(); ++index) {
    for (const policy::AddressRange& range : program_.classes[index].ranges) {
      if (range.first.family != names.family) continue;
      ranges.elements.push_back({.first = KeyBuilder().address(range.first).key(),
                                 .last = KeyBuilder().address(range.last).key(),
                                 .value = class_facts_[index].id});
    }
  }
  Set peers{.name = std::string("peer") + names.digit,
            .key = {address},
            .data = SetData::kClassId,
            .comment = "endpoint address : class"};
  for (std::size_t index = 0; index < program_.classes.size(); ++index) {
    // An endpoint that no pair speaks of must still be known as one where an address range could
    // claim it, or where endpoints have a fallback of their own.
    const bool is_needed =
        class_facts_[index].has_pair || has_workloads_ || !ranges.elements.empty();
    if (!is_needed) continue;
    for (const policy::EndpointAddress& member : program_.classes[index].endpoints) {
      if (member.address.family != names.family) continue;
      const Key key = KeyBuilder().address(member.address).key();
      peers.elements.push_back({.first = key,
                                .last = key,
                                .value = class_facts_[index].id,
                                .comment = comment_text(program_.endpoints[member.endpoint].name)});
    }
  }
  if (!peers.elements.empty() || !ranges.elements.empty()) {
    peers.elements.push_back({.is_catch_all = true});
    peer_[names.slot] = add_set(std::move(peers));
  }
  if (!ranges.elements.empty()) cidr_[names.slot] = add_set(std::move(ranges));
}

Lowering::Maps Lowering::add_subject_maps(Direction direction, const FamilyNames& names,
                                          std::uint32_t profiles) {
  const std::string prefix =
      std::string(direction == Direction::kIngress ? "in" : "out") + names.digit;
  const FieldType address = address_type(names.family);
  SubjectSets sets;
  sets.pairs = {.name = prefix,
                .key = {address, FieldType::kClassId},
                .data = SetData::kClassId,
                .comment = "subject . peer class : profile"};
  sets.workloads = {.name = prefix + "_workloads",
                    .key = {address},
                    .data = SetData::kClassId,
                    .comment = "subject : profile for all other endpoints"};
  sets.any = {.name = prefix + "_any",
              .key = {address},
              .data = SetData::kClassId,
              .comment = "subject : profile for everyone else"};
  for (const policy::SubjectClass& subject : program_.subjects) {
    if (subject.direction != direction) continue;
    for (const std::uint32_t endpoint : subject.endpoints) {
      for (const IpAddress& own : program_.endpoints[endpoint].addresses) {
        if (own.family == names.family) add_subject(sets, subject, endpoint, own);
      }
    }
  }
  Maps maps{.peer = peer_[names.slot], .cidr = cidr_[names.slot], .profiles = profiles};
  if (!sets.pairs.elements.empty()) maps.pair = add_set(std::move(sets.pairs));
  if (!sets.workloads.elements.empty()) maps.workloads = add_set(std::move(sets.workloads));
  if (!sets.any.elements.empty()) maps.any = add_set(std::move(sets.any));
  return maps;
}

void Lowering::add_subject(SubjectSets& sets, const policy::SubjectClass& subject,
                           std::uint32_t endpoint, const IpAddress& own) {
  const std::size_t family = own.family == IpFamily::kIpv4 ? 0 : 1;
  const auto add = [&](Set& set, std::optional<std::uint32_t> peer, std::uint32_t profile) {
    KeyBuilder key;
    key.address(own);
    if (peer) key.number(class_facts_[*peer].id, 4);
    set.elements.push_back({.first = key.key(), .last = key.key(), .value = profile});
  };
  const auto is_ingress = subject.direction == Direction::kIngress;
  const auto nodes =
      std::ranges::equal_range(program_.exemptions, endpoint, {}, &policy::NodeExemption::endpoint);
  const auto is_own_node = [&](Id<policy::AddressClass> peer) {
    return is_ingress &&
           std::ranges::find(nodes, peer, &policy::NodeExemption::node) != nodes.end();
  };
  for (const policy::Pair& pair : subject.pairs) {
    // Only the members of this family can meet this address; an own node's pair comes below.
    if (!class_facts_[pair.peer.value].has_family[family] || is_own_node(pair.peer)) continue;
    add(sets.pairs, pair.peer.value, profiles_.id(subject.direction, pair.profile));
  }
  for (const policy::NodeExemption& exemption : nodes) {
    if (!is_ingress || !class_facts_[exemption.node.value].has_family[family]) continue;
    add(sets.pairs, exemption.node.value, profiles_.own_node_id());
  }
  if (subject.workloads) {
    add(sets.workloads, std::nullopt, profiles_.id(subject.direction, *subject.workloads));
  }
  add(sets.any, std::nullopt, profiles_.id(subject.direction, subject.any));
}

// What happens to an endpoint's own traffic that no map speaks of: inside the endpoint's own
// namespace even an address that the inventory does not know is its.
Verdict Lowering::own_any_verdict(Direction direction) const {
  for (const policy::SubjectClass& subject : program_.subjects) {
    if (subject.direction == direction) {
      return {VerdictKind::kGoto, profiles_.chain(direction, subject.any)};
    }
  }
  return {};
}

std::optional<std::uint32_t> Lowering::add_direction_chain(Direction direction,
                                                           const FamilyNames& names,
                                                           const Maps& maps,
                                                           const Verdict& otherwise) {
  if (!maps.any && !is_endpoint_placement()) return std::nullopt;
  const bool is_ingress = direction == Direction::kIngress;
  const Field peer = is_ingress ? names.source : names.destination;
  const Field subject = is_ingress ? names.destination : names.source;
  const std::string name = std::string(is_ingress ? "ingress" : "egress") + names.digit;
  const VerdictMap dispatch{{Field::kScratch}, maps.profiles};
  Rule outside{.expressions = {}};
  if (maps.cidr && maps.pair) {
    outside.expressions = {MapToScratch{{peer}, *maps.cidr},
                           MapToScratch{{subject, Field::kScratch}, *maps.pair}, dispatch};
  }
  const auto fallback = [&](Chain& chain) {
    if (maps.any) {
      chain.rules.push_back({.expressions = {MapToScratch{{subject}, *maps.any}, dispatch}});
    }
    chain.rules.push_back({.expressions = {otherwise}});
  };
  std::optional<std::uint32_t> outside_chain;
  if (maps.workloads) {
    Chain chain{.name = name + "_outside", .comment = "peers that are no endpoint"};
    if (!outside.expressions.empty()) chain.rules.push_back(outside);
    fallback(chain);
    outside_chain = add_chain(std::move(chain));
  }
  Chain chain{.name = name, .comment = is_ingress ? "to endpoints" : "from endpoints"};
  if (maps.peer && maps.pair) {
    chain.rules.push_back(
        {.expressions = {MapToScratch{{peer}, *maps.peer},
                         MapToScratch{{subject, Field::kScratch}, *maps.pair}, dispatch}});
  } else if (maps.peer && maps.workloads) {
    chain.rules.push_back({.expressions = {MapToScratch{{peer}, *maps.peer}}});
  }
  if (outside_chain) {
    chain.rules.push_back({.expressions = {Match{Field::kScratch, 0, 0},
                                           Verdict{VerdictKind::kGoto, *outside_chain}}});
    chain.rules.push_back({.expressions = {MapToScratch{{subject}, *maps.workloads}, dispatch}});
  } else if (!outside.expressions.empty()) {
    outside.expressions.insert(outside.expressions.begin(), Match{Field::kScratch, 0, 0});
    chain.rules.push_back(outside);
  }
  fallback(chain);
  return add_chain(std::move(chain));
}

Verdict Lowering::enter(const Entry& entry, std::size_t family) const {
  return entry.chain[family] ? Verdict{VerdictKind::kGoto, *entry.chain[family]} : Verdict{};
}

Lowering::Entry Lowering::add_direction(Direction direction, const Entry& next) {
  const bool exists = std::ranges::any_of(
      program_.subjects, [&](const auto& subject) { return subject.direction == direction; });
  if (!exists) return next;
  // An allowed packet of an endpoint goes on to its destination's rules.
  Verdict allow{};
  if (next.exists()) {
    Chain dispatch{.name = "ingress", .comment = "the destination's rules"};
    for (std::size_t family = 0; family < 2; ++family) {
      if (!next.chain[family]) continue;
      const std::uint32_t number = family == 0 ? kNfProtoIpv4 : kNfProtoIpv6;
      dispatch.rules.push_back(
          {.expressions = {Match{Field::kNfProto, number, number}, enter(next, family)}});
    }
    dispatch.rules.push_back({.expressions = {Verdict{}}});
    allow = {VerdictKind::kGoto, add_chain(std::move(dispatch))};
  }
  const std::uint32_t profiles = profiles_.add(direction, allow);
  Entry entry;
  for (std::size_t family = 0; family < 2; ++family) {
    const Maps maps = add_subject_maps(direction, kFamilies[family], profiles);
    const Verdict otherwise =
        is_endpoint_placement() ? own_any_verdict(direction) : enter(next, family);
    entry.chain[family] = add_direction_chain(direction, kFamilies[family], maps, otherwise);
    if (!entry.chain[family]) entry.chain[family] = next.chain[family];
  }
  return entry;
}

void Lowering::add_base_chain(const char* name, Hook hook, bool has_loopback, const Entry& entry) {
  Chain chain{.name = name, .base = BaseChain{hook, 0}};
  chain.rules.push_back({.expressions = {CtEstablishedOrRelated{}, Verdict{}}});
  if (has_loopback) {
    chain.rules.push_back({.expressions = {LoopbackInterface{hook == Hook::kInput}, Verdict{}}});
  }
  if (entry.chain[0]) {
    chain.rules.push_back(
        {.expressions = {Match{Field::kNfProto, kNfProtoIpv4, kNfProtoIpv4}, enter(entry, 0)}});
  }
  if (entry.chain[1]) {
    if (!nd_types_) {
      Set types{.name = "nd_types",
                .key = {FieldType::kIcmpv6Type},
                .comment = "neighbour discovery and multicast listeners"};
      for (const std::uint32_t type : kNeighbourTypes) {
        const Key key = KeyBuilder().number(type, 1).key();
        types.elements.push_back({.first = key, .last = key});
      }
      nd_types_ = add_set(std::move(types));
    }
    chain.rules.push_back({.expressions = {Lookup{{Field::kIcmpv6Type}, *nd_types_}, Verdict{}}});
    chain.rules.push_back(
        {.expressions = {Match{Field::kNfProto, kNfProtoIpv6, kNfProtoIpv6}, enter(entry, 1)}});
  }
  add_chain(std::move(chain));
}

Table Lowering::run() {
  table_.scratch = options_.scratch;
  learn_classes();
  profiles_.add_origins();
  for (const FamilyNames& names : kFamilies) add_peer_maps(names);
  const Entry ingress = add_direction(Direction::kIngress, {});
  if (is_endpoint_placement()) {
    const Entry egress = add_direction(Direction::kEgress, {});
    add_base_chain("input", Hook::kInput, true, ingress);
    add_base_chain("output", Hook::kOutput, true, egress);
  } else {
    const Entry egress = add_direction(Direction::kEgress, ingress);
    add_base_chain("forward", Hook::kForward, false, egress);
    // An endpoint's connections to this machine itself; this machine's own to its endpoints.
    add_base_chain("input", Hook::kInput, true, egress);
    if (options_.police_local_node) add_base_chain("output", Hook::kOutput, true, ingress);
  }
  return std::move(table_);
}

}  // namespace

ruleset::Table lower(const policy::Program& program, const CompileOptions& options,
                     const diag::SourceManager& sources) {
  Table table = Lowering(program, options, sources).run();
  verify(table);
  return table;
}

}  // namespace netpolc::dataplane
