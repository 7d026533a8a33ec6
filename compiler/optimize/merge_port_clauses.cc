// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <tuple>

#include "compiler/optimize/origins.h"
#include "compiler/optimize/passes.h"

namespace netpolc::optimize {

namespace {

using policy::PortClause;

// Everything first, then by protocol and first port.
auto order(const PortClause& clause) {
  return std::tuple(clause.protocol, clause.ports.first, clause.ports.last);
}

bool touches(const PortClause& a, const PortClause& b) {
  return a.is_everything() ||
         (a.protocol == b.protocol && std::uint32_t{b.ports.first} <= a.ports.last + 1U);
}

std::vector<PortClause> merged(std::vector<PortClause> clauses) {
  std::ranges::stable_sort(clauses, {}, order);
  std::vector<PortClause> out;
  for (PortClause& clause : clauses) {
    if (out.empty() || !touches(out.back(), clause)) {
      out.push_back(std::move(clause));
      continue;
    }
    PortClause& last = out.back();
    // What "everything" swallows adds nothing to say where it comes from.
    if (!last.is_everything() || clause.is_everything()) join_origins(last.origins, clause.origins);
    last.ports.last = std::max(last.ports.last, clause.ports.last);
  }
  return out;
}

}  // namespace

bool merge_port_clauses(policy::Program& program) {
  bool has_changed = false;
  for (policy::Profile& profile : program.profiles) {
    std::vector<PortClause> clauses = merged(profile.allows);
    if (clauses == profile.allows) continue;
    profile.allows = std::move(clauses);
    has_changed = true;
  }
  return has_changed;
}

}  // namespace netpolc::optimize
