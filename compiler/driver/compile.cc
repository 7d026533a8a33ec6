// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/compile.h"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>
#include <vector>

#include "compiler/api/load.h"
#include "compiler/dataplane/lower.h"
#include "compiler/dataplane/print.h"
#include "compiler/document/parse.h"
#include "compiler/model/print.h"
#include "compiler/optimize/passes.h"
#include "compiler/policy/print.h"
#include "compiler/policy/resolve.h"

namespace netpolc::driver {

namespace {

// Sources in order of name, so that their order on the command line cannot matter; a file that was
// named twice (itself and its directory, say) is read once.
std::vector<SourceText> ordered(std::vector<SourceText> texts) {
  const auto key = [](const SourceText& text) { return std::tie(text.name, text.bytes); };
  std::ranges::sort(texts, {}, key);
  const auto repeated = std::ranges::unique(texts, {}, key);
  texts.erase(repeated.begin(), repeated.end());
  return texts;
}

// A file that is given both as policies and as inventory gives its objects with the policies.
std::vector<SourceText> without(std::vector<SourceText> texts,
                                const std::vector<SourceText>& others) {
  std::erase_if(texts, [&](const SourceText& text) {
    return std::ranges::any_of(others, [&](const SourceText& other) {
      return text.name == other.name && text.bytes == other.bytes;
    });
  });
  return texts;
}

std::vector<document::Value> parse_all(std::vector<SourceText> texts, Compilation& compilation) {
  std::vector<document::Value> documents;
  for (SourceText& text : texts) {
    const std::uint32_t source = compilation.sources.add(text.name, std::move(text.bytes));
    std::vector<document::Value> parsed = document::parse_documents(
        compilation.sources, source, document::Limits{}, compilation.sink);
    std::ranges::move(parsed, std::back_inserter(documents));
  }
  return documents;
}

void report_empty(std::uint32_t first_source, const char* what, Compilation& compilation) {
  compilation.sink
      .report(diag::Code::kNoManifest, {first_source, 0, 0},
              std::string("there are no ") + what + " in the input")
      .note("nothing isolates anybody then, and everything is allowed");
}

void build_model(const CompileInput& input, const CompileOptions& options,
                 Compilation& compilation) {
  const std::vector<document::Value> policies = parse_all(ordered(input.policies), compilation);
  const auto first_inventory = static_cast<std::uint32_t>(compilation.sources.count() + 1);
  const std::vector<SourceText> rest = without(ordered(input.inventory), input.policies);
  const std::vector<document::Value> inventory = parse_all(rest, compilation);
  if (compilation.is_ok()) {
    if (!input.policies.empty() && policies.empty()) report_empty(1, "policies", compilation);
    if (!rest.empty() && inventory.empty()) {
      report_empty(first_inventory, "inventory objects", compilation);
    }
  }
  compilation.model = api::load_model(
      policies, inventory, {.strict_api_1_36 = options.strict_api_1_36}, compilation.sink);
  compilation.model.polices_local_node = options.police_local_node;
}

void check_placement(const Placement& placement, Compilation& compilation) {
  const model::Inventory& inventory = compilation.model.inventory;
  if (placement.kind == PlacementKind::kEndpoint) {
    const auto is_it = [&](const model::Endpoint& endpoint) {
      return endpoint.full_name() == placement.endpoint;
    };
    if (std::ranges::none_of(inventory.endpoints, is_it)) {
      compilation.sink
          .report(diag::Code::kUnknownPlacement, {},
                  "no endpoint of the inventory is called `" + placement.endpoint + "`")
          .note("name a running Pod or a Workload as NAMESPACE/NAME");
    }
  } else if (!placement.node.empty() && !inventory.nodes.contains(placement.node) &&
             std::ranges::none_of(inventory.endpoints, [&](const model::Endpoint& endpoint) {
               return endpoint.node == placement.node;
             })) {
    compilation.sink
        .report(diag::Code::kUnknownPlacement, {},
                "no node of the inventory is called `" + placement.node + "`")
        .note("name a Node, or the node that endpoints are on");
  }
}

}  // namespace

Compilation check(const CompileInput& input, const CompileOptions& options) {
  Compilation compilation;
  build_model(input, options, compilation);
  if (compilation.is_ok()) check_placement(options.placement, compilation);
  if (options.dump_stage == "model") compilation.dump = model::print(compilation.model);
  return compilation;
}

Compilation compile(const CompileInput& input, const CompileOptions& options) {
  Compilation compilation = check(input, options);
  if (!compilation.is_ok()) return compilation;
  policy::Program program = policy::resolve(compilation.model, options.placement);
  if (options.dump_stage == "policy") compilation.dump = policy::print(program);
  optimize::run_passes(program, options.disabled_passes);
  if (options.dump_stage == "optimized") compilation.dump = policy::print(program);
  compilation.table = dataplane::lower(program, options, compilation.sources);
  if (options.dump_stage == "dataplane") compilation.dump = dataplane::print(compilation.table);
  return compilation;
}

}  // namespace netpolc::driver
