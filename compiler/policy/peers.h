// SPDX-License-Identifier: Apache-2.0
// The peers of all rules as atoms (one distinct selector or prefix each), and the classes of
// addresses that no atom tells apart.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "compiler/policy/ir.h"
#include "compiler/policy/selection.h"

namespace netpolc::policy {

// Index of an atom in order of first use.
using AtomId = std::uint32_t;

class Peers {
 public:
  Peers(const model::Inventory& inventory, const Selection& selection)
      : inventory_(inventory), selection_(selection) {}

  // First all rules' peers are interned, then build() is called once, then the rest may be asked.
  AtomId intern(const model::Policy& policy, const model::Peer& peer);
  // A named port that some egress rule asks of its destinations.
  void use_named_port(const std::string& name, model::Protocol protocol);
  // A node whose own endpoints must tell its addresses from all others.
  void use_local_node(const std::string& node);
  void build();

  // True for the peer "every endpoint of every namespace": its classes are not listed.
  bool is_all_endpoints(AtomId atom) const { return atoms_[atom].is_all_endpoints; }
  // Classes whose addresses the atom matches, ascending.
  const std::vector<std::uint32_t>& classes_of(AtomId atom) const { return atoms_[atom].classes; }
  // Classes of endpoints that declare a port in use under that name and protocol, ascending.
  std::vector<std::uint32_t> classes_with_port(const std::string& name,
                                               model::Protocol protocol) const;
  // Ports in use that the class's endpoints declare; empty outside.
  const std::vector<model::NamedPort>& ports_of(std::uint32_t class_index) const {
    return port_lists_[class_ports_[class_index]];
  }
  // Classes of a local node's addresses, ascending.
  std::vector<std::uint32_t> classes_of_node(const std::string& node) const;

  std::vector<AddressClass>& classes() { return classes_; }

 private:
  // An own-namespace selector carries its namespace, so that equal texts in two namespaces differ.
  struct EndpointAtom {
    std::string own_namespace;
    model::EndpointPeer peer;
    auto operator<=>(const EndpointAtom&) const = default;
  };
  struct LocalNodeAtom {
    std::string node;
    auto operator<=>(const LocalNodeAtom&) const = default;
  };
  using AtomKey = std::variant<EndpointAtom, model::CidrPeer, LocalNodeAtom>;
  struct Atom {
    AtomKey key;
    bool is_all_endpoints = false;
    std::vector<std::uint32_t> classes;
  };
  struct Interval {
    AddressRange range;
    std::uint32_t atom_set = 0;
  };
  // Interns sorted lists; list 0 is the empty one.
  template <typename T>
  struct Interner {
    std::map<std::vector<T>, std::uint32_t> ids{{{}, 0}};
    std::uint32_t intern(std::vector<T> list);
  };

  AtomId intern_key(AtomKey key);
  std::vector<std::uint32_t> groups_of(const Atom& atom) const;
  std::vector<AddressRange> ranges_of(const Atom& atom) const;
  std::vector<Interval> flatten(IpFamily family);
  void build_endpoint_classes(const std::vector<std::uint32_t>& group_sets);
  void build_outside_classes();
  std::uint32_t add_class(std::uint32_t ports);
  std::uint32_t outside_set(const IpAddress& address) const;
  void list_classes(std::uint32_t class_index, const std::vector<AtomId>& atoms);

  const model::Inventory& inventory_;
  const Selection& selection_;
  std::vector<Atom> atoms_;
  std::map<AtomKey, AtomId> atom_ids_;
  std::set<std::pair<std::string, model::Protocol>> named_ports_;

  Interner<AtomId> atom_sets_;
  std::vector<std::vector<AtomId>> atom_set_lists_{{}};
  std::vector<std::vector<model::NamedPort>> port_lists_{{}};
  std::vector<Interval> intervals_;  // both families, ascending
  std::vector<AddressClass> classes_;
  std::vector<std::uint32_t> class_ports_;  // index into port_lists_
};

}  // namespace netpolc::policy
