// SPDX-License-Identifier: Apache-2.0
// A stable text form of the policy IR, for people and golden files.
#pragma once

#include <string>

#include "compiler/policy/ir.h"

namespace netpolc::policy {

std::string print(const Program& program);

// "tcp 80", "udp 30000-32767", "sctp *", "everything".
std::string print_clause(const PortClause& clause);

}  // namespace netpolc::policy
