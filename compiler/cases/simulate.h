// SPDX-License-Identifier: Apache-2.0
// Runs a case on paper: compiles every step and judges every probe twice, by the model and by the
// ruleset. Both must say what the case expects.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "compiler/cases/case.h"
#include "netpolc/diagnostic.h"

namespace netpolc::cases {

enum class Status : std::uint8_t {
  kPassed,
  kFailed,
  kSkipped,     // it needs what netpolc does not do; `reason` says what
  kUnreadable,  // the case itself is at fault; `problems` say where
};

// "passed", "failed", …
std::string_view to_string(Status status);

// One probe that did not get its verdict, or what else broke a step.
struct Failure {
  std::string step;      // empty for a case without steps
  Span span;             // of the row; unknown for failures of a whole step
  std::string probe;     // "shop/web -> shop/db TCP 5432"; empty for failures of a whole step
  std::string flow;      // "10.0.0.1 -> 10.0.0.2 port 5432"; the first that failed
  std::string expected;  // "allow", "deny", "policy accepted", …
  std::string got;       // "deny by the model, allow by the ruleset"
  std::vector<std::string> why;  // one line each
  bool evaluators_disagree = false;
};

struct CaseResult {
  Status status = Status::kPassed;
  std::string reason;             // of a skip; or how an invalid case was refused
  std::vector<Failure> failures;  // at most kMaxFailures
  std::size_t failure_count = 0;
  std::size_t disagreements = 0;     // probes on which model and ruleset differ
  std::size_t probes = 0;            // judged
  std::vector<Diagnostic> problems;  // kUnreadable; spans as in the case
  double seconds = 0;

  void fail(Failure failure);
};

inline constexpr std::size_t kMaxFailures = 100;  // of one case, that are kept

// Thread-safe: depends on its argument only.
CaseResult simulate(const Case& test);

}  // namespace netpolc::cases
