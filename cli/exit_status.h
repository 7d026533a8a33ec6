// SPDX-License-Identifier: Apache-2.0
// Exit statuses of every command.
#pragma once

namespace netpolc::cli {

enum ExitStatus : int {
  kExitOk = 0,
  kExitFindings = 1,      // a failed test, a difference
  kExitUsage = 2,         // bad usage
  kExitInvalidInput = 3,  // policies, inventory or cases that cannot be read or are wrong
  kExitEnvironment = 4,   // the system refused: netlink, permissions, a missing namespace
  kExitInternal = 70,     // a bug of netpolc (EX_SOFTWARE)
};

}  // namespace netpolc::cli
