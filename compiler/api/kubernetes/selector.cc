// SPDX-License-Identifier: Apache-2.0
#include "compiler/api/kubernetes/selector.h"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/api/kubernetes/names.h"
#include "compiler/api/metadata.h"
#include "compiler/api/near.h"

namespace netpolc::api::kubernetes {
namespace {

using model::SelectorOperator;

constexpr auto kSelectorFields =
    std::to_array<std::string_view>({"matchLabels", "matchExpressions"});
constexpr auto kRequirementFields = std::to_array<std::string_view>({"key", "operator", "values"});

constexpr auto kOperatorNames =
    std::to_array<std::string_view>({"In", "NotIn", "Exists", "DoesNotExist"});
constexpr std::array kOperators{SelectorOperator::kIn, SelectorOperator::kNotIn,
                                SelectorOperator::kExists, SelectorOperator::kDoesNotExist};

bool needs_values(SelectorOperator op) {
  return op == SelectorOperator::kIn || op == SelectorOperator::kNotIn;
}

std::optional<std::string> read_key(const Object& requirement) {
  const std::optional<Field> field = requirement.find("key");
  if (!field) {
    requirement.field().report_missing("key");
    return std::nullopt;
  }
  const std::optional<std::string_view> key = field->string();
  if (!key) return std::nullopt;
  if (const Fault fault = fault_of_qualified_name(*key)) {
    field->report(diag::Code::kBadLabelKey,
                  fmt::format("label key `{}` is not valid: {}", *key, *fault));
    return std::nullopt;
  }
  return std::string(*key);
}

std::optional<SelectorOperator> read_operator(const Object& requirement) {
  const std::optional<Field> field = requirement.find("operator");
  if (!field) {
    requirement.field()
        .report_missing("operator")
        .note("the operators are `In`, `NotIn`, `Exists` and `DoesNotExist`");
    return std::nullopt;
  }
  const std::optional<std::string_view> text = field->string();
  if (!text) return std::nullopt;
  for (std::size_t i = 0; i < kOperatorNames.size(); ++i) {
    if (*text == kOperatorNames[i]) return kOperators[i];
  }
  const std::string_view meant = nearest(*text, kOperatorNames);
  field
      ->report(diag::Code::kBadSelectorOperator,
               fmt::format("there is no selector operator `{}`", *text))
      .note(meant.empty() ? "the operators are `In`, `NotIn`, `Exists` and `DoesNotExist`"
                          : fmt::format("did you mean `{}`?", meant));
  return std::nullopt;
}

std::vector<std::string> read_values(const Field& field) {
  std::vector<std::string> values;
  field.for_each_item([&](const Field& item) {
    const std::optional<std::string_view> value = item.string();
    if (!value) return;
    if (const Fault fault = fault_of_label_value(*value)) {
      item.report(diag::Code::kBadLabelValue,
                  fmt::format("label value `{}` is not valid: {}", *value, *fault));
      return;
    }
    values.emplace_back(*value);
  });
  return values;
}

void check_value_count(const Object& requirement, SelectorOperator op) {
  const std::optional<Field> values = requirement.find("values");
  if (values && values->value().kind != document::Kind::kList) return;  // reported
  const bool has_values = values && !values->value().items.empty();
  if (has_values == needs_values(op)) return;
  const Field& map = requirement.field();
  const std::string path = map.path() + ".values";
  const std::string_view name = kOperatorNames[static_cast<std::size_t>(op)];
  const Span span = values ? values->span() : map.span();
  diag::Sink& sink = map.context().sink;
  if (has_values) {
    sink.report(diag::Code::kBadSelectorValues, span,
                fmt::format("operator `{}` takes no values", name))
        .path(path)
        .object(map.context().object)
        .note("use `In` or `NotIn` to compare values");
    return;
  }
  sink.report(diag::Code::kBadSelectorValues, span, fmt::format("operator `{}` needs values", name))
      .path(path)
      .object(map.context().object)
      .note("use `Exists` or `DoesNotExist` to ask for the key alone");
}

std::optional<model::Requirement> read_requirement(const Field& field) {
  const Object object(field, kRequirementFields);
  if (field.value().kind != document::Kind::kMap && !field.value().is_null()) return std::nullopt;
  const std::optional<std::string> key = read_key(object);
  const std::optional<SelectorOperator> op = read_operator(object);
  std::vector<std::string> values;
  if (const std::optional<Field> list = object.find("values")) values = read_values(*list);
  if (op) check_value_count(object, *op);
  if (!key || !op) return std::nullopt;
  return model::Requirement{*key, *op, std::move(values)};
}

}  // namespace

model::LabelSelector read_selector(const Field& field) {
  const Object object(field, kSelectorFields);
  model::LabelSelector selector;
  if (const std::optional<Field> labels = object.find("matchLabels")) {
    for (const auto& [key, value] : read_labels(*labels)) {
      selector.requirements.push_back({key, SelectorOperator::kIn, {value}});
    }
  }
  if (const std::optional<Field> expressions = object.find("matchExpressions")) {
    expressions->for_each_item([&](const Field& item) {
      std::optional<model::Requirement> requirement = read_requirement(item);
      if (requirement) selector.requirements.push_back(std::move(*requirement));
    });
  }
  return selector.normalized();
}

}  // namespace netpolc::api::kubernetes
