// SPDX-License-Identifier: Apache-2.0
#include "cli/state_command.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "backends/nft_netlink/status.h"
#include "cli/command.h"
#include "cli/compiler_options.h"
#include "cli/exit_status.h"
#include "cli/kernel_options.h"
#include "netpolc/ruleset.h"

namespace netpolc::cli {

namespace {

constexpr const char* kStatusUsage =
    "Usage: netpolc status [--netns NAME] [-o text|json]\n\n"
    "Tells what the kernel holds of netpolc. Exit status: 0 told, 2 bad usage, 4 the system "
    "refused.\n";

constexpr const char* kDeleteUsage =
    "Usage: netpolc delete [--netns NAME]\n\n"
    "Removes netpolc's table from the kernel, and nothing else: what it denied is allowed from "
    "then\n"
    "on. Exit status: 0 there is none any more, 2 bad usage, 4 the system refused.\n";

void print_text(const nft_netlink::TableStatus& status, const std::string& table) {
  if (!status.is_present) {
    fmt::print("no table inet {}: nothing is enforced here\n", table);
    return;
  }
  if (status.generation) {
    fmt::print("table inet {}: generation {} in force (content {})\n", table, *status.generation,
               status.digest.empty() ? "unknown" : status.digest);
  } else {
    fmt::print("table inet {}: no generation in force: nothing is enforced here\n", table);
  }
  fmt::print("  {} sets and maps, {} elements, {} chains, {} rules\n", status.counts.sets,
             status.counts.elements, status.counts.chains, status.counts.rules);
  if (!status.leftovers.empty()) {
    fmt::print("  left behind by an interrupted apply, removed by the next: generation {}\n",
               fmt::join(status.leftovers, ", "));
  }
}

void print_json(const nft_netlink::TableStatus& status, const std::string& table) {
  fmt::print(
      "{{\"table\": \"inet {}\", \"present\": {}, \"generation\": {}, \"content\": \"{}\", "
      "\"sets\": {}, \"elements\": {}, \"chains\": {}, \"rules\": {}, \"leftovers\": [{}]}}\n",
      table, status.is_present, status.generation ? std::to_string(*status.generation) : "null",
      status.digest, status.counts.sets, status.counts.elements, status.counts.chains,
      status.counts.rules, fmt::join(status.leftovers, ", "));
}

}  // namespace

int run_status_command(const std::vector<std::string>& args) {
  const auto values = parse_command("status", kStatusUsage, kernel_options(), args);
  if (!values) return values.error();
  const auto is_json = wants_json("status", *values);
  if (!is_json) return is_json.error();
  auto connection = connect("status", *values);
  if (!connection) return connection.error();
  const std::string table = ruleset::Table().name;
  const auto status = nft_netlink::status(**connection, table);
  if (!status) return report_failure("status", status.error().message, kExitEnvironment);
  *is_json ? print_json(*status, table) : print_text(*status, table);
  return kExitOk;
}

int run_delete_command(const std::vector<std::string>& args) {
  const auto values = parse_command("delete", kDeleteUsage, kernel_options(), args);
  if (!values) return values.error();
  const auto is_json = wants_json("delete", *values);
  if (!is_json) return is_json.error();
  auto connection = connect("delete", *values);
  if (!connection) return connection.error();
  const std::string table = ruleset::Table().name;
  const auto was_there = nft_netlink::remove(**connection, table);
  if (!was_there) return report_failure("delete", was_there.error().message, kExitEnvironment);
  if (*is_json) {
    fmt::print("{{\"table\": \"inet {}\", \"deleted\": {}}}\n", table, *was_there);
  } else {
    fmt::print("{} table inet {}\n", *was_there ? "deleted" : "there was no", table);
  }
  return kExitOk;
}

}  // namespace netpolc::cli
