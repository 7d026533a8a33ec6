// SPDX-License-Identifier: Apache-2.0
#include "cli/test_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>

namespace netpolc::cli {
namespace {

using cases::Failure;
using cases::Status;

constexpr std::size_t kSlowest = 10;  // cases that --timing names

// 76137 -> "76,137".
std::string grouped(std::size_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, ",");
  return digits;
}

std::string plural(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", grouped(count), noun, count == 1 ? "" : "s");
}

// One line: probe, expected, got, why.
std::string failure_line(const Failure& failure, const diag::SourceManager& sources) {
  std::string line;
  if (!failure.step.empty()) line += failure.step + ": ";
  if (!failure.probe.empty()) line += failure.probe + ": ";
  line += fmt::format("expected {}, got {}", failure.expected, failure.got);
  if (!failure.flow.empty()) line += "; " + failure.flow;
  for (const std::string& why : failure.why) line += "; " + why;
  if (failure.evaluators_disagree) line += "; the evaluators disagree";
  if (failure.span.is_known()) line += " [" + sources.describe(failure.span) + "]";
  return line;
}

// Everything to be said of one case, a line each.
std::vector<std::string> lines_of(const CaseRun& run, const diag::SourceManager& sources) {
  std::vector<std::string> lines;
  for (const Diagnostic& problem : run.simulated.problems) {
    lines.push_back(
        fmt::format("{}: {} [{}]", sources.describe(problem.span), problem.message, problem.code));
  }
  const auto add = [&](const std::vector<Failure>& failures, std::size_t count,
                       std::string_view prefix) {
    for (const Failure& failure : failures) {
      lines.push_back(std::string(prefix) + failure_line(failure, sources));
    }
    if (count > failures.size()) {
      lines.push_back(fmt::format("{}and {} more", prefix, grouped(count - failures.size())));
    }
  };
  add(run.simulated.failures, run.simulated.failure_count, "");
  if (run.live) add(run.live->failures, run.live->failure_count, "live: ");
  return lines;
}

double seconds_of(const CaseRun& run) {
  return run.simulated.seconds + (run.live ? run.live->seconds : 0);
}

std::string render_human(const TestRun& run, const diag::SourceManager& sources) {
  std::string text;
  for (const CaseRun& test : run.runs) {
    for (const std::string& line : lines_of(test, sources)) {
      text += fmt::format("{} {}: {}\n", test.status() == Status::kUnreadable ? "BAD " : "FAIL",
                          test.name, line);
    }
  }
  return text + render_summary(run);
}

// Version 13 of the Test Anything Protocol.
std::string render_tap(const TestRun& run, const diag::SourceManager& sources) {
  std::string text = fmt::format("TAP version 13\n1..{}\n", run.runs.size());
  std::size_t number = 0;
  for (const CaseRun& test : run.runs) {
    const Status status = test.status();
    const bool is_ok = status == Status::kPassed || status == Status::kSkipped;
    // `#` starts a directive, so it must not stand in a name.
    std::string name = test.name;
    std::ranges::replace(name, '#', '_');
    text += fmt::format("{}ok {} - {}", is_ok ? "" : "not ", ++number, name);
    if (status == Status::kSkipped) text += " # SKIP " + test.simulated.reason;
    text += "\n";
    for (const std::string& line : lines_of(test, sources)) text += "# " + line + "\n";
  }
  return text;
}

// For attribute values and text; control characters that XML 1.0 cannot have become `?`.
std::string escape_xml(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default: {
        const bool is_control = static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t';
        escaped += is_control ? '?' : c;
      }
    }
  }
  return escaped;
}

std::string junit_case(const CaseRun& test, std::string_view suite,
                       const diag::SourceManager& sources) {
  std::string text = fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"{:.3f}\"",
                                 escape_xml(suite), escape_xml(test.name), seconds_of(test));
  const Status status = test.status();
  if (status == Status::kPassed) return text + "/>\n";
  if (status == Status::kSkipped) {
    return text + fmt::format(">\n      <skipped message=\"{}\"/>\n    </testcase>\n",
                              escape_xml(test.simulated.reason));
  }
  const std::vector<std::string> lines = lines_of(test, sources);
  const std::string_view tag = status == Status::kFailed ? "failure" : "error";
  return text + fmt::format(">\n      <{0} message=\"{1}\">{2}</{0}>\n    </testcase>\n", tag,
                            escape_xml(lines.empty() ? "" : lines.front()),
                            escape_xml(fmt::format("{}", fmt::join(lines, "\n"))));
}

// "semantics" of "semantics/self"; "cases" for a case without a topic.
std::string suite_of(const std::string& name) {
  const std::size_t slash = name.rfind('/');
  return slash == std::string::npos ? "cases" : name.substr(0, slash);
}

std::string render_junit(const TestRun& run, const diag::SourceManager& sources) {
  std::map<std::string, std::vector<const CaseRun*>> suites;
  for (const CaseRun& test : run.runs) suites[suite_of(test.name)].push_back(&test);
  const Totals all = totals_of(run);
  std::string text = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<testsuites name=\"netpolc\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" "
      "time=\"{:.3f}\">\n",
      run.runs.size(), all.failed, all.unreadable - run.unreadable, all.skipped, run.seconds);
  for (const auto& [suite, tests] : suites) {
    std::map<Status, std::size_t> counts;
    double seconds = 0;
    for (const CaseRun* test : tests) {
      ++counts[test->status()];
      seconds += seconds_of(*test);
    }
    text += fmt::format(
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" "
        "time=\"{:.3f}\">\n",
        escape_xml(suite), tests.size(), counts[Status::kFailed], counts[Status::kUnreadable],
        counts[Status::kSkipped], seconds);
    for (const CaseRun* test : tests) text += junit_case(*test, suite, sources);
    text += "  </testsuite>\n";
  }
  return text + "</testsuites>\n";
}

}  // namespace

Status CaseRun::status() const {
  if (live && live->failure_count != 0 && simulated.status == Status::kPassed) {
    return Status::kFailed;
  }
  return simulated.status;
}

std::optional<ReportFormat> report_format(std::string_view name) {
  if (name == "human") return ReportFormat::kHuman;
  if (name == "tap") return ReportFormat::kTap;
  if (name == "junit") return ReportFormat::kJunit;
  return std::nullopt;
}

Totals totals_of(const TestRun& run) {
  Totals totals;
  totals.unreadable = run.unreadable;
  for (const CaseRun& test : run.runs) {
    switch (test.status()) {
      case Status::kPassed:
        ++totals.passed;
        break;
      case Status::kFailed:
        ++totals.failed;
        break;
      case Status::kSkipped:
        ++totals.skipped;
        break;
      case Status::kUnreadable:
        ++totals.unreadable;
        break;
    }
    totals.disagreements += test.simulated.disagreements;
    totals.simulated_probes += test.simulated.probes;
    if (test.live) totals.live_probes += test.live->probes;
  }
  return totals;
}

std::string render_report(const TestRun& run, const diag::SourceManager& sources,
                          ReportFormat format) {
  switch (format) {
    case ReportFormat::kHuman:
      return render_human(run, sources);
    case ReportFormat::kTap:
      return render_tap(run, sources);
    case ReportFormat::kJunit:
      return render_junit(run, sources);
  }
  return {};
}

std::string render_summary(const TestRun& run) {
  const Totals totals = totals_of(run);
  std::string text = fmt::format(
      "{}, {} passed, {} failed, {} skipped", plural(run.runs.size() + run.unreadable, "case"),
      grouped(totals.passed), grouped(totals.failed), grouped(totals.skipped));
  if (totals.unreadable != 0) text += fmt::format(", {} unreadable", grouped(totals.unreadable));
  text += fmt::format(" ({} simulated", plural(totals.simulated_probes, "probe"));
  if (run.is_live) text += fmt::format(", {} live", grouped(totals.live_probes));
  text += ")\n";
  if (totals.disagreements != 0) {
    text +=
        fmt::format("model and ruleset disagree on {}\n", plural(totals.disagreements, "probe"));
  }
  std::map<std::string, std::size_t> reasons;
  for (const CaseRun& test : run.runs) {
    if (test.status() == Status::kSkipped) ++reasons[test.simulated.reason];
  }
  std::vector<std::pair<std::string, std::size_t>> sorted(reasons.begin(), reasons.end());
  std::ranges::sort(sorted, [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  for (const auto& [reason, count] : sorted) {
    text += fmt::format("  {:>5} skipped: {}\n", grouped(count), reason);
  }
  return text;
}

std::string render_timing(const TestRun& run) {
  std::vector<const CaseRun*> slowest;
  double simulated = 0;
  double live = 0;
  for (const CaseRun& test : run.runs) {
    slowest.push_back(&test);
    simulated += test.simulated.seconds;
    if (test.live) live += test.live->seconds;
  }
  std::ranges::sort(slowest, [](const CaseRun* a, const CaseRun* b) {
    const double first = seconds_of(*a);
    const double second = seconds_of(*b);
    return first != second ? first > second : a->name < b->name;
  });
  if (slowest.size() > kSlowest) slowest.resize(kSlowest);
  std::string text =
      fmt::format("{:.2f} s in all ({:.2f} s simulating in all threads", run.seconds, simulated);
  if (run.is_live) text += fmt::format(", {:.2f} s live", live);
  text += ")\n";
  for (const CaseRun* test : slowest) {
    text += fmt::format("  {:8.3f} s  {}\n", seconds_of(*test), test->name);
  }
  return text;
}

}  // namespace netpolc::cli
