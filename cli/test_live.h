// SPDX-License-Identifier: Apache-2.0
// Runs cases with real packets: the lab's hosts are the case's, the compiled rules are applied in
// its router, and every probe is a connection attempt.
#pragma once

#include <vector>

#include "cli/test_report.h"
#include "compiler/cases/case.h"
#include "netpolc/result.h"

namespace netpolc::cli {

// Once a process, while it has one thread.
Status enter_lab();

// Results in the order of `tests`. Steps on equal clusters share a lab, one after the other; the
// steps of a case keep their order. Steps that do not compile are left out. An Error says what the
// system refused.
Result<std::vector<LiveResult>> run_live(const std::vector<const cases::Case*>& tests);

}  // namespace netpolc::cli
