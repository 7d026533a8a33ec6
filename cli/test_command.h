// SPDX-License-Identifier: Apache-2.0
// `netpolc test CASE_DIR...`: policy test cases, simulated and on request with real packets.
#pragma once

#include <string>
#include <vector>

namespace netpolc::cli {

// `args` are those behind "test". Returns the exit status: 0 all passed (or skipped), 1 some
// failed, 2 bad usage, 3 some case is unreadable, 4 the environment refused the lab.
int run_test_command(const std::vector<std::string>& args);

}  // namespace netpolc::cli
