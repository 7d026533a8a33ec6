// SPDX-License-Identifier: Apache-2.0
// What every command's parsing has in common.
#pragma once

#include <boost/program_options.hpp>
#include <expected>
#include <string>
#include <vector>

namespace netpolc::cli {

// Parses `args` (those behind the command's name); no positional arguments. On `--help` prints
// `usage` and the options and returns exit status 0; on a mistake says so and returns 2.
std::expected<boost::program_options::variables_map, int> parse_command(
    const std::string& command, const std::string& usage,
    const boost::program_options::options_description& options,
    const std::vector<std::string>& args);

}  // namespace netpolc::cli
