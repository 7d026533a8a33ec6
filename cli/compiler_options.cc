// SPDX-License-Identifier: Apache-2.0
#include "cli/compiler_options.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "cli/exit_status.h"
#include "cli/input.h"
#include "compiler/diag/render.h"
#include "compiler/optimize/passes.h"

namespace netpolc::cli {

namespace {

namespace po = boost::program_options;
using Strings = std::vector<std::string>;

bool wants_color() {
  const char* no_color = std::getenv("NO_COLOR");
  return (no_color == nullptr || *no_color == '\0') && ::isatty(STDERR_FILENO) == 1;
}

bool is_endpoint_name(const std::string& name) {
  const std::size_t slash = name.find('/');
  return slash != std::string::npos && slash != 0 && slash + 1 < name.size();
}

// Nothing, or what is wrong.
std::string set_placement(const po::variables_map& values, Placement& placement) {
  Strings at = values.contains("at") ? values["at"].as<Strings>() : Strings{};
  if (values.contains("self")) {
    if (!at.empty()) return "--self and --at cannot both be given";
    at = {"endpoint", values["self"].as<std::string>()};
  }
  if (values.contains("node")) placement.node = values["node"].as<std::string>();
  if (at.empty() || (at.size() == 1 && at.front() == "router")) return {};
  if (at.size() != 2 || at.front() != "endpoint" || !is_endpoint_name(at.back())) {
    return "--at is `router` or `endpoint NAMESPACE/NAME`";
  }
  if (!placement.node.empty()) return "--node goes with --at router only";
  placement.kind = PlacementKind::kEndpoint;
  placement.endpoint = at.back();
  return {};
}

template <typename T>
std::string choose(const po::variables_map& values, const char* option, T& target,
                   std::initializer_list<std::pair<const char*, T>> choices) {
  if (!values.contains(option)) return {};
  const auto& text = values[option].as<std::string>();
  std::string known;
  for (const auto& [name, value] : choices) {
    if (text == name) {
      target = value;
      return {};
    }
    known += (known.empty() ? "" : " or ") + std::string(name);
  }
  return fmt::format("--{} is {}, not `{}`", option, known, text);
}

std::string set_passes(const po::variables_map& values, CompileOptions& options) {
  if (!values.contains("disable-pass")) return {};
  options.disabled_passes = values["disable-pass"].as<Strings>();
  for (const std::string& name : options.disabled_passes) {
    const auto passes = optimize::pass_list();
    if (std::ranges::find(passes, name, &optimize::Pass::name) != passes.end()) continue;
    std::string known;
    for (const optimize::Pass& pass : passes) {
      known += fmt::format("\n  {:22} {}", pass.name, pass.summary);
    }
    return fmt::format("there is no pass `{}`; the passes are:{}", name, known);
  }
  return {};
}

}  // namespace

po::options_description input_options() {
  po::options_description options("Input");
  auto add = options.add_options();
  add("policies,f", po::value<Strings>()->composing(),
      "policies: a file, a directory, or - for standard input; may repeat");
  add("inventory,i", po::value<Strings>()->composing(),
      "workloads, namespaces, nodes, services: likewise");
  add("strict-api", po::value<std::string>(),
      "refuse what this version of Kubernetes refuses of new objects: 1.36");
  add("diagnostics", po::value<std::string>(), "how to print diagnostics: text or json");
  return options;
}

po::options_description ruleset_options() {
  po::options_description options("Ruleset");
  auto add = options.add_options();
  add("at", po::value<Strings>()->multitoken(),
      "where the rules run: `router` (forwards the workloads' traffic; the default) or "
      "`endpoint NAMESPACE/NAME` (inside that workload)");
  add("self", po::value<std::string>(), "NAMESPACE/NAME: the same as --at endpoint NAMESPACE/NAME");
  add("node", po::value<std::string>(), "router: judge only this node's workloads");
  add("deny", po::value<std::string>(), "what happens to denied packets: drop (default) or reject");
  add("police-local-node", "judge a node's connections to its own workloads too");
  add("counters", "count packets on every rule of a profile");
  add("scratch", po::value<std::string>(),
      "the packet field that carries ids between look-ups: priority (default) or mark");
  add("disable-pass", po::value<Strings>()->composing(), "leave out an optimising pass");
  add("dump", po::value<std::string>(),
      "print a stage instead: model, policy, optimized or dataplane");
  return options;
}

std::expected<CompilerSettings, std::string> compiler_settings(const po::variables_map& values) {
  CompilerSettings settings;
  if (values.contains("policies")) settings.policies = values["policies"].as<Strings>();
  if (values.contains("inventory")) settings.inventory = values["inventory"].as<Strings>();
  CompileOptions& options = settings.options;
  if (settings.policies.empty()) return std::unexpected("no policies: give -f FILE");
  if (std::ranges::count(settings.policies, "-") + std::ranges::count(settings.inventory, "-") >
      1) {
    return std::unexpected("standard input can be read once only");
  }
  if (values.contains("dump")) {
    options.dump_stage = values["dump"].as<std::string>();
    constexpr const char* kStages[] = {"model", "policy", "optimized", "dataplane"};
    if (std::ranges::find(kStages, options.dump_stage) == std::end(kStages)) {
      return std::unexpected("--dump is model, policy, optimized or dataplane");
    }
  }
  options.counters = values.contains("counters");
  options.police_local_node = values.contains("police-local-node");
  for (const std::string& problem :
       {set_placement(values, options.placement),
        choose(values, "deny", options.deny,
               {{"drop", DenyVerdict::kDrop}, {"reject", DenyVerdict::kReject}}),
        choose(values, "scratch", options.scratch,
               {{"priority", ruleset::Scratch::kPriority}, {"mark", ruleset::Scratch::kMark}}),
        choose(values, "strict-api", options.strict_api_1_36, {{"1.36", true}}),
        choose(values, "diagnostics", settings.json_diagnostics, {{"text", false}, {"json", true}}),
        set_passes(values, options)}) {
    if (!problem.empty()) return std::unexpected(problem);
  }
  return settings;
}

int report_failure(const std::string& command, const std::string& message, int status) {
  const bool color = wants_color();
  fmt::print(stderr, "netpolc {}: {}error:{} {}\n", command, color ? "\033[1;31m" : "",
             color ? "\033[0m" : "", message);
  return status;
}

std::unique_ptr<driver::Compilation> run_compiler(const CompilerSettings& settings, Extent extent,
                                                  int& status) {
  CompileInput input;
  std::string problem = read_sources(settings.policies, input.policies);
  if (problem.empty()) problem = read_sources(settings.inventory, input.inventory);
  if (!problem.empty()) {
    status = report_failure("input", problem, kExitInvalidInput);
    return nullptr;
  }
  auto compilation = std::make_unique<driver::Compilation>(
      extent == Extent::kCheck ? driver::check(input, settings.options)
                               : driver::compile(input, settings.options));
  const auto& diagnostics = compilation->sink.all();
  const std::string text =
      settings.json_diagnostics
          ? diag::render_json(diagnostics, compilation->sources) + "\n"
          : diag::render_text(diagnostics, compilation->sources, wants_color());
  std::fputs(text.c_str(), stderr);
  if (!compilation->is_ok()) {
    status = kExitInvalidInput;
    return nullptr;
  }
  return compilation;
}

}  // namespace netpolc::cli
