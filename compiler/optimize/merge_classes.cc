// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "compiler/optimize/passes.h"

namespace netpolc::optimize {

namespace {

using policy::AddressClass;
using policy::AddressRange;

// How a class is treated: its pairs as (subject, profile), and what fallback its addresses get.
struct Treatment {
  bool holds_endpoints = false;
  std::uint32_t local_node = 0;  // a local node's class + 1: never like another class
  std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs;

  auto operator<=>(const Treatment&) const = default;
};

std::vector<Treatment> treatments(const policy::Program& program) {
  std::vector<Treatment> out(program.classes.size());
  for (std::uint32_t index = 0; index < program.classes.size(); ++index) {
    out[index].holds_endpoints = program.classes[index].holds_endpoints();
    out[index].local_node = program.classes[index].is_local_node ? index + 1 : 0;
  }
  for (std::uint32_t subject = 0; subject < program.subjects.size(); ++subject) {
    for (const policy::Pair& pair : program.subjects[subject].pairs) {
      out[pair.peer.value].pairs.emplace_back(subject, pair.profile.value);
    }
  }
  return out;
}

std::vector<AddressRange> coalesced(std::vector<AddressRange> ranges) {
  std::ranges::sort(ranges);
  std::vector<AddressRange> out;
  for (const AddressRange& range : ranges) {
    if (!out.empty() && next_address(out.back().last) == range.first) {
      out.back().last = range.last;
    } else {
      out.push_back(range);
    }
  }
  return out;
}

}  // namespace

bool merge_classes(policy::Program& program) {
  std::vector<Treatment> treated = treatments(program);
  std::map<Treatment, std::uint32_t> first_with;
  std::vector<std::uint32_t> merged(program.classes.size());
  bool has_changed = false;
  for (std::uint32_t index = 0; index < program.classes.size(); ++index) {
    const auto [found, is_new] = first_with.try_emplace(std::move(treated[index]), index);
    merged[index] = found->second;
    AddressClass& from = program.classes[index];
    if (is_new || (from.endpoints.empty() && from.ranges.empty())) continue;
    AddressClass& into = program.classes[found->second];
    into.endpoints.insert(into.endpoints.end(), from.endpoints.begin(), from.endpoints.end());
    into.ranges.insert(into.ranges.end(), from.ranges.begin(), from.ranges.end());
    from = {};
    has_changed = true;
  }
  for (AddressClass& address_class : program.classes) {
    std::ranges::sort(address_class.endpoints);
    std::vector<AddressRange> ranges = coalesced(address_class.ranges);
    has_changed = has_changed || ranges.size() != address_class.ranges.size();
    address_class.ranges = std::move(ranges);
  }
  for (policy::SubjectClass& subject : program.subjects) {
    // Merged classes have the same pairs: keep those of the class that stays.
    std::erase_if(subject.pairs, [&](const policy::Pair& pair) {
      return merged[pair.peer.value] != pair.peer.value;
    });
  }
  // Emptied classes go at once: no class may be without members.
  std::vector<std::uint32_t> renumbered(program.classes.size());
  std::vector<AddressClass> kept;
  for (std::uint32_t index = 0; index < program.classes.size(); ++index) {
    if (merged[index] != index) continue;
    renumbered[index] = static_cast<std::uint32_t>(kept.size());
    kept.push_back(std::move(program.classes[index]));
  }
  program.classes = std::move(kept);
  for (policy::SubjectClass& subject : program.subjects) {
    for (policy::Pair& pair : subject.pairs) pair.peer = {renumbered[pair.peer.value]};
  }
  for (policy::NodeExemption& exemption : program.exemptions) {
    exemption.node = {renumbered[exemption.node.value]};
  }
  return has_changed;
}

}  // namespace netpolc::optimize
