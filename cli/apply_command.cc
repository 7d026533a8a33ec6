// SPDX-License-Identifier: Apache-2.0
#include "cli/apply_command.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <optional>

#include "backends/nft_netlink/apply.h"
#include "cli/command.h"
#include "cli/compiler_options.h"
#include "cli/consent.h"
#include "cli/exit_status.h"
#include "cli/kernel_options.h"

namespace netpolc::cli {

namespace {

namespace po = boost::program_options;
using nft_netlink::ApplyOptions;
using nft_netlink::ApplyReport;

constexpr const char* kUsage =
    "Usage: netpolc apply -f POLICIES -i INVENTORY [--netns NAME] [options]\n\n"
    "Compiles policies and puts the ruleset into the kernel. Packets meet the old ruleset or the\n"
    "new one, never a mix; on any failure the old one stays in force.\n"
    "Exit status: 0 in force (or, with --dry-run, planned), 1 rolled back for want of a\n"
    "confirmation, 2 bad usage, 3 invalid input, 4 the system refused.\n";

constexpr int kMaxConfirmSeconds = 86'400;

po::options_description apply_options() {
  po::options_description options("Apply");
  auto add = options.add_options();
  add("dry-run", "tell what would be done; change nothing");
  add("confirm", po::value<int>(),
      "SECONDS: go back to the old ruleset unless `yes` is typed (or SIGUSR1 comes) by then");
  add("force", "load the ruleset even if the kernel holds the same already");
  return options;
}

std::string generation_text(const ApplyReport& report) {
  return report.from_generation ? fmt::format("generation {}", *report.from_generation)
                                : std::string(report.is_fresh ? "no table" : "nothing in force");
}

void print_text(const ApplyReport& report, const char* verb) {
  if (report.is_unchanged) {
    fmt::print("unchanged: generation {} holds this ruleset already (content {})\n",
               report.to_generation, report.to_digest);
    return;
  }
  fmt::print("{}: {} -> generation {} (content {})\n", verb, generation_text(report),
             report.to_generation, report.to_digest);
  fmt::print("  {} sets and maps, {} elements, {} chains, {} rules; {} bytes of netlink\n",
             report.counts.sets, report.counts.elements, report.counts.chains, report.counts.rules,
             report.bytes);
  if (!report.deleted_generations.empty()) {
    fmt::print("  {} sets and maps and {} chains of older generations removed\n",
               report.deleted_sets, report.deleted_chains);
  }
}

void print_json(const ApplyReport& report, const char* outcome) {
  fmt::print(
      "{{\"outcome\": \"{}\", \"from_generation\": {}, \"to_generation\": {}, \"content\": \"{}\", "
      "\"sets\": {}, \"elements\": {}, \"chains\": {}, \"rules\": {}, \"bytes\": {}, "
      "\"transactions\": {}}}\n",
      report.is_unchanged ? "unchanged" : outcome,
      report.from_generation ? std::to_string(*report.from_generation) : "null",
      report.to_generation, report.to_digest, report.counts.sets, report.counts.elements,
      report.counts.chains, report.counts.rules, report.bytes, report.transactions);
}

void print_report(const ApplyReport& report, const char* outcome, bool is_json) {
  is_json ? print_json(report, outcome) : print_text(report, outcome);
}

// Switches, waits for consent, then keeps the new ruleset or goes back.
int apply_with_consent(nft_netlink::Connection& connection, const ruleset::Table& table,
                       const ApplyOptions& options, std::chrono::seconds patience, bool is_json) {
  const auto refuse = [](const Error& error) {
    return report_failure("apply", error.message, kExitEnvironment);
  };
  ConsentWaiter consent;
  auto transition = nft_netlink::Transition::begin(connection, table, options);
  if (!transition) return refuse(transition.error());
  if (transition->report().is_unchanged) {
    // What an interrupted apply has left behind goes all the same.
    if (const Status cleaned = transition->commit(); !cleaned) return refuse(cleaned.error());
    print_report(transition->report(), "unchanged", is_json);
    return kExitOk;
  }
  if (const Status staged = transition->stage(); !staged) return refuse(staged.error());
  if (const Status switched = transition->switch_over(); !switched) return refuse(switched.error());
  fmt::print(stderr, "in force on trial; type `yes` and Enter within {} s to keep it\n",
             patience.count());
  const Consent answer = consent.wait(patience);
  if (answer != Consent::kGiven) {
    if (const Status back = transition->rollback(); !back) return refuse(back.error());
    fmt::print(stderr, "{}; rolled back to {}\n",
               answer == Consent::kTimedOut ? "no confirmation in time" : "not confirmed",
               generation_text(transition->report()));
    if (is_json) print_json(transition->report(), "rolled back");
    return kExitFindings;
  }
  if (const Status kept = transition->commit(); !kept) return refuse(kept.error());
  print_report(transition->report(), "applied", is_json);
  return kExitOk;
}

}  // namespace

int run_apply_command(const std::vector<std::string>& args) {
  po::options_description options = input_options();
  options.add(ruleset_options()).add(apply_options()).add(kernel_options());
  const auto values = parse_command("apply", kUsage, options, args);
  if (!values) return values.error();
  const auto settings = compiler_settings(*values);
  if (!settings) return report_failure("apply", settings.error(), kExitUsage);
  if (!settings->options.dump_stage.empty()) {
    return report_failure("apply", "--dump goes with check and compile", kExitUsage);
  }
  const auto is_json = wants_json("apply", *values);
  if (!is_json) return is_json.error();
  std::optional<std::chrono::seconds> patience;
  if (values->contains("confirm")) {
    const int seconds = (*values)["confirm"].as<int>();
    if (seconds < 1 || seconds > kMaxConfirmSeconds) {
      return report_failure("apply", "--confirm takes 1 to 86400 seconds", kExitUsage);
    }
    patience = std::chrono::seconds(seconds);
  }
  int status = kExitOk;
  const auto compilation = run_compiler(*settings, Extent::kCompile, status);
  if (!compilation) return status;
  auto connection = connect("apply", *values);
  if (!connection) return connection.error();
  ApplyOptions apply;
  apply.dry_run = values->contains("dry-run");
  apply.force = values->contains("force");
  if (patience && !apply.dry_run) {
    return apply_with_consent(**connection, compilation->table, apply, *patience, *is_json);
  }
  const auto report = nft_netlink::apply(**connection, compilation->table, apply);
  if (!report) return report_failure("apply", report.error().message, kExitEnvironment);
  print_report(*report, apply.dry_run ? "would apply" : "applied", *is_json);
  return kExitOk;
}

}  // namespace netpolc::cli
