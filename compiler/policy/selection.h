// SPDX-License-Identifier: Apache-2.0
// Which endpoints a selector selects, without trying every selector on every endpoint: endpoints
// with equal namespace and labels are one group, and an index by label value finds the candidates.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "compiler/model/inventory.h"

namespace netpolc::policy {

class Selection {
 public:
  explicit Selection(const model::Inventory& inventory);

  std::size_t group_count() const { return groups_.size(); }
  // Indices into Inventory::endpoints, ascending.
  const std::vector<std::uint32_t>& members(std::uint32_t group) const {
    return groups_[group].members;
  }

  // Groups of one namespace that `selector` selects, ascending.
  std::vector<std::uint32_t> in_namespace(std::string_view namespace_name,
                                          const model::LabelSelector& selector) const;
  // Groups of all namespaces that `namespaces` selects, ascending.
  std::vector<std::uint32_t> in_namespaces(const model::LabelSelector& namespaces,
                                           const model::LabelSelector& selector) const;

 private:
  struct Group {
    const model::Labels* labels = nullptr;
    std::vector<std::uint32_t> members;
  };
  struct GroupRange {
    std::uint32_t first = 0;
    std::uint32_t end = 0;
  };

  void append_matches(GroupRange range, const model::LabelSelector& selector,
                      std::vector<std::uint32_t>& out) const;
  // The shortest list of groups that can match at all; nullptr when no requirement is indexed.
  const std::vector<std::uint32_t>* shortest_candidates(const model::LabelSelector& selector,
                                                        std::vector<std::uint32_t>& storage) const;

  const model::Inventory& inventory_;
  std::vector<Group> groups_;  // by namespace, so that a namespace is a range
  std::map<std::string, GroupRange, std::less<>> namespace_groups_;
  std::unordered_map<std::string, std::vector<std::uint32_t>> by_label_;  // "key=value"
};

}  // namespace netpolc::policy
