// SPDX-License-Identifier: Apache-2.0
// Random small clusters: what the policies say is what the ruleset does, with all passes, with some
// and with none; and the order of the input does not matter. NETPOLC_WORLDS and NETPOLC_SEED widen
// the search; a failure prints the seed of its world.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <string>

#include "backends/nft_text/emit.h"
#include "compiler/diag/render.h"
#include "compiler/driver/compile.h"
#include "compiler/eval/judge.h"
#include "compiler/optimize/passes.h"
#include "tests/harness/random_world.h"

namespace netpolc {
namespace {

std::uint32_t number_from(const char* variable, std::uint32_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : static_cast<std::uint32_t>(std::strtoul(text, nullptr, 10));
}

std::uint32_t worlds() { return number_from("NETPOLC_WORLDS", 300); }
std::uint32_t first_seed() { return number_from("NETPOLC_SEED", 1); }
constexpr std::size_t kFlows = 800;  // a world

bool is_within_one_endpoint(const model::Model& model, const eval::Flow& flow) {
  return std::ranges::any_of(model.inventory.endpoints, [&](const model::Endpoint& endpoint) {
    const auto has = [&](const IpAddress& address) {
      return std::ranges::find(endpoint.addresses, address) != endpoint.addresses.end();
    };
    return has(flow.source) && has(flow.destination);
  });
}

CompileOptions random_options(std::mt19937& random) {
  CompileOptions options;
  options.police_local_node = random() % 4 == 0;
  for (const optimize::Pass& pass : optimize::pass_list()) {
    if (random() % 3 == 0) options.disabled_passes.emplace_back(pass.name);
  }
  return options;
}

void compare(const driver::Compilation& compilation, std::mt19937& random, std::uint32_t seed) {
  for (const eval::Flow& flow : harness::draw_flows(compilation.model, kFlows, random)) {
    // Such traffic stays on the endpoint's loopback device.
    if (is_within_one_endpoint(compilation.model, flow)) continue;
    const auto model = eval::judge_model(compilation.model, flow);
    const auto ruleset = eval::judge_ruleset(compilation.table, ruleset::Hook::kForward, flow);
    ASSERT_EQ(model.is_allowed, ruleset.is_allowed)
        << fmt::format("seed {}: {} -> {} protocol {} port {}\n  model: {}\n  ruleset: {}", seed,
                       flow.source.to_string(), flow.destination.to_string(), flow.protocol,
                       flow.destination_port, model.why, ruleset.why);
  }
}

TEST(RandomWorlds, RulesetDoesWhatPoliciesSay) {
  for (std::uint32_t seed = first_seed(); seed < first_seed() + worlds(); ++seed) {
    const CompileInput input = harness::as_input(harness::make_random_world(seed));
    std::mt19937 random(seed);
    for (const CompileOptions& options : {CompileOptions{}, random_options(random)}) {
      const driver::Compilation compilation = driver::compile(input, options);
      ASSERT_TRUE(compilation.is_ok())
          << "seed " << seed << "\n"
          << diag::render_text(compilation.sink.all(), compilation.sources, false);
      compare(compilation, random, seed);
      if (HasFatalFailure()) return;
    }
  }
}

TEST(RandomWorlds, OrderOfInputDoesNotMatter) {
  for (std::uint32_t seed = first_seed(); seed < first_seed() + worlds(); ++seed) {
    CompileInput input = harness::as_input(harness::make_random_world(seed));
    const std::string expected = nft_text::emit(driver::compile(input, {}).table);
    std::mt19937 random(seed);
    std::ranges::shuffle(input.policies, random);
    std::ranges::shuffle(input.inventory, random);
    ASSERT_EQ(expected, nft_text::emit(driver::compile(input, {}).table)) << "seed " << seed;
  }
}

}  // namespace
}  // namespace netpolc
