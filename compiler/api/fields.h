// SPDX-License-Identifier: Apache-2.0
// Reads an object's fields: each value with its path as the API server names it
// (`spec.ingress[0].from[0]`), its type checked, explicit null taken as absent. Faults go to the
// sink; the reader then gets nothing and goes on.
//
// A Field points to its parent, so a parent must outlive its children: keep it in a local variable.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "compiler/diag/sink.h"
#include "compiler/document/value.h"

namespace netpolc::api {

// The object that the fields belong to.
struct ObjectContext {
  diag::Sink& sink;
  std::string object;      // "NetworkPolicy shop/db"
  bool is_strict = false;  // unknown fields are errors; otherwise they are ignored
};

class Field {
 public:
  // The object itself; its path is empty.
  Field(const ObjectContext& context, const document::Value& value)
      : context_(&context), value_(&value) {}

  const ObjectContext& context() const { return *context_; }
  const document::Value& value() const { return *value_; }
  Span span() const { return value_->span; }
  std::string path() const;

  // The member of that name; nothing when it is absent or null, or when this is no map (which is
  // not reported here: see Object).
  std::optional<Field> member(std::string_view name) const;

  // A diagnostic at this value, with path and object filled in.
  diag::Builder report(diag::Code code, std::string message) const;
  diag::Builder report(diag::Code code, Severity severity, std::string message) const;
  // kMissingField for the member `name` of this map, at the map.
  diag::Builder report_missing(std::string_view name) const;
  // kWrongType: "expected a string, found a boolean".
  void report_wrong_type(std::string_view expected) const;

  // The value, or nothing after a kWrongType. Null is the type's zero value, as in Go. A float
  // without a fraction is an integer (`80.0`); integers beyond 64 bits are wrong types.
  std::optional<std::string_view> string() const;
  std::optional<std::int64_t> integer() const;
  std::optional<bool> boolean() const;
  // Whether this is a list (map) or null; reports otherwise.
  bool is_list() const;
  bool is_map() const;

  // Calls `visit(const Field&)` for each item of a list.
  template <typename Visit>
  void for_each_item(Visit&& visit) const {
    if (!is_list()) return;
    for (std::size_t i = 0; i < value_->items.size(); ++i) visit(Field(*this, i));
  }

  // Calls `visit(key, const Field&)` for each member of a map.
  template <typename Visit>
  void for_each_member(Visit&& visit) const {
    if (!is_map()) return;
    for (const document::Member& member : value_->members) visit(member, Field(*this, member));
  }

 private:
  Field(const Field& parent, const document::Member& member)
      : context_(parent.context_), value_(&member.value), parent_(&parent), name_(member.key) {}
  Field(const Field& parent, std::size_t index)
      : context_(parent.context_),
        value_(&parent.value_->items[index]),
        parent_(&parent),
        index_(index) {}

  const ObjectContext* context_;
  const document::Value* value_;
  const Field* parent_ = nullptr;  // none for the object itself
  std::string_view name_;          // of a map's member; empty for a list's item
  std::size_t index_ = 0;          // of a list's item
};

// A map with the fields of one API type. Null is a map without members. Making one reports a value
// of another type and, in strict objects, every member that is not `known`.
class Object {
 public:
  Object(const Field& field, std::span<const std::string_view> known);
  Object(Field&& field, std::span<const std::string_view> known) = delete;

  const Field& field() const { return *field_; }
  // Nothing when absent or null.
  std::optional<Field> find(std::string_view name) const { return field_->member(name); }

  // The member as a value; nothing when absent, null or of another type (then reported).
  std::optional<std::string_view> string(std::string_view name) const;
  std::optional<std::int64_t> integer(std::string_view name) const;
  std::optional<bool> boolean(std::string_view name) const;

 private:
  const Field* field_;
};

}  // namespace netpolc::api
