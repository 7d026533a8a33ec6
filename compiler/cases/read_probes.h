// SPDX-License-Identifier: Apache-2.0
// A probes.yaml or expect.yaml, already located, to rows. Strict: a key that is not known is an
// error, so that no condition of a case is silently left out.
#pragma once

#include <string>
#include <vector>

#include "compiler/cases/case.h"
#include "compiler/diag/sink.h"
#include "compiler/document/value.h"

namespace netpolc::cases {

struct ProbesFile {
  std::vector<ProbeRow> rows;
  std::vector<std::string> needs;  // sorted, unique
  std::string unsupported;
};

// What is wrong is reported; rows that are right are returned all the same.
ProbesFile read_probes(const document::Value& root, diag::Sink& sink);

struct ExpectFile {
  Rejection rejection;
  std::string unsupported;
};

ExpectFile read_expect(const document::Value& root, diag::Sink& sink);

}  // namespace netpolc::cases
