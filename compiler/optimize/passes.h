// SPDX-License-Identifier: Apache-2.0
// The optimising passes on the policy IR and their runner. A pass keeps every verdict; it only
// makes the program smaller. pass_list() is the one list of them.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/policy/ir.h"

namespace netpolc::optimize {

// Passes return whether they changed the program. Each keeps the invariants of policy::verify.
//
// tcp 80, tcp 80-90, tcp 91 → tcp 80-91; everything swallows the rest. Origins are joined.
bool merge_port_clauses(policy::Program& program);
// Profiles of a direction that allow the same become one; their origins are joined.
// @pre merge_port_clauses: equal meaning is then equal text.
bool share_profiles(policy::Program& program);
// A pair whose profile is what the peer would get without it is dropped.
bool drop_redundant_pairs(policy::Program& program);
// Classes that every subject treats alike become one; adjacent ranges of a class become one.
bool merge_classes(policy::Program& program);
// Subjects with the same pairs and fallbacks become one.
bool merge_subjects(policy::Program& program);
// Profiles and classes that nothing refers to are removed and ids made dense. Endpoints keep a
// class.
bool drop_unused(policy::Program& program);

struct Pass {
  std::string_view name;
  std::string_view summary;
  bool (*run)(policy::Program&);
};

std::span<const Pass> pass_list();

// Runs all passes but the `disabled` ones until none changes anything; verifies after each.
void run_passes(policy::Program& program, const std::vector<std::string>& disabled);

}  // namespace netpolc::optimize
