// SPDX-License-Identifier: Apache-2.0
// Finds and reads test cases. A directory is a case if it has probes.yaml, step-N folders, or
// expect.yaml beside policy.yaml; any other directory is searched for cases below it.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "compiler/cases/case.h"
#include "compiler/diag/sink.h"
#include "compiler/diag/source_manager.h"

namespace netpolc::cases {

// `cases` holds those that could be read, by name; what is wrong with the others is in `sink`.
// Spans of rows point into `sources`.
struct Collection {
  diag::SourceManager sources;
  diag::Sink sink;
  std::vector<Case> cases;
  std::size_t unreadable = 0;  // cases and directories that are left out
};

Collection load_cases(const std::vector<std::string>& directories);

}  // namespace netpolc::cases
