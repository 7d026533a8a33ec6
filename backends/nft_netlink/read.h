// SPDX-License-Identifier: Apache-2.0
// Reading our table back from the kernel. Other tables are never looked at.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "backends/nft_netlink/connection.h"
#include "backends/nft_netlink/decode.h"
#include "netpolc/result.h"
#include "netpolc/ruleset.h"

namespace netpolc::nft_netlink {

// What the table holds, without the elements of its sets and the rules of its regular chains.
struct KernelState {
  bool is_present = false;
  std::uint32_t ruleset = 0;  // the ruleset's generation id at which all this was true
  std::vector<ChainRecord> chains;
  std::vector<SetRecord> sets;
  std::vector<RuleRecord> base_rules;  // of the base chains, in order

  bool is_base_chain(std::string_view name) const;
  // Every generation that has an object.
  std::set<std::uint64_t> generations() const;
  // Those that the base chains refer to; one, unless somebody else wrote there.
  std::set<std::uint64_t> generations_in_force() const;
  // The stamp that all base chains with rules begin with; none if they disagree.
  std::optional<ruleset::Stamp> stamp() const;
};

Result<std::uint32_t> read_ruleset_id(Connection& connection);
Result<KernelState> read_state(Connection& connection, const std::string& table);
// Of one chain, or of all (empty name).
Result<std::vector<RuleRecord>> read_rules(Connection& connection, const std::string& table,
                                           const std::string& chain);
Result<std::vector<ElementRecord>> read_elements(Connection& connection, const std::string& table,
                                                 const std::string& set);

// The stamp that a rule carries.
std::optional<ruleset::Stamp> stamp_of(const RuleRecord& rule);

// Whether two rules are the same but for the counts of their counters.
bool is_same_rule(const RuleRecord& left, const RuleRecord& right);

}  // namespace netpolc::nft_netlink
