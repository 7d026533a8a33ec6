// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <charconv>
#include <string_view>

#include "netpolc/ruleset.h"

namespace netpolc::ruleset {

namespace {

constexpr std::string_view kBefore = "netpolc generation ";
constexpr std::string_view kBetween = " content ";

}  // namespace

std::string stamp_comment(const Stamp& stamp) {
  return fmt::format("{}{}{}{}", kBefore, stamp.generation, kBetween, stamp.digest);
}

std::optional<Stamp> parse_stamp(const std::string& comment) {
  std::string_view rest = comment;
  if (!rest.starts_with(kBefore)) return std::nullopt;
  rest.remove_prefix(kBefore.size());
  Stamp stamp;
  const auto parsed = std::from_chars(rest.data(), rest.data() + rest.size(), stamp.generation);
  if (parsed.ec != std::errc()) return std::nullopt;
  rest.remove_prefix(static_cast<std::size_t>(parsed.ptr - rest.data()));
  if (!rest.starts_with(kBetween)) return std::nullopt;
  rest.remove_prefix(kBetween.size());
  if (rest.empty() || rest.find(' ') != std::string_view::npos) return std::nullopt;
  stamp.digest = rest;
  return stamp;
}

}  // namespace netpolc::ruleset
