// SPDX-License-Identifier: Apache-2.0
// Small random clusters with random NetworkPolicies, as manifests; everything follows from the
// seed.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "compiler/eval/judge.h"
#include "compiler/model/policy.h"
#include "netpolc/compile.h"

namespace netpolc::harness {

struct RandomWorld {
  std::vector<std::string> policies;   // one document each
  std::vector<std::string> inventory;  // one document each
};

RandomWorld make_random_world(std::uint32_t seed);

// All documents as one source each, in the order given.
CompileInput as_input(const RandomWorld& world);

// New connections between any two of the model's addresses and the bounds of all its prefixes, to
// the bounds of all its ports; `count` of them, drawn by `random`.
std::vector<eval::Flow> draw_flows(const model::Model& model, std::size_t count,
                                   std::mt19937& random);

}  // namespace netpolc::harness
