// SPDX-License-Identifier: Apache-2.0
// Union of sorted origin lists.
#pragma once

#include <algorithm>
#include <iterator>
#include <vector>

#include "compiler/policy/ir.h"

namespace netpolc::optimize {

inline void join_origins(std::vector<Id<policy::Origin>>& into,
                         const std::vector<Id<policy::Origin>>& from) {
  std::vector<Id<policy::Origin>> joined;
  joined.reserve(into.size() + from.size());
  std::ranges::set_union(into, from, std::back_inserter(joined));
  into = std::move(joined);
}

}  // namespace netpolc::optimize
