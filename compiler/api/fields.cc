// SPDX-License-Identifier: Apache-2.0
#include "compiler/api/fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>
#include <vector>

#include "compiler/api/near.h"

namespace netpolc::api {
namespace {

using document::Kind;

bool is_scalar(Kind kind) {
  return kind == Kind::kBool || kind == Kind::kInteger || kind == Kind::kFloat;
}

std::string list_of(std::span<const std::string_view> words) {
  std::string out;
  for (const std::string_view word : words) {
    fmt::format_to(std::back_inserter(out), "{}`{}`", out.empty() ? "" : ", ", word);
  }
  return out;
}

void report_unknown_field(const Field& map, const document::Member& member,
                          std::span<const std::string_view> known) {
  const std::string parent = map.path();
  diag::Builder report = map.context().sink.report(
      diag::Code::kUnknownField, member.key_span,
      parent.empty() ? fmt::format("unknown field `{}`", member.key)
                     : fmt::format("unknown field `{}` in `{}`", member.key, parent));
  report.path(parent.empty() ? member.key : parent + "." + member.key).object(map.context().object);
  const std::string_view meant = nearest(member.key, known);
  if (!meant.empty()) {
    report.note(fmt::format("did you mean `{}`?", meant));
  } else {
    report.note(fmt::format("the fields here are {}", list_of(known)));
  }
}

}  // namespace

std::string Field::path() const {
  if (parent_ == nullptr) return {};
  std::string out = parent_->path();
  if (name_.data() == nullptr) return out + fmt::format("[{}]", index_);
  if (!out.empty()) out += '.';
  out += name_;
  return out;
}

std::optional<Field> Field::member(std::string_view name) const {
  for (const document::Member& member : value_->members) {
    if (member.key == name && !member.value.is_null()) return Field(*this, member);
  }
  return std::nullopt;
}

diag::Builder Field::report(diag::Code code, std::string message) const {
  return context_->sink.report(code, span(), std::move(message))
      .path(path())
      .object(context_->object);
}

diag::Builder Field::report(diag::Code code, Severity severity, std::string message) const {
  return context_->sink.report(code, severity, span(), std::move(message))
      .path(path())
      .object(context_->object);
}

diag::Builder Field::report_missing(std::string_view name) const {
  // The whole object is no useful place: its `kind` says which one it is.
  const document::Value* kind = parent_ == nullptr ? value_->find("kind") : nullptr;
  const std::string parent = path();
  const std::string full = parent.empty() ? std::string(name) : fmt::format("{}.{}", parent, name);
  return context_->sink
      .report(diag::Code::kMissingField, kind != nullptr ? kind->span : span(),
              fmt::format("`{}` is missing", full))
      .path(full)
      .object(context_->object);
}

void Field::report_wrong_type(std::string_view expected) const {
  diag::Builder report = this->report(
      diag::Code::kWrongType,
      fmt::format("expected {}, found {}", expected, document::describe(value_->kind)));
  if (!is_scalar(value_->kind) || !expected.ends_with("a string")) return;
  report.note(fmt::format("YAML 1.1 reads `{}` as {}; quote it to make it a string: \"{}\"",
                          value_->text, document::describe(value_->kind), value_->text));
}

std::optional<std::string_view> Field::string() const {
  if (value_->kind == Kind::kString) return value_->text;
  if (value_->is_null()) return std::string_view{};
  report_wrong_type("a string");
  return std::nullopt;
}

std::optional<std::int64_t> Field::integer() const {
  if (value_->kind == Kind::kInteger) return value_->integer;
  if (value_->is_null()) return 0;
  constexpr double kLimit = 9.0e15;  // doubles are exact integers below
  const double number = value_->floating;
  if (value_->kind == Kind::kFloat && std::abs(number) < kLimit && std::trunc(number) == number) {
    return static_cast<std::int64_t>(number);
  }
  report_wrong_type("an integer");
  return std::nullopt;
}

std::optional<bool> Field::boolean() const {
  if (value_->kind == Kind::kBool) return value_->boolean;
  if (value_->is_null()) return false;
  report_wrong_type("a boolean");
  return std::nullopt;
}

bool Field::is_list() const {
  if (value_->kind == Kind::kList || value_->is_null()) return true;
  report_wrong_type("a list");
  return false;
}

bool Field::is_map() const {
  if (value_->kind == Kind::kMap || value_->is_null()) return true;
  report_wrong_type("a map");
  return false;
}

Object::Object(const Field& field, std::span<const std::string_view> known) : field_(&field) {
  if (!field.is_map() || !field.context().is_strict) return;
  for (const document::Member& member : field.value().members) {
    if (std::find(known.begin(), known.end(), member.key) == known.end()) {
      report_unknown_field(field, member, known);
    }
  }
}

std::optional<std::string_view> Object::string(std::string_view name) const {
  const std::optional<Field> found = find(name);
  return found ? found->string() : std::nullopt;
}

std::optional<std::int64_t> Object::integer(std::string_view name) const {
  const std::optional<Field> found = find(name);
  return found ? found->integer() : std::nullopt;
}

std::optional<bool> Object::boolean(std::string_view name) const {
  const std::optional<Field> found = find(name);
  return found ? found->boolean() : std::nullopt;
}

}  // namespace netpolc::api
