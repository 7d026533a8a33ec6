// SPDX-License-Identifier: Apache-2.0
// `netpolc apply`.
#pragma once

#include <string>
#include <vector>

namespace netpolc::cli {

int run_apply_command(const std::vector<std::string>& args);

}  // namespace netpolc::cli
