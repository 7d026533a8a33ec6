// SPDX-License-Identifier: Apache-2.0
// Ids and names of classes and profiles, made from what they stand for.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "compiler/policy/ir.h"

namespace netpolc::dataplane {

// Hands out ids in 0x40000000..0x7fffffff, never twice; equal texts asked in equal order get equal
// ids.
class IdMaker {
 public:
  std::uint32_t make(std::string_view text);

 private:
  std::set<std::uint32_t> used_;
};

// "tcp_80_udp_53", "everything", "nothing"; long ones "ports_1f2e3d4c".
std::string profile_name(const policy::Profile& profile);

std::uint32_t hash32(std::string_view text);

// Comments may hold neither quotes nor control characters; longer ones than nftables takes are cut.
std::string comment_text(std::string_view text);

}  // namespace netpolc::dataplane
