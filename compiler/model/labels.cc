// SPDX-License-Identifier: Apache-2.0
#include "compiler/model/labels.h"

#include <algorithm>

#include "compiler/support/check.h"

namespace netpolc::model {
namespace {

bool matches_requirement(const Requirement& requirement, const Labels& labels) {
  const auto label = labels.find(requirement.key);
  const bool is_present = label != labels.end();
  const auto has_listed_value = [&] {
    return std::find(requirement.values.begin(), requirement.values.end(), label->second) !=
           requirement.values.end();
  };
  switch (requirement.op) {
    case SelectorOperator::kIn:
      return is_present && has_listed_value();
    case SelectorOperator::kNotIn:
      return !is_present || !has_listed_value();
    case SelectorOperator::kExists:
      return is_present;
    case SelectorOperator::kDoesNotExist:
      return !is_present;
  }
  NETPOLC_CHECK(false, "unknown selector operator");
  return false;
}

std::string join(const std::vector<std::string>& values) {
  std::string out;
  for (const std::string& value : values) {
    if (!out.empty()) out += ", ";
    out += value.empty() ? "\"\"" : value;
  }
  return out;
}

std::string requirement_text(const Requirement& requirement) {
  switch (requirement.op) {
    case SelectorOperator::kIn:
      if (requirement.values.size() == 1) return requirement.key + "=" + join(requirement.values);
      return requirement.key + " in (" + join(requirement.values) + ")";
    case SelectorOperator::kNotIn:
      return requirement.key + " notin (" + join(requirement.values) + ")";
    case SelectorOperator::kExists:
      return requirement.key;
    case SelectorOperator::kDoesNotExist:
      return "!" + requirement.key;
  }
  NETPOLC_CHECK(false, "unknown selector operator");
  return {};
}

}  // namespace

bool LabelSelector::matches(const Labels& labels) const {
  return std::all_of(requirements.begin(), requirements.end(), [&](const Requirement& requirement) {
    return matches_requirement(requirement, labels);
  });
}

LabelSelector LabelSelector::normalized() const {
  LabelSelector out = *this;
  for (Requirement& requirement : out.requirements) {
    std::vector<std::string>& values = requirement.values;
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
  }
  std::vector<Requirement>& all = out.requirements;
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return out;
}

std::string LabelSelector::to_string() const {
  if (requirements.empty()) return "everything";
  std::string out;
  for (const Requirement& requirement : requirements) {
    if (!out.empty()) out += ',';
    out += requirement_text(requirement);
  }
  return out;
}

}  // namespace netpolc::model
