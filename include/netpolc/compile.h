// SPDX-License-Identifier: Apache-2.0
// The compiler as a pure function: texts and options in, a ruleset and diagnostics out. Equal input
// gives equal bytes, whatever the order of the sources.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "netpolc/diagnostic.h"
#include "netpolc/ruleset.h"

namespace netpolc {

struct SourceText {
  std::string name;  // as shown in diagnostics
  std::string bytes;
};

// Where the rules will run.
enum class PlacementKind : std::uint8_t {
  kRouter,    // on a machine that forwards the endpoints' traffic: forward hook
  kEndpoint,  // inside the endpoint's own network namespace or host: input and output hooks
};

struct Placement {
  PlacementKind kind = PlacementKind::kRouter;
  std::string endpoint;  // kEndpoint: "namespace/name"
  std::string node;      // kRouter: only this node's endpoints are subjects; empty: all
};

enum class DenyVerdict : std::uint8_t { kDrop, kReject };

struct CompileOptions {
  Placement placement;
  DenyVerdict deny = DenyVerdict::kDrop;
  ruleset::Scratch scratch = ruleset::Scratch::kPriority;
  bool counters = false;  // a packet counter on every rule of a profile
  // Judge connections from an endpoint's own node like any other (Kubernetes always allows them).
  bool police_local_node = false;
  bool strict_api_1_36 = false;  // refuse what Kubernetes 1.36 refuses of new objects
  std::vector<std::string> disabled_passes;
  std::string dump_stage;  // "model", "policy", "optimized", "dataplane"; empty: none
};

struct CompileInput {
  std::vector<SourceText> policies;
  std::vector<SourceText> inventory;
};

}  // namespace netpolc
