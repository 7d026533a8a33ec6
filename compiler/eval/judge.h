// SPDX-License-Identifier: Apache-2.0
// Reference evaluators, slow and obvious, independent of each other: what the policies say of a new
// connection (judge_model) and what the ruleset does to its first packet (judge_ruleset).
#pragma once

#include <cstdint>
#include <string>

#include "compiler/model/policy.h"
#include "netpolc/compile.h"
#include "netpolc/ip.h"
#include "netpolc/ruleset.h"

namespace netpolc::eval {

// The first packet of a connection as the workloads see it (after DNAT).
struct Flow {
  IpAddress source;
  IpAddress destination;               // same family as source
  std::uint8_t protocol = 6;           // IANA number
  std::uint16_t destination_port = 0;  // TCP, UDP, SCTP
  std::uint8_t icmp_type = 0;          // ICMP, ICMPv6
};

struct Judgement {
  bool is_allowed = false;
  std::string why;  // one line: the rule that decided, or what was missing
};

// Both ends' policies; ends without policies are not judged. A workload always reaches itself.
Judgement judge_model(const model::Model& model, const Flow& flow);

// Walks the table from the base chain of `hook` as the kernel would.
Judgement judge_ruleset(const ruleset::Table& table, ruleset::Hook hook, const Flow& flow);

}  // namespace netpolc::eval
