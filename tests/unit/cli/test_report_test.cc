// SPDX-License-Identifier: Apache-2.0
#include "cli/test_report.h"

#include <gtest/gtest.h>

namespace netpolc::cli {
namespace {

using cases::Status;

// One case of every kind; the failed one has a probe in line 2 of its file.
TestRun sample(diag::SourceManager& sources) {
  const std::uint32_t source = sources.add("f/probes.yaml", "probes:\n  - {}\n");
  TestRun run;
  run.is_live = true;
  CaseRun passed{"topic/good", {}, LiveResult{}};
  passed.simulated.probes = 1500;
  passed.live->probes = 1499;
  CaseRun failed{"topic/bad", {}, std::nullopt};
  failed.simulated.probes = 2;
  failed.simulated.fail({"step-2",
                         {source, 10, 14},
                         "x/a -> x/b TCP 80",
                         "10.0.0.1 -> 10.0.0.2 TCP 80",
                         "allow",
                         "deny by the model, allow by the ruleset",
                         {"model: <no> rule", "ruleset: accept"},
                         true});
  failed.simulated.failure_count = 3;
  failed.simulated.disagreements = 1;
  CaseRun skipped{"lone", {}, std::nullopt};
  skipped.simulated.status = Status::kSkipped;
  skipped.simulated.reason = "needs `http` probes";
  run.runs = {passed, failed, skipped};
  return run;
}

TEST(TestReport, HumanHasALineAFailureAndASummary) {
  diag::SourceManager sources;
  const TestRun run = sample(sources);
  EXPECT_EQ(render_report(run, sources, ReportFormat::kHuman),
            "FAIL topic/bad: step-2: x/a -> x/b TCP 80: expected allow, got deny by the model, "
            "allow by the ruleset; 10.0.0.1 -> 10.0.0.2 TCP 80; model: <no> rule; ruleset: accept; "
            "the evaluators disagree [f/probes.yaml:2:3]\n"
            "FAIL topic/bad: and 2 more\n"
            "3 cases, 1 passed, 1 failed, 1 skipped (1,502 probes simulated, 1,499 live)\n"
            "model and ruleset disagree on 1 probe\n"
            "      1 skipped: needs `http` probes\n");
}

TEST(TestReport, Tap) {
  diag::SourceManager sources;
  const TestRun run = sample(sources);
  const std::string text = render_report(run, sources, ReportFormat::kTap);
  EXPECT_TRUE(text.starts_with("TAP version 13\n1..3\nok 1 - topic/good\nnot ok 2 - topic/bad\n# "))
      << text;
  EXPECT_TRUE(text.ends_with("ok 3 - lone # SKIP needs `http` probes\n")) << text;
}

TEST(TestReport, JunitEscapesAndGroupsByTopic) {
  diag::SourceManager sources;
  const TestRun run = sample(sources);
  const std::string text = render_report(run, sources, ReportFormat::kJunit);
  EXPECT_NE(text.find("<testsuites name=\"netpolc\" tests=\"3\" failures=\"1\" errors=\"0\" "
                      "skipped=\"1\""),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("<testsuite name=\"topic\" tests=\"2\" failures=\"1\" errors=\"0\" "
                      "skipped=\"0\""),
            std::string::npos);
  EXPECT_NE(text.find("<testsuite name=\"cases\" tests=\"1\""), std::string::npos);
  EXPECT_NE(text.find("model: &lt;no&gt; rule"), std::string::npos);
  EXPECT_NE(text.find("<skipped message=\"needs `http` probes\"/>"), std::string::npos);
}

TEST(TestReport, ALiveFailureFailsTheCase) {
  diag::SourceManager sources;
  TestRun run = sample(sources);
  run.runs[0].live->failure_count = 1;
  run.runs[0].live->failures.push_back(
      {"", {}, "x/a -> x/b TCP 80", "", "silence", "an answer", {"connected in 0.4 ms"}, false});
  EXPECT_EQ(run.runs[0].status(), Status::kFailed);
  EXPECT_NE(render_report(run, sources, ReportFormat::kHuman)
                .find("FAIL topic/good: live: x/a -> x/b TCP 80: expected silence, got an answer; "
                      "connected in 0.4 ms\n"),
            std::string::npos);
}

TEST(TestReport, UnreadableCasesAreCounted) {
  TestRun run;
  run.unreadable = 1;
  EXPECT_EQ(render_summary(run),
            "1 case, 0 passed, 0 failed, 0 skipped, 1 unreadable (0 probes simulated)\n");
}

TEST(TestReport, FormatsHaveNames) {
  EXPECT_EQ(report_format("human"), ReportFormat::kHuman);
  EXPECT_EQ(report_format("tap"), ReportFormat::kTap);
  EXPECT_EQ(report_format("junit"), ReportFormat::kJunit);
  EXPECT_FALSE(report_format("xml").has_value());
}

TEST(TestReport, TimingNamesTheSlowest) {
  TestRun run;
  run.seconds = 3;
  run.runs = {{"quick", {}, std::nullopt}, {"slow", {}, std::nullopt}};
  run.runs[1].simulated.seconds = 2;
  const std::string text = render_timing(run);
  EXPECT_LT(text.find("slow"), text.find("quick"));
}

}  // namespace
}  // namespace netpolc::cli
