// SPDX-License-Identifier: Apache-2.0
// Profiles as chains: one rule a port range, then the denial; and the map from profile to chain.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "compiler/dataplane/naming.h"
#include "compiler/diag/source_manager.h"
#include "compiler/policy/ir.h"
#include "netpolc/compile.h"
#include "netpolc/ruleset.h"

namespace netpolc::dataplane {

class ProfileChains {
 public:
  ProfileChains(const policy::Program& program, const CompileOptions& options,
                const diag::SourceManager& sources, ruleset::Table& table)
      : program_(program), options_(options), sources_(sources), table_(table) {}

  // Copies the program's origins into the table; rules refer to them by the same index.
  void add_origins();
  // Adds the chains of all profiles of a direction, in which `allow` is done with what passes, and
  // the map to them. Returns the map's index in Table::sets.
  std::uint32_t add(model::Direction direction, const ruleset::Verdict& allow);
  // The value that leads to the profile. @pre add(direction)
  std::uint32_t id(model::Direction direction, Id<policy::Profile> profile) const;
  std::uint32_t chain(model::Direction direction, Id<policy::Profile> profile) const;
  // The ingress profile of connections from an endpoint's own node. @pre add(kIngress)
  std::uint32_t own_node_id() const { return *own_node_id_; }

 private:
  struct Target {
    std::uint32_t id = 0;
    std::uint32_t chain = 0;
  };

  std::set<std::uint32_t> profiles_of(model::Direction direction) const;
  Target add_chain(ruleset::Chain chain, ruleset::Set& map);
  ruleset::Chain profile_chain(const std::string& name, const policy::Profile& profile,
                               const ruleset::Verdict& allow);
  void add_protocol_rules(ruleset::Chain& chain, const std::vector<policy::PortClause>& clauses,
                          const ruleset::Verdict& allow);
  ruleset::Rule rule(std::vector<ruleset::Expression> expressions, const ruleset::Verdict& verdict,
                     const std::vector<Id<policy::Origin>>& origins, const char* prefix) const;
  std::uint32_t port_set(const std::vector<policy::PortClause>& clauses);
  std::string comment(const std::vector<Id<policy::Origin>>& origins, const char* prefix) const;

  const policy::Program& program_;
  const CompileOptions& options_;
  const diag::SourceManager& sources_;
  ruleset::Table& table_;
  IdMaker ids_;
  std::set<std::string> names_;
  std::map<std::string, std::uint32_t> port_sets_;
  std::map<std::uint32_t, Target> targets_[2];
  std::optional<std::uint32_t> own_node_id_;
};

}  // namespace netpolc::dataplane
