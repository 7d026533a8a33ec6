// SPDX-License-Identifier: Apache-2.0
#include <vector>

#include "compiler/optimize/passes.h"

namespace netpolc::optimize {

bool drop_redundant_pairs(policy::Program& program) {
  bool has_changed = false;
  for (policy::SubjectClass& subject : program.subjects) {
    const auto dropped = std::erase_if(subject.pairs, [&](const policy::Pair& pair) {
      const bool is_workload = program.classes[pair.peer.value].holds_endpoints();
      return pair.profile == (is_workload ? subject.workloads.value_or(subject.any) : subject.any);
    });
    has_changed = has_changed || dropped != 0;
    if (subject.workloads == subject.any) {
      subject.workloads.reset();
      has_changed = true;
    }
  }
  return has_changed;
}

}  // namespace netpolc::optimize
