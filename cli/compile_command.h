// SPDX-License-Identifier: Apache-2.0
// `netpolc check` and `netpolc compile`.
#pragma once

#include <string>
#include <vector>

namespace netpolc::cli {

int run_check_command(const std::vector<std::string>& args);
int run_compile_command(const std::vector<std::string>& args);

}  // namespace netpolc::cli
