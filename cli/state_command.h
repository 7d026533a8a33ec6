// SPDX-License-Identifier: Apache-2.0
// `netpolc status` and `netpolc delete`: what the kernel holds of ours.
#pragma once

#include <string>
#include <vector>

namespace netpolc::cli {

int run_status_command(const std::vector<std::string>& args);
int run_delete_command(const std::vector<std::string>& args);

}  // namespace netpolc::cli
