// SPDX-License-Identifier: Apache-2.0
#include "cli/command.h"

#include <cstdio>
#include <sstream>

#include "cli/compiler_options.h"
#include "cli/exit_status.h"

namespace netpolc::cli {

namespace po = boost::program_options;

std::expected<po::variables_map, int> parse_command(const std::string& command,
                                                    const std::string& usage,
                                                    const po::options_description& options,
                                                    const std::vector<std::string>& args) {
  po::options_description all;
  all.add(options).add_options()("help,h", "show this text");
  po::variables_map values;
  try {
    const po::positional_options_description none;
    po::store(po::command_line_parser(args).options(all).positional(none).run(), values);
    po::notify(values);
  } catch (const po::error& error) {
    return std::unexpected(report_failure(
        command, std::string(error.what()) + "; see `netpolc " + command + " --help`", kExitUsage));
  }
  if (values.contains("help")) {
    std::ostringstream text;
    text << usage << "\n" << all;
    std::fputs(text.str().c_str(), stdout);
    return std::unexpected(kExitOk);
  }
  return values;
}

}  // namespace netpolc::cli
