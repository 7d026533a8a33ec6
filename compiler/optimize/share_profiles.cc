// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <string>
#include <unordered_map>

#include "compiler/optimize/origins.h"
#include "compiler/optimize/passes.h"
#include "compiler/policy/print.h"

namespace netpolc::optimize {

namespace {

std::string meaning(const policy::Profile& profile) {
  std::string out(model::to_string(profile.direction));
  for (const policy::PortClause& clause : profile.allows) {
    out += policy::print_clause(clause);
    out += ';';
  }
  return out;
}

void join(policy::Profile& into, const policy::Profile& from) {
  for (std::size_t index = 0; index < into.allows.size(); ++index) {
    join_origins(into.allows[index].origins, from.allows[index].origins);
  }
  join_origins(into.isolated_by, from.isolated_by);
}

}  // namespace

bool share_profiles(policy::Program& program) {
  std::unordered_map<std::string, std::uint32_t> first_with;
  std::vector<Id<policy::Profile>> shared;
  bool has_changed = false;
  for (std::uint32_t index = 0; index < program.profiles.size(); ++index) {
    const auto [found, is_new] = first_with.try_emplace(meaning(program.profiles[index]), index);
    if (!is_new) join(program.profiles[found->second], program.profiles[index]);
    shared.push_back({found->second});
  }
  const auto replace = [&](Id<policy::Profile>& profile) {
    has_changed = has_changed || shared[profile.value] != profile;
    profile = shared[profile.value];
  };
  for (policy::SubjectClass& subject : program.subjects) {
    replace(subject.any);
    if (subject.workloads) replace(*subject.workloads);
    for (policy::Pair& pair : subject.pairs) replace(pair.profile);
  }
  return has_changed;
}

}  // namespace netpolc::optimize
