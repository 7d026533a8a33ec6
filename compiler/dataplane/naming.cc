// SPDX-License-Identifier: Apache-2.0
#include "compiler/dataplane/naming.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "compiler/policy/print.h"
#include "netpolc/ruleset.h"

namespace netpolc::dataplane {

namespace {

constexpr std::uint32_t kFirstId = 0x40000000;
constexpr std::uint32_t kIdMask = 0x3fffffff;
// Names with their prefix and generation must stay below nftables' limit and be readable.
constexpr std::size_t kMaxProfileName = 48;

}  // namespace

std::uint32_t hash32(std::string_view text) {
  std::uint32_t state = 0x811c9dc5;  // FNV-1a
  for (const char byte : text) state = (state ^ static_cast<unsigned char>(byte)) * 0x01000193U;
  return state;
}

std::uint32_t IdMaker::make(std::string_view text) {
  std::uint32_t offset = hash32(text) & kIdMask;
  while (!used_.insert(kFirstId + offset).second) offset = (offset + 1) & kIdMask;
  return kFirstId + offset;
}

std::string profile_name(const policy::Profile& profile) {
  if (profile.allows.empty()) return "nothing";
  std::string name;
  for (const policy::PortClause& clause : profile.allows) {
    if (!name.empty()) name += '_';
    name += policy::print_clause(clause);
  }
  for (char& letter : name) {
    if (letter == ' ' || letter == '-') letter = '_';
    if (letter == '*') letter = 'x';
    letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  }
  if (name.size() > kMaxProfileName) name = fmt::format("ports_{:08x}", hash32(name));
  return name;
}

std::string comment_text(std::string_view text) {
  std::string out(text);
  for (char& letter : out) {
    const auto byte = static_cast<unsigned char>(letter);
    if (byte < 0x20 || byte >= 0x7f || letter == '"' || letter == '\\') letter = '_';
  }
  // The kernel's limit counts a final zero byte.
  if (out.size() >= ruleset::kMaxComment) {
    out.resize(ruleset::kMaxComment - 4);
    out += "...";
  }
  return out;
}

}  // namespace netpolc::dataplane
