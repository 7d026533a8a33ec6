// SPDX-License-Identifier: Apache-2.0
#include "compiler/api/kubernetes/names.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

namespace netpolc::api::kubernetes {
namespace {

constexpr std::size_t kMaxLabel = 63;
constexpr std::size_t kMaxSubdomain = 253;
constexpr std::size_t kMaxPortName = 15;

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower_or_digit(char c) { return is_lower(c) || is_digit(c); }
bool is_letter_or_digit(char c) { return is_lower_or_digit(c) || (c >= 'A' && c <= 'Z'); }

Fault fault_of_length(std::string_view text, std::size_t limit) {
  if (text.empty()) return "it is empty";
  if (text.size() > limit) return fmt::format("it is longer than {} characters", limit);
  return std::nullopt;
}

Fault fault_of_dns_characters(std::string_view text, bool may_have_dots) {
  for (const char c : text) {
    if (is_lower_or_digit(c) || c == '-' || (c == '.' && may_have_dots)) continue;
    return may_have_dots ? "it may only have lower-case letters, digits, `-` and `.`"
                         : "it may only have lower-case letters, digits and `-`";
  }
  return std::nullopt;
}

// A letter or digit at both ends of `part`.
bool has_good_ends(std::string_view part) {
  return !part.empty() && is_letter_or_digit(part.front()) && is_letter_or_digit(part.back());
}

// The name part of a qualified name, or a label value that is not empty.
Fault fault_of_label_text(std::string_view text) {
  if (Fault fault = fault_of_length(text, kMaxLabel)) return fault;
  for (const char c : text) {
    if (is_letter_or_digit(c) || c == '-' || c == '_' || c == '.') continue;
    return "it may only have letters, digits, `-`, `_` and `.`";
  }
  if (!has_good_ends(text)) return "it must start and end with a letter or digit";
  return std::nullopt;
}

}  // namespace

Fault fault_of_dns_label(std::string_view text) {
  if (Fault fault = fault_of_length(text, kMaxLabel)) return fault;
  if (Fault fault = fault_of_dns_characters(text, false)) return fault;
  if (!has_good_ends(text)) return "it must start and end with a letter or digit";
  return std::nullopt;
}

Fault fault_of_dns_subdomain(std::string_view text) {
  if (Fault fault = fault_of_length(text, kMaxSubdomain)) return fault;
  if (Fault fault = fault_of_dns_characters(text, true)) return fault;
  for (std::string_view rest = text;;) {
    const std::size_t dot = rest.find('.');
    if (!has_good_ends(rest.substr(0, dot))) {
      return "each part between dots must start and end with a letter or digit";
    }
    if (dot == std::string_view::npos) return std::nullopt;
    rest.remove_prefix(dot + 1);
  }
}

Fault fault_of_qualified_name(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return fault_of_label_text(text);
  if (text.find('/', slash + 1) != std::string_view::npos) return "it has more than one `/`";
  if (Fault fault = fault_of_dns_subdomain(text.substr(0, slash))) {
    return "of the part before `/`: " + *fault;
  }
  if (Fault fault = fault_of_label_text(text.substr(slash + 1))) {
    return "of the part after `/`: " + *fault;
  }
  return std::nullopt;
}

Fault fault_of_label_value(std::string_view text) {
  if (text.empty()) return std::nullopt;
  return fault_of_label_text(text);
}

Fault fault_of_port_name(std::string_view text) {
  if (Fault fault = fault_of_length(text, kMaxPortName)) return fault;
  if (Fault fault = fault_of_dns_characters(text, false)) return fault;
  if (std::none_of(text.begin(), text.end(), is_lower)) return "it has no letter";
  if (text.find("--") != std::string_view::npos) return "it has two hyphens in a row";
  if (!has_good_ends(text)) return "it must not begin or end with a hyphen";
  return std::nullopt;
}

}  // namespace netpolc::api::kubernetes
