// SPDX-License-Identifier: Apache-2.0
// Options and output that the commands which talk to the kernel share.
#pragma once

#include <boost/program_options.hpp>
#include <expected>
#include <memory>
#include <string>

#include "backends/nft_netlink/connection.h"

namespace netpolc::cli {

// --netns and -o/--output.
boost::program_options::options_description kernel_options();

// True for `--output json`; an exit status (already reported) for anything but text and json.
std::expected<bool, int> wants_json(const std::string& command,
                                    const boost::program_options::variables_map& values);

// The connection, or an exit status (already reported).
std::expected<std::unique_ptr<nft_netlink::Connection>, int> connect(
    const std::string& command, const boost::program_options::variables_map& values);

}  // namespace netpolc::cli
