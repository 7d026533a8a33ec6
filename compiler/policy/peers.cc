// SPDX-License-Identifier: Apache-2.0
#include "compiler/policy/peers.h"

#include <algorithm>
#include <iterator>
#include <tuple>

#include "compiler/support/check.h"

namespace netpolc::policy {

namespace {

// `cidr` without `except`, as disjoint ascending ranges.
std::vector<AddressRange> subtract(const Cidr& cidr, std::vector<Cidr> except) {
  std::vector<AddressRange> out;
  std::ranges::sort(except);
  IpAddress next = cidr.first();
  for (const Cidr& hole : except) {
    if (hole.last() < next) continue;  // inside a hole before it
    if (hole.first() > next) out.push_back({next, *previous_address(hole.first())});
    const auto after = next_address(hole.last());
    if (!after || *after > cidr.last()) return out;
    next = *after;
  }
  out.push_back({next, cidr.last()});
  return out;
}

}  // namespace

template <typename T>
std::uint32_t Peers::Interner<T>::intern(std::vector<T> list) {
  return ids.try_emplace(std::move(list), static_cast<std::uint32_t>(ids.size())).first->second;
}

AtomId Peers::intern_key(AtomKey key) {
  const auto next = static_cast<AtomId>(atoms_.size());
  const auto [found, is_new] = atom_ids_.try_emplace(key, next);
  if (is_new) atoms_.push_back({std::move(key), false, {}});
  return found->second;
}

AtomId Peers::intern(const model::Policy& policy, const model::Peer& peer) {
  if (const auto* cidr = std::get_if<model::CidrPeer>(&peer)) return intern_key(*cidr);
  const auto& endpoint_peer = std::get<model::EndpointPeer>(peer);
  const AtomId atom = intern_key(EndpointAtom{
      endpoint_peer.namespaces ? std::string() : policy.namespace_name, endpoint_peer});
  atoms_[atom].is_all_endpoints = endpoint_peer.namespaces &&
                                  endpoint_peer.namespaces->selects_everything() &&
                                  endpoint_peer.endpoints.selects_everything();
  return atom;
}

void Peers::use_named_port(const std::string& name, model::Protocol protocol) {
  named_ports_.emplace(name, protocol);
}

void Peers::use_local_node(const std::string& node) {
  if (inventory_.nodes.contains(node)) intern_key(LocalNodeAtom{node});
}

std::vector<std::uint32_t> Peers::groups_of(const Atom& atom) const {
  const auto* key = std::get_if<EndpointAtom>(&atom.key);
  if (key == nullptr || atom.is_all_endpoints) return {};
  return key->peer.namespaces ? selection_.in_namespaces(*key->peer.namespaces, key->peer.endpoints)
                              : selection_.in_namespace(key->own_namespace, key->peer.endpoints);
}

std::vector<AddressRange> Peers::ranges_of(const Atom& atom) const {
  if (const auto* cidr = std::get_if<model::CidrPeer>(&atom.key)) {
    return subtract(cidr->cidr, cidr->except);
  }
  std::vector<AddressRange> out;
  if (const auto* local = std::get_if<LocalNodeAtom>(&atom.key)) {
    for (const IpAddress& address : inventory_.nodes.find(local->node)->second.addresses) {
      out.push_back({address, address});
    }
  }
  return out;
}

std::vector<Peers::Interval> Peers::flatten(IpFamily family) {
  // A sweep over the ranges' bounds: between two bounds the set of atoms that hold is constant.
  std::map<IpAddress, std::pair<std::vector<AtomId>, std::vector<AtomId>>> bounds;
  for (AtomId atom = 0; atom < atoms_.size(); ++atom) {
    for (const AddressRange& range : ranges_of(atoms_[atom])) {
      if (range.first.family != family) continue;
      bounds[range.first].first.push_back(atom);
      if (const auto after = next_address(range.last)) bounds[*after].second.push_back(atom);
    }
  }
  std::vector<Interval> out;
  std::set<AtomId> active;
  for (auto at = bounds.begin(); at != bounds.end(); ++at) {
    for (const AtomId atom : at->second.second) active.erase(atom);
    for (const AtomId atom : at->second.first) active.insert(atom);
    if (active.empty()) continue;
    const auto next = std::next(at);
    const IpAddress last =
        next == bounds.end() ? Cidr::masked(at->first, 0).last() : *previous_address(next->first);
    std::vector<AtomId> atoms(active.begin(), active.end());
    const std::uint32_t id = atom_sets_.intern(atoms);
    if (id == atom_set_lists_.size()) atom_set_lists_.push_back(std::move(atoms));
    out.push_back({{at->first, last}, id});
  }
  return out;
}

std::uint32_t Peers::outside_set(const IpAddress& address) const {
  const auto after = std::ranges::upper_bound(
      intervals_, address, {}, [](const Interval& interval) { return interval.range.first; });
  if (after == intervals_.begin()) return 0;
  const Interval& interval = *std::prev(after);
  return address <= interval.range.last ? interval.atom_set : 0;
}

std::uint32_t Peers::add_class(std::uint32_t ports) {
  classes_.emplace_back();
  class_ports_.push_back(ports);
  return static_cast<std::uint32_t>(classes_.size() - 1);
}

void Peers::list_classes(std::uint32_t class_index, const std::vector<AtomId>& atoms) {
  for (const AtomId atom : atoms) {
    std::vector<std::uint32_t>& list = atoms_[atom].classes;
    if (list.empty() || list.back() != class_index) list.push_back(class_index);
  }
}

void Peers::build_endpoint_classes(const std::vector<std::uint32_t>& group_sets) {
  std::vector<std::uint32_t> group_of(inventory_.endpoints.size());
  for (std::uint32_t group = 0; group < selection_.group_count(); ++group) {
    for (const std::uint32_t member : selection_.members(group)) group_of[member] = group;
  }
  Interner<model::NamedPort> ports;
  std::map<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>, std::uint32_t> ids;
  for (std::uint32_t index = 0; index < inventory_.endpoints.size(); ++index) {
    const model::Endpoint& endpoint = inventory_.endpoints[index];
    std::vector<model::NamedPort> used;
    std::ranges::copy_if(endpoint.ports, std::back_inserter(used), [this](const auto& port) {
      return named_ports_.contains({port.name, port.protocol});
    });
    const std::uint32_t port_list = ports.intern(used);
    if (port_list == port_lists_.size()) port_lists_.push_back(std::move(used));
    for (const IpAddress& address : endpoint.addresses) {
      const std::uint32_t labels = group_sets[group_of[index]];
      const std::uint32_t prefixes = outside_set(address);
      const auto [found, is_new] = ids.try_emplace({labels, prefixes, port_list}, std::uint32_t{0});
      if (is_new) {
        found->second = add_class(port_list);
        classes_.back().label = endpoint.full_name();
        list_classes(found->second, atom_set_lists_[labels]);
        list_classes(found->second, atom_set_lists_[prefixes]);
      }
      classes_[found->second].endpoints.push_back({address, index});
    }
  }
  for (AddressClass& address_class : classes_) std::ranges::sort(address_class.endpoints);
}

void Peers::build_outside_classes() {
  std::map<std::uint32_t, std::uint32_t> ids;
  for (const Interval& interval : intervals_) {
    const auto [found, is_new] = ids.try_emplace(interval.atom_set, std::uint32_t{0});
    if (is_new) {
      found->second = add_class(0);
      const std::vector<AtomId>& atoms = atom_set_lists_[interval.atom_set];
      classes_.back().is_local_node = std::ranges::any_of(atoms, [this](AtomId atom) {
        return std::holds_alternative<LocalNodeAtom>(atoms_[atom].key);
      });
      classes_.back().label = interval.range.first.to_string();
      list_classes(found->second, atoms);
    }
    classes_[found->second].ranges.push_back(interval.range);
  }
}

void Peers::build() {
  for (const IpFamily family : {IpFamily::kIpv4, IpFamily::kIpv6}) {
    std::ranges::move(flatten(family), std::back_inserter(intervals_));
  }
  std::vector<std::vector<AtomId>> atoms_of_group(selection_.group_count());
  for (AtomId atom = 0; atom < atoms_.size(); ++atom) {
    for (const std::uint32_t group : groups_of(atoms_[atom])) {
      atoms_of_group[group].push_back(atom);
    }
  }
  std::vector<std::uint32_t> group_sets;
  for (std::vector<AtomId>& atoms : atoms_of_group) {
    const std::uint32_t id = atom_sets_.intern(atoms);
    if (id == atom_set_lists_.size()) atom_set_lists_.push_back(std::move(atoms));
    group_sets.push_back(id);
  }
  build_endpoint_classes(group_sets);
  build_outside_classes();
}

std::vector<std::uint32_t> Peers::classes_with_port(const std::string& name,
                                                    model::Protocol protocol) const {
  std::vector<std::uint32_t> out;
  for (std::uint32_t index = 0; index < classes_.size(); ++index) {
    if (std::ranges::any_of(ports_of(index), [&](const model::NamedPort& port) {
          return port.name == name && port.protocol == protocol;
        })) {
      out.push_back(index);
    }
  }
  return out;
}

std::vector<std::uint32_t> Peers::classes_of_node(const std::string& node) const {
  const auto found = atom_ids_.find(AtomKey(LocalNodeAtom{node}));
  return found == atom_ids_.end() ? std::vector<std::uint32_t>{} : atoms_[found->second].classes;
}

}  // namespace netpolc::policy
