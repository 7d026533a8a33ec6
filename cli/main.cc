// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include "cli/apply_command.h"
#include "cli/compile_command.h"
#include "cli/exit_status.h"
#include "cli/state_command.h"
#include "cli/test_command.h"
#include "compiler/support/check.h"

namespace {

using netpolc::cli::ExitStatus;

struct Command {
  std::string_view name;
  std::string_view summary;
  int (*run)(const std::vector<std::string>&);
};

constexpr std::array kCommands = {
    Command{"check", "validate policies and inventory, with every error's place",
            netpolc::cli::run_check_command},
    Command{"compile", "write the nftables ruleset, for review", netpolc::cli::run_compile_command},
    Command{"apply", "put the ruleset into the kernel; no packet sees a mix",
            netpolc::cli::run_apply_command},
    Command{"status", "tell what is in the kernel", netpolc::cli::run_status_command},
    Command{"delete", "remove netpolc's table from the kernel", netpolc::cli::run_delete_command},
    Command{"test", "run policy test cases, simulated or with real packets",
            netpolc::cli::run_test_command},
};

std::string usage() {
  std::string text =
      "netpolc compiles Kubernetes network policies to nftables, for any Linux.\n\n"
      "Usage: netpolc COMMAND [options]; netpolc COMMAND --help\n\nCommands:\n";
  for (const Command& command : kCommands) {
    text += fmt::format("  {:9} {}\n", command.name, command.summary);
  }
  text +=
      "\nExit status: 0 ok, 1 findings, 2 bad usage, 3 invalid input, 4 the system refused, "
      "70 a bug of netpolc.\n";
  return text;
}

int run(const std::vector<std::string>& args) {
  if (args.empty()) {
    fmt::print(stderr, "{}", usage());
    return ExitStatus::kExitUsage;
  }
  if (args.front() == "--help" || args.front() == "-h" || args.front() == "help") {
    fmt::print("{}", usage());
    return ExitStatus::kExitOk;
  }
  if (args.front() == "--version") {
    fmt::print("netpolc {}\n", NETPOLC_VERSION);
    return ExitStatus::kExitOk;
  }
  for (const Command& command : kCommands) {
    if (args.front() == command.name) return command.run({args.begin() + 1, args.end()});
  }
  fmt::print(stderr, "netpolc: there is no command `{}`\n\n{}", args.front(), usage());
  return ExitStatus::kExitUsage;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run({argv + 1, argv + argc});
  } catch (const netpolc::InternalError& bug) {
    fmt::print(stderr,
               "netpolc: internal error: {}\nThis is a bug of netpolc; the kernel's rules are as "
               "they were. Please report it with the output of `netpolc compile --dump=policy`.\n",
               bug.what());
  } catch (const std::exception& error) {
    fmt::print(stderr, "netpolc: internal error: {}\n", error.what());
  }
  return ExitStatus::kExitInternal;
}
