// SPDX-License-Identifier: Apache-2.0
#include "compiler/policy/selection.h"

#include <algorithm>

namespace netpolc::policy {

namespace {

std::string label_key(std::string_view key, std::string_view value) {
  std::string joined(key);
  joined += '=';
  joined += value;
  return joined;
}

}  // namespace

Selection::Selection(const model::Inventory& inventory) : inventory_(inventory) {
  // Endpoints come sorted by namespace, so groups numbered in order of appearance keep a namespace
  // in one range.
  std::map<model::Labels, std::uint32_t> groups_here;
  std::string_view here;
  for (std::uint32_t index = 0; index < inventory.endpoints.size(); ++index) {
    const model::Endpoint& endpoint = inventory.endpoints[index];
    if (index == 0 || endpoint.namespace_name != here) {
      here = endpoint.namespace_name;
      groups_here.clear();
      const auto first = static_cast<std::uint32_t>(groups_.size());
      namespace_groups_[endpoint.namespace_name] = {first, first};
    }
    const auto next = static_cast<std::uint32_t>(groups_.size());
    const auto [found, is_new] = groups_here.try_emplace(endpoint.labels, next);
    if (is_new) {
      groups_.push_back({&endpoint.labels, {}});
      namespace_groups_[endpoint.namespace_name].end = next + 1;
      for (const auto& [key, value] : endpoint.labels) {
        by_label_[label_key(key, value)].push_back(next);
      }
    }
    groups_[found->second].members.push_back(index);
  }
}

const std::vector<std::uint32_t>* Selection::shortest_candidates(
    const model::LabelSelector& selector, std::vector<std::uint32_t>& storage) const {
  static const std::vector<std::uint32_t> kNone;
  const std::vector<std::uint32_t>* best = nullptr;
  for (const model::Requirement& requirement : selector.requirements) {
    if (requirement.op != model::SelectorOperator::kIn) continue;
    if (requirement.values.size() == 1) {
      const auto found = by_label_.find(label_key(requirement.key, requirement.values.front()));
      const auto* candidates = found == by_label_.end() ? &kNone : &found->second;
      if (best == nullptr || candidates->size() < best->size()) best = candidates;
      continue;
    }
    std::vector<std::uint32_t> merged;
    for (const std::string& value : requirement.values) {
      const auto found = by_label_.find(label_key(requirement.key, value));
      if (found == by_label_.end()) continue;
      merged.insert(merged.end(), found->second.begin(), found->second.end());
    }
    std::ranges::sort(merged);  // a label has one value: no duplicates
    if (best == nullptr || merged.size() < best->size()) {
      storage = std::move(merged);
      best = &storage;
    }
  }
  return best;
}

void Selection::append_matches(GroupRange range, const model::LabelSelector& selector,
                               std::vector<std::uint32_t>& out) const {
  std::vector<std::uint32_t> storage;
  if (const auto* candidates = shortest_candidates(selector, storage)) {
    auto at = std::ranges::lower_bound(*candidates, range.first);
    for (; at != candidates->end() && *at < range.end; ++at) {
      if (selector.matches(*groups_[*at].labels)) out.push_back(*at);
    }
    return;
  }
  for (std::uint32_t group = range.first; group < range.end; ++group) {
    if (selector.matches(*groups_[group].labels)) out.push_back(group);
  }
}

std::vector<std::uint32_t> Selection::in_namespace(std::string_view namespace_name,
                                                   const model::LabelSelector& selector) const {
  std::vector<std::uint32_t> out;
  const auto found = namespace_groups_.find(namespace_name);
  if (found != namespace_groups_.end()) append_matches(found->second, selector, out);
  return out;
}

std::vector<std::uint32_t> Selection::in_namespaces(const model::LabelSelector& namespaces,
                                                    const model::LabelSelector& selector) const {
  std::vector<std::uint32_t> out;
  if (namespaces.selects_everything()) {
    append_matches({0, static_cast<std::uint32_t>(groups_.size())}, selector, out);
    return out;
  }
  for (const auto& [name, range] : namespace_groups_) {
    const auto found = inventory_.namespaces.find(name);
    static const model::Labels kNoLabels;
    const model::Labels& labels =
        found == inventory_.namespaces.end() ? kNoLabels : found->second.labels;
    if (namespaces.matches(labels)) append_matches(range, selector, out);
  }
  return out;
}

}  // namespace netpolc::policy
