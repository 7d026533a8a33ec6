// SPDX-License-Identifier: Apache-2.0
// What a plain YAML scalar means, as sigs.k8s.io/yaml (go-yaml v2) resolves it: YAML 1.1 with the
// octal of 1.2 beside, without base 60 and with timestamps left as strings.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "compiler/document/value.h"

namespace netpolc::document {

struct Scalar {
  Kind kind = Kind::kString;
  bool boolean = false;      // kBool
  std::int64_t integer = 0;  // kInteger
  double floating = 0;       // kFloat; integers beyond 64 bits are floats
};

Scalar resolve_plain(std::string_view text);

// A decimal number as in JSON or YAML, with sign, fraction and exponent; nothing if `text` is none
// or too large for a double. One that is too small is zero.
std::optional<double> parse_decimal(std::string_view text);

// The text that a key gets which is no string; nothing for null, which cannot be a key.
std::optional<std::string> key_text(const Scalar& scalar);

}  // namespace netpolc::document
