// SPDX-License-Identifier: Apache-2.0
// A YAML or JSON document as located values. Scalars are resolved as YAML 1.1 the way
// sigs.k8s.io/yaml does, so `y`, `012` and `1e3` are not strings unless quoted.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "netpolc/diagnostic.h"

namespace netpolc::document {

enum class Kind : std::uint8_t { kNull, kBool, kInteger, kFloat, kString, kList, kMap };

// "a string", "a list", "an integer": for messages.
std::string_view describe(Kind kind);

struct Member;

struct Value {
  Kind kind = Kind::kNull;
  bool boolean = false;      // kBool
  std::int64_t integer = 0;  // kInteger; out of range integers are kFloat
  double floating = 0;       // kFloat
  Span span;
  std::string text;             // kString: the value; other scalars: as written
  std::vector<Value> items;     // kList
  std::vector<Member> members;  // kMap, in order of writing; keys are unique

  bool is_null() const { return kind == Kind::kNull; }
  // The value of a map's key; nullptr when absent or when this is no map. Explicit null is
  // returned.
  const Value* find(std::string_view key) const;
};

struct Member {
  std::string key;
  Span key_span;
  Value value;
};

}  // namespace netpolc::document
