// SPDX-License-Identifier: Apache-2.0
#include "compiler/cases/load.h"

#include <gtest/gtest.h>

#include "tests/unit/compiler/cases/case_files.h"

namespace netpolc::cases {
namespace {

const char* const kProbes = "probes:\n  - {from: x/a, to: x/b, port: 8080, expect: allow}\n";

TEST(LoadCases, FindsCasesBelowADirectory) {
  const CaseFiles files;
  for (const char* name : {"topic/second", "topic/first", "alone"}) {
    files.write(std::string(name) + "/policy.yaml", "");
    files.write(std::string(name) + "/probes.yaml", kProbes);
  }
  files.write(".hidden/probes.yaml", kProbes);
  const Collection found = load_cases({files.root() + "/"});
  EXPECT_TRUE(found.sink.all().empty());
  ASSERT_EQ(found.cases.size(), 3U);
  EXPECT_EQ(found.cases[0].name, "alone");
  EXPECT_EQ(found.cases[1].name, "topic/first");
  EXPECT_EQ(found.cases[2].name, "topic/second");
  EXPECT_FALSE(found.cases[0].steps[0].cluster.has_value());
  EXPECT_EQ(found.cases[0].probe_count(), 1U);
}

TEST(LoadCases, ACaseCanBeNamedItself) {
  const CaseFiles files;
  files.write("one/policy.yaml", "");
  files.write("one/probes.yaml", kProbes);
  const Collection found = load_cases({files.root() + "/one"});
  ASSERT_EQ(found.cases.size(), 1U);
  EXPECT_EQ(found.cases[0].name, "one");
}

TEST(LoadCases, StepsAreInTheOrderOfTheirNumbers) {
  const CaseFiles files;
  for (const char* step : {"step-10", "step-2", "step-1"}) {
    files.write(std::string("case/") + step + "/policy.yaml", "");
    files.write(std::string("case/") + step + "/cluster.yaml", small_cluster());
    files.write(std::string("case/") + step + "/probes.yaml", kProbes);
  }
  const Collection found = load_cases({files.root()});
  ASSERT_EQ(found.cases.size(), 1U);
  ASSERT_EQ(found.cases[0].steps.size(), 3U);
  EXPECT_EQ(found.cases[0].steps[0].name, "step-1");
  EXPECT_EQ(found.cases[0].steps[1].name, "step-2");
  EXPECT_EQ(found.cases[0].steps[2].name, "step-10");
  EXPECT_EQ(found.cases[0].steps[2].cluster->bytes, small_cluster());
}

TEST(LoadCases, AnExpectationMakesAnInvalidCase) {
  const CaseFiles files;
  files.write("bad/policy.yaml", "kind: x\n");
  files.write("bad/expect.yaml", "error: e\npath: spec\n");
  const Collection found = load_cases({files.root()});
  ASSERT_EQ(found.cases.size(), 1U);
  ASSERT_TRUE(found.cases[0].rejection.has_value());
  EXPECT_EQ(found.cases[0].rejection->path, "spec");
  EXPECT_EQ(found.cases[0].probe_count(), 0U);
}

TEST(LoadCases, UnreadableCasesDoNotHideOthers) {
  const CaseFiles files;
  files.write("good/policy.yaml", "");
  files.write("good/probes.yaml", kProbes);
  files.write("no-policy/probes.yaml", kProbes);
  files.write("typo/policy.yaml", "");
  files.write("typo/probes.yaml", "probes:\n  - {form: x/a, to: x/b, port: 1, expect: allow}\n");
  files.write("syntax/policy.yaml", "");
  files.write("syntax/probes.yaml", "probes: [\n");
  files.write("empty/policy.yaml", "");
  files.write("empty/probes.yaml", "");
  files.write("both/policy.yaml", "");
  files.write("both/probes.yaml", kProbes);
  files.write("both/step-1/policy.yaml", "");
  const Collection found = load_cases({files.root()});
  EXPECT_TRUE(found.sink.has_errors());
  EXPECT_EQ(found.unreadable, 5U);
  ASSERT_EQ(found.cases.size(), 1U);
  EXPECT_EQ(found.cases[0].name, "good");
}

TEST(LoadCases, DirectoriesWithoutCasesAreErrors) {
  const CaseFiles files;
  files.write("sub/readme", "");
  for (const std::string& directory : {files.root(), files.root() + "/absent"}) {
    const Collection found = load_cases({directory});
    EXPECT_EQ(found.unreadable, 1U);
    ASSERT_EQ(found.sink.all().size(), 1U);
    EXPECT_EQ(found.sink.all()[0].code, "NP1501");
  }
}

}  // namespace
}  // namespace netpolc::cases
