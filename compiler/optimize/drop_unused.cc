// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <utility>
#include <vector>

#include "compiler/optimize/passes.h"

namespace netpolc::optimize {

namespace {

// Keeps the items that are used, in order; `new_index` then tells where each went.
template <typename T>
bool compact(std::vector<T>& items, const std::vector<bool>& is_used,
             std::vector<std::uint32_t>& new_index) {
  std::vector<T> kept;
  new_index.assign(items.size(), 0);
  for (std::size_t index = 0; index < items.size(); ++index) {
    if (!is_used[index]) continue;
    new_index[index] = static_cast<std::uint32_t>(kept.size());
    kept.push_back(std::move(items[index]));
  }
  const bool has_changed = kept.size() != items.size();
  items = std::move(kept);
  return has_changed;
}

}  // namespace

bool drop_unused(policy::Program& program) {
  std::vector<bool> profile_is_used(program.profiles.size());
  std::vector<bool> class_is_used(program.classes.size());
  for (std::size_t index = 0; index < program.classes.size(); ++index) {
    class_is_used[index] = program.classes[index].holds_endpoints();
  }
  for (const policy::SubjectClass& subject : program.subjects) {
    profile_is_used[subject.any.value] = true;
    if (subject.workloads) profile_is_used[subject.workloads->value] = true;
    for (const policy::Pair& pair : subject.pairs) {
      profile_is_used[pair.profile.value] = true;
      class_is_used[pair.peer.value] = true;
    }
  }
  for (const policy::NodeExemption& exemption : program.exemptions) {
    class_is_used[exemption.node.value] = true;
  }
  std::vector<std::uint32_t> profiles;
  std::vector<std::uint32_t> classes;
  const bool fewer_profiles = compact(program.profiles, profile_is_used, profiles);
  const bool fewer_classes = compact(program.classes, class_is_used, classes);
  for (policy::SubjectClass& subject : program.subjects) {
    subject.any = {profiles[subject.any.value]};
    if (subject.workloads) subject.workloads = {profiles[subject.workloads->value]};
    for (policy::Pair& pair : subject.pairs) {
      pair = {{classes[pair.peer.value]}, {profiles[pair.profile.value]}};
    }
  }
  for (policy::NodeExemption& exemption : program.exemptions) {
    exemption.node = {classes[exemption.node.value]};
  }
  return fewer_profiles || fewer_classes;
}

}  // namespace netpolc::optimize
