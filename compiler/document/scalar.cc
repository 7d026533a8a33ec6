// SPDX-License-Identifier: Apache-2.0
#include "compiler/document/scalar.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace netpolc::document {
namespace {

constexpr std::string_view kTrue[] = {"y",    "Y",    "yes", "Yes", "YES", "true",
                                      "True", "TRUE", "on",  "On",  "ON"};
constexpr std::string_view kFalse[] = {"n",     "N",     "no",  "No",  "NO", "false",
                                       "False", "FALSE", "off", "Off", "OFF"};
constexpr std::string_view kNull[] = {"", "~", "null", "Null", "NULL"};
constexpr std::string_view kNan[] = {".nan", ".NaN", ".NAN"};
constexpr std::string_view kInfinity[] = {".inf", ".Inf", ".INF"};

template <std::size_t N>
bool is_one_of(std::string_view text, const std::string_view (&words)[N]) {
  return std::find(std::begin(words), std::end(words), text) != std::end(words);
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_sign(char c) { return c == '+' || c == '-'; }

Scalar boolean(bool value) { return Scalar{.kind = Kind::kBool, .boolean = value}; }

Scalar integer(std::int64_t value) { return Scalar{.kind = Kind::kInteger, .integer = value}; }

Scalar floating(double value) { return Scalar{.kind = Kind::kFloat, .floating = value}; }

// The digits of `base`, all of them; integers beyond 64 bits become floats.
std::optional<Scalar> digits(std::string_view text, bool is_negative, int base) {
  if (text.empty()) return std::nullopt;
  std::uint64_t magnitude = 0;
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, magnitude, base);
  if (at != end || error == std::errc::invalid_argument) return std::nullopt;
  constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (error == std::errc()) {
    if (magnitude <= kMax) {
      const auto value = static_cast<std::int64_t>(magnitude);
      return integer(is_negative ? -value : value);
    }
    if (is_negative && magnitude == kMax + 1) {
      return integer(std::numeric_limits<std::int64_t>::min());
    }
  }
  double value = 0;
  for (const char c : text) {
    const int digit = is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10;
    value = value * base + digit;
  }
  return floating(is_negative ? -value : value);
}

// An integer of Go's ParseInt with base 0, whose underscores are gone already.
std::optional<Scalar> parse_integer(std::string_view text) {
  bool is_negative = false;
  if (is_sign(text.front())) {
    is_negative = text.front() == '-';
    text.remove_prefix(1);
  }
  if (text.size() < 2 || text[0] != '0') return digits(text, is_negative, 10);
  switch (text[1]) {
    case 'x':
    case 'X':
      return digits(text.substr(2), is_negative, 16);
    case 'o':
    case 'O':
      return digits(text.substr(2), is_negative, 8);
    case 'b':
    case 'B':
      return digits(text.substr(2), is_negative, 2);
    default:
      break;
  }
  if (std::optional<Scalar> octal = digits(text.substr(1), is_negative, 8)) return octal;
  // `08` is no octal; go-yaml then takes it as the float 8, which is JSON's integer 8.
  return digits(text, is_negative, 10);
}

// Sign, digits with at most one dot and at least one digit, exponent.
bool is_decimal(std::string_view text) {
  std::size_t i = 0;
  const auto skip_digits = [&] {
    const std::size_t begin = i;
    while (i < text.size() && is_digit(text[i])) ++i;
    return i - begin;
  };
  if (i < text.size() && is_sign(text[i])) ++i;
  std::size_t count = skip_digits();
  if (i < text.size() && text[i] == '.') {
    ++i;
    count += skip_digits();
  }
  if (count == 0) return false;
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    if (i < text.size() && is_sign(text[i])) ++i;
    if (skip_digits() == 0) return false;
  }
  return i == text.size();
}

// Whether a decimal that no double can hold is too small for one, rather than too large.
bool is_tiny(std::string_view text) {
  const std::size_t e = text.find_first_of("eE");
  const std::string_view mantissa = text.substr(0, e);
  const std::size_t first = mantissa.find_first_of("123456789");
  if (first == std::string_view::npos) return true;
  if (e != std::string_view::npos) {
    std::string_view exponent = text.substr(e + 1);
    const bool is_negative = exponent.front() == '-';
    if (is_sign(exponent.front())) exponent.remove_prefix(1);
    exponent.remove_prefix(std::min(exponent.find_first_not_of('0'), exponent.size()));
    // Longer exponents outweigh any mantissa that fits into memory's sources.
    if (exponent.size() > 9) return is_negative;
    long value = 0;
    std::from_chars(exponent.data(), exponent.data() + exponent.size(), value);
    const auto dot = static_cast<long>(std::min(mantissa.find('.'), mantissa.size()));
    return dot - static_cast<long>(first) + (is_negative ? -value : value) < 0;
  }
  return first > mantissa.find('.');
}

}  // namespace

std::optional<double> parse_decimal(std::string_view text) {
  if (!is_decimal(text)) return std::nullopt;
  const bool is_negative = text.front() == '-';
  if (is_sign(text.front())) text.remove_prefix(1);
  double value = 0;
  const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range) {
    if (!is_tiny(text)) return std::nullopt;
    value = 0;
  } else if (error != std::errc()) {
    return std::nullopt;
  }
  return is_negative ? -value : value;
}

Scalar resolve_plain(std::string_view text) {
  if (is_one_of(text, kNull)) return Scalar{.kind = Kind::kNull};
  if (is_one_of(text, kTrue)) return boolean(true);
  if (is_one_of(text, kFalse)) return boolean(false);
  if (is_one_of(text, kNan)) return floating(std::numeric_limits<double>::quiet_NaN());
  const std::string_view unsigned_text = is_sign(text.front()) ? text.substr(1) : text;
  if (is_one_of(unsigned_text, kInfinity)) {
    const double infinity = std::numeric_limits<double>::infinity();
    return floating(text.front() == '-' ? -infinity : infinity);
  }
  if (text.front() == '.') {
    const std::optional<double> value = parse_decimal(text);
    return value ? floating(*value) : Scalar{};
  }
  if (!is_digit(text.front()) && !is_sign(text.front())) return Scalar{};
  std::string plain(text);
  std::erase(plain, '_');
  if (const std::optional<Scalar> value = parse_integer(plain)) return *value;
  if (const std::optional<double> value = parse_decimal(plain)) return floating(*value);
  return Scalar{};
}

std::optional<std::string> key_text(const Scalar& scalar) {
  switch (scalar.kind) {
    case Kind::kBool:
      return scalar.boolean ? "true" : "false";
    case Kind::kInteger:
      return fmt::format("{}", scalar.integer);
    case Kind::kFloat: {
      if (std::isnan(scalar.floating)) return ".nan";
      // In single precision: that is how sigs.k8s.io/yaml prints such keys.
      const auto value = static_cast<float>(scalar.floating);
      if (std::isinf(value)) return value > 0 ? ".inf" : "-.inf";
      std::array<char, 64> buffer{};
      const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                              std::chars_format::general);
      return std::string(buffer.data(), end);
    }
    default:
      return std::nullopt;
  }
}

}  // namespace netpolc::document
