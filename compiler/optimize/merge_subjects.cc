// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "compiler/optimize/passes.h"

namespace netpolc::optimize {

bool merge_subjects(policy::Program& program) {
  using Treatment = std::tuple<model::Direction, Id<policy::Profile>,
                               std::optional<Id<policy::Profile>>, std::vector<policy::Pair>>;
  std::map<Treatment, std::size_t> first_with;
  std::vector<policy::SubjectClass> merged;
  for (policy::SubjectClass& subject : program.subjects) {
    const auto [found, is_new] = first_with.try_emplace(
        Treatment(subject.direction, subject.any, subject.workloads, subject.pairs), merged.size());
    if (is_new) {
      merged.push_back(std::move(subject));
    } else {
      std::vector<std::uint32_t>& into = merged[found->second].endpoints;
      into.insert(into.end(), subject.endpoints.begin(), subject.endpoints.end());
    }
  }
  const bool has_changed = merged.size() != program.subjects.size();
  for (policy::SubjectClass& subject : merged) std::ranges::sort(subject.endpoints);
  program.subjects = std::move(merged);
  return has_changed;
}

}  // namespace netpolc::optimize
