// SPDX-License-Identifier: Apache-2.0
#include "cli/kernel_options.h"

#include "cli/compiler_options.h"
#include "cli/exit_status.h"

namespace netpolc::cli {

namespace po = boost::program_options;

po::options_description kernel_options() {
  po::options_description options("Kernel");
  auto add = options.add_options();
  add("netns", po::value<std::string>(),
      "the network namespace: a name (ip netns), a path, or a process's number");
  add("output,o", po::value<std::string>()->default_value("text"), "text or json");
  return options;
}

std::expected<bool, int> wants_json(const std::string& command, const po::variables_map& values) {
  const auto& format = values["output"].as<std::string>();
  if (format == "json") return true;
  if (format == "text") return false;
  return std::unexpected(
      report_failure(command, "--output is text or json, not `" + format + "`", kExitUsage));
}

std::expected<std::unique_ptr<nft_netlink::Connection>, int> connect(
    const std::string& command, const po::variables_map& values) {
  nft_netlink::ConnectionOptions options;
  if (values.contains("netns")) options.netns = values["netns"].as<std::string>();
  auto connection = nft_netlink::open_connection(options);
  if (!connection) {
    return std::unexpected(report_failure(command, connection.error().message, kExitEnvironment));
  }
  return std::move(*connection);
}

}  // namespace netpolc::cli
