// SPDX-License-Identifier: Apache-2.0
// Destination NAT in the router, as a table of its own beside the rules under test.
#pragma once

#include <string>
#include <vector>

#include "netpolc/result.h"
#include "testenv/lab/lab.h"

namespace netpolc::lab {

// The nft commands: tables `ip lab_nat` and `ip6 lab_nat`, before the forward hook. Fails on a
// service that cannot be: no such protocol, two families in one.
Result<std::string> print_services(const std::vector<Service>& services);

// Feeds the commands to `nft -f -` in the calling thread's network namespace.
Status load_ruleset(const std::string& commands);

// What the router needs where the kernel has an SCTP of its own, which answers the lab's handmade
// associations with ABORT chunks: it loses those. Empty on other kernels.
std::string print_sctp_guard();

}  // namespace netpolc::lab
