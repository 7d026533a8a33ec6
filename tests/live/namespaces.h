// SPDX-License-Identifier: Apache-2.0
// Network namespaces for tests, and commands inside them.
#pragma once

#include <optional>
#include <string>

#include "backends/nft_netlink/netns.h"

namespace netpolc::test {

// A new network namespace that lives as long as this object; the caller's own does not change.
class Namespace {
 public:
  Namespace();
  std::string path() const;  // for ConnectionOptions::netns
  // Runs a shell command inside; its output, or nothing if its status is not 0.
  std::optional<std::string> run(const std::string& command) const;

 private:
  nft_netlink::FileDescriptor fd_;
};

// Enters a user and a network namespace of the test's own and runs all tests; the exit status, 77
// if the system allows no user namespaces (1 if the environment says CI=true).
int run_live_tests(int count, char** arguments);

// Whether `command` can be run here; under CI=true its lack is a failure of the test.
bool has_command(const std::string& command);

}  // namespace netpolc::test
