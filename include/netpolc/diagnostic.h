// SPDX-License-Identifier: Apache-2.0
// What the compiler has to say about its input, with the place that it speaks of.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace netpolc {

// A range of bytes in one source; `source` 0 means "no place" (begin and end are then 0).
struct Span {
  std::uint32_t source = 0;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;  // one past the last byte

  bool is_known() const { return source != 0; }
  auto operator<=>(const Span&) const = default;
};

enum class Severity : std::uint8_t { kNote, kWarning, kError };

// A place and what is to be said of it.
struct Label {
  Span span;
  std::string text;
};

struct Diagnostic {
  std::string_view code;  // "NP1204", of the catalogue; static storage
  Severity severity = Severity::kError;
  std::string message;     // lower case, no final period, the user's text in backticks
  Span span;               // the primary place
  std::string field_path;  // "spec.ingress[0].from[0].ipBlock.cidr", as the API server names it;
                           // may be empty
  std::string object;      // "NetworkPolicy shop/allow-api"; may be empty
  std::vector<std::string> notes;  // what to do, why
  std::vector<Label> related;      // "first defined here"
};

}  // namespace netpolc
