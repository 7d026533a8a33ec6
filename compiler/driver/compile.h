// SPDX-License-Identifier: Apache-2.0
// The pipeline: text → documents → model → policy IR → passes → dataplane IR. The only folder that
// sees all of them.
#pragma once

#include <string>

#include "compiler/diag/sink.h"
#include "compiler/diag/source_manager.h"
#include "compiler/model/policy.h"
#include "netpolc/compile.h"

namespace netpolc::driver {

// Everything that a run leaves. `model` and `table` are whole only if `sink` has no errors.
struct Compilation {
  diag::SourceManager sources;
  diag::Sink sink;
  model::Model model;
  ruleset::Table table;
  std::string dump;  // of CompileOptions::dump_stage

  bool is_ok() const { return !sink.has_errors(); }
};

// Up to and including the model (`netpolc check`).
Compilation check(const CompileInput& input, const CompileOptions& options);

// The whole way. Pure: depends on its arguments only, not on the order of sources.
Compilation compile(const CompileInput& input, const CompileOptions& options);

}  // namespace netpolc::driver
