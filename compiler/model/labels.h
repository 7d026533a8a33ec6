// SPDX-License-Identifier: Apache-2.0
// Labels and label selectors, as apimachinery's labels.Selector has them.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace netpolc::model {

using Labels = std::map<std::string, std::string, std::less<>>;

enum class SelectorOperator : std::uint8_t { kIn, kNotIn, kExists, kDoesNotExist };

// One condition. kIn: key present and value listed. kNotIn: key absent or value not listed.
struct Requirement {
  std::string key;
  SelectorOperator op = SelectorOperator::kExists;
  std::vector<std::string> values;  // sorted, unique; empty for kExists and kDoesNotExist

  auto operator<=>(const Requirement&) const = default;
};

// All requirements hold; none at all selects everything. Requirements are sorted and unique
// (normalized()), so equal selectors compare equal.
struct LabelSelector {
  std::vector<Requirement> requirements;

  bool matches(const Labels& labels) const;
  bool selects_everything() const { return requirements.empty(); }
  LabelSelector normalized() const;
  // "app=web,tier in (a, b)"; "everything" for an empty one.
  std::string to_string() const;

  auto operator<=>(const LabelSelector&) const = default;
};

}  // namespace netpolc::model
