// SPDX-License-Identifier: Apache-2.0
// A document's graph to its Value: aliases and merge keys are expanded, keys become unique strings.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "compiler/diag/sink.h"
#include "compiler/document/graph.h"
#include "compiler/document/parse.h"
#include "compiler/document/value.h"

namespace netpolc::document {

// Uses the graph's texts up. `alias_nodes` counts what aliases added, over all documents of the
// source. Nothing when a limit was passed, which is reported; all other faults are reported and
// left out of the result.
std::optional<Value> compose(Graph& graph, std::uint32_t source, const Limits& limits,
                             std::size_t& alias_nodes, diag::Sink& sink);

// The user's text for a message: in backticks and not too long.
std::string quoted(std::string_view text);

}  // namespace netpolc::document
