// SPDX-License-Identifier: Apache-2.0
#include "compiler/optimize/passes.h"

#include <algorithm>
#include <array>

#include "compiler/policy/verify.h"

namespace netpolc::optimize {

namespace {

constexpr std::array kPasses = {
    Pass{"merge-port-clauses", "join overlapping and adjacent port ranges", merge_port_clauses},
    Pass{"share-profiles", "make profiles that allow the same one", share_profiles},
    Pass{"drop-redundant-pairs", "drop pairs that say what the fallback says",
         drop_redundant_pairs},
    Pass{"merge-classes", "make classes that every subject treats alike one", merge_classes},
    Pass{"merge-subjects", "make subjects that treat every peer alike one", merge_subjects},
    Pass{"drop-unused", "remove what nothing refers to", drop_unused},
};

}  // namespace

std::span<const Pass> pass_list() { return kPasses; }

void run_passes(policy::Program& program, const std::vector<std::string>& disabled) {
  bool has_changed = true;
  while (has_changed) {
    has_changed = false;
    for (const Pass& pass : kPasses) {
      if (std::ranges::find(disabled, pass.name) != disabled.end()) continue;
      has_changed = pass.run(program) || has_changed;
      policy::verify(program, pass.name.data());
    }
  }
}

}  // namespace netpolc::optimize
