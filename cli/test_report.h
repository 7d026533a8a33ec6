// SPDX-License-Identifier: Apache-2.0
// What `netpolc test` found, for people (human), for harnesses (tap) and for CI servers (junit).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/cases/case.h"
#include "compiler/cases/simulate.h"
#include "compiler/diag/source_manager.h"

namespace netpolc::cli {

// What real packets found of one case.
struct LiveResult {
  std::vector<cases::Failure> failures;  // at most cases::kMaxFailures
  std::size_t failure_count = 0;
  std::size_t probes = 0;  // of which packets were sent
  double seconds = 0;
};

struct CaseRun {
  std::string name;
  cases::CaseResult simulated;
  std::optional<LiveResult> live;  // nothing where no packet was sent

  // Failures of either kind weigh the same.
  cases::Status status() const;
};

struct TestRun {
  std::vector<CaseRun> runs;
  std::size_t unreadable = 0;  // cases that could not be loaded, told of on stderr
  bool is_live = false;
  double seconds = 0;
};

enum class ReportFormat { kHuman, kTap, kJunit };
std::optional<ReportFormat> report_format(std::string_view name);

struct Totals {
  std::size_t passed = 0;
  std::size_t failed = 0;
  std::size_t skipped = 0;
  std::size_t unreadable = 0;
  std::size_t disagreements = 0;
  std::size_t simulated_probes = 0;
  std::size_t live_probes = 0;
};
Totals totals_of(const TestRun& run);

// `sources` holds the probes files, for the places of failures.
std::string render_report(const TestRun& run, const diag::SourceManager& sources,
                          ReportFormat format);
// "395 cases, 395 passed, 0 failed, 0 skipped (76,137 probes simulated)" and why some were skipped.
std::string render_summary(const TestRun& run);
// Where the time went: the whole and the slowest cases.
std::string render_timing(const TestRun& run);

}  // namespace netpolc::cli
