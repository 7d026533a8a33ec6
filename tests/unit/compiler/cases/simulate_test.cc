// SPDX-License-Identifier: Apache-2.0
#include "compiler/cases/simulate.h"

#include <gtest/gtest.h>

#include "compiler/cases/load.h"
#include "tests/unit/compiler/cases/case_files.h"

namespace netpolc::cases {
namespace {

// The result of one case, written to disk and read again.
CaseResult run(const std::string& policy, const std::string& probes,
               const std::string& cluster = small_cluster()) {
  const CaseFiles files;
  files.write("case/cluster.yaml", cluster);
  files.write("case/policy.yaml", policy);
  files.write("case/probes.yaml", probes);
  const Collection found = load_cases({files.root()});
  EXPECT_TRUE(found.sink.all().empty());
  EXPECT_EQ(found.cases.size(), 1U);
  return found.cases.empty() ? CaseResult{} : simulate(found.cases[0]);
}

CaseResult run_invalid(const std::string& policy, const std::string& path) {
  const CaseFiles files;
  files.write("case/policy.yaml", policy);
  files.write("case/expect.yaml", "error: upstream's words\npath: " + path + "\n");
  const Collection found = load_cases({files.root()});
  EXPECT_EQ(found.cases.size(), 1U);
  return found.cases.empty() ? CaseResult{} : simulate(found.cases[0]);
}

std::string policy_with(const std::string& cidr) {
  return "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n"
         "metadata: {name: p, namespace: x}\nspec:\n  podSelector: {}\n"
         "  ingress: [{from: [{ipBlock: {cidr: " +
         cidr + "}}]}]\n";
}

TEST(Simulate, PassesWhenEveryProbeGetsItsVerdict) {
  const CaseResult result =
      run(small_policy(),
          "probes:\n  - {from: x/a, to: x/b, port: 8080, expect: allow}\n"
          "  - {from: x/c, to: x/b, port: 8080, expect: deny}\n"
          "  - {from: x/a, to: x/b, port: [80, 81], protocol: [TCP, UDP], expect: deny}\n"
          "  - {from: x/a, to: [10.96.0.1, 'fd00:96::1'], port: 80, expect: allow}\n"
          "  - {from: x/b, to: [x/b, x/a], port: 80, expect: allow}\n"
          "  - {from: [node/node-1, x/h], to: x/b, port: 80, expect: allow}\n");
  EXPECT_EQ(to_string(result.status), "passed");
  EXPECT_EQ(result.probes, 12U);
  EXPECT_EQ(result.disagreements, 0U);
}

TEST(Simulate, TellsWhatFailed) {
  const CaseResult result =
      run(small_policy(), "probes:\n  - {from: [x/a, x/c], to: x/b, port: 8080, expect: allow}\n");
  EXPECT_EQ(to_string(result.status), "failed");
  EXPECT_EQ(result.failure_count, 1U);
  ASSERT_EQ(result.failures.size(), 1U);
  const Failure& failure = result.failures[0];
  EXPECT_EQ(failure.probe, "x/c -> x/b TCP 8080");
  EXPECT_EQ(failure.flow, "10.0.0.3 -> 10.0.0.2 TCP 8080");
  EXPECT_EQ(failure.expected, "allow");
  EXPECT_EQ(failure.got, "deny");
  EXPECT_EQ(failure.why.size(), 2U);
  EXPECT_TRUE(failure.span.is_known());
}

TEST(Simulate, TheFirstFamilyDecidesBetweenNames) {
  const std::string row = "probes:\n  - {from: x/a, to: x/b, port: 80, expect: ";
  EXPECT_EQ(to_string(run(policy_with("10.0.0.0/8"), row + "allow}\n").status), "passed");
  EXPECT_EQ(to_string(run(policy_with("fd00::/16"), row + "deny}\n").status), "passed");
  const CaseResult result = run(policy_with("fd00::/16"), row + "allow}\n");
  ASSERT_EQ(result.failures.size(), 1U);
  EXPECT_EQ(result.failures[0].flow, "10.0.0.1 -> 10.0.0.2 TCP 80");
}

TEST(Simulate, AServiceWithoutBackendsIsNotReached) {
  const std::string cluster =
      small_cluster() +
      "---\napiVersion: v1\nkind: Service\nmetadata: {name: gone, namespace: x}\nspec:\n"
      "  clusterIP: 10.96.0.9\n  clusterIPs: [10.96.0.9]\n  selector: {app: gone}\n"
      "  ports: [{port: 80}]\n";
  const std::string row = "probes:\n  - {from: x/a, to: 10.96.0.9, port: 80, expect: ";
  EXPECT_EQ(to_string(run("", row + "deny}\n", cluster).status), "passed");
  EXPECT_EQ(to_string(run("", row + "allow}\n", cluster).status), "failed");
}

TEST(Simulate, UnknownEndsMakeTheCaseUnreadable) {
  const CaseResult result =
      run("", "probes:\n  - {from: [x/nobody, x/none], to: x/b, port: 80, expect: allow}\n");
  EXPECT_EQ(to_string(result.status), "unreadable");
  ASSERT_EQ(result.problems.size(), 1U);
  EXPECT_EQ(result.problems[0].code, "NP1505");
}

TEST(Simulate, NeedsAreSkippedUnlessThePolicyIsWrong) {
  const std::string probes =
      "probes:\n  - {from: x/a, to: x/b, port: 80, http: {method: GET}, expect: allow}\n";
  const CaseResult skipped = run(small_policy(), probes);
  EXPECT_EQ(to_string(skipped.status), "skipped");
  EXPECT_EQ(skipped.reason, "needs `http` probes");
  EXPECT_EQ(to_string(run(policy_with("10.0.0.0/99"), probes).status), "failed");
}

TEST(Simulate, UnknownPolicyKindsAreSkipped) {
  const CaseResult result =
      run("apiVersion: policy.networking.k8s.io/v1alpha1\nkind: AdminNetworkPolicy\n"
          "metadata: {name: p}\nspec: {priority: 1, subject: {namespaces: {}}}\n",
          "probes:\n  - {from: x/a, to: x/b, port: 80, expect: allow}\n");
  EXPECT_EQ(to_string(result.status), "skipped");
  EXPECT_NE(result.reason.find("AdminNetworkPolicy"), std::string::npos) << result.reason;
}

TEST(Simulate, ARefusedFeatureMayBeUnsupported) {
  const std::string probes =
      "unsupported: cidr\nprobes:\n  - {from: x/a, to: x/b, port: 80, expect: allow}\n";
  const CaseResult refused = run(policy_with("10.0.0.0/99"), probes);
  EXPECT_EQ(to_string(refused.status), "passed");
  EXPECT_EQ(refused.reason, "refused: `cidr` is not supported");
  EXPECT_EQ(to_string(run(small_policy(), probes).status), "failed");
}

TEST(Simulate, InvalidCasesWantTheErrorAtItsField) {
  const std::string path = "spec.ingress[0].from[0].ipBlock.cidr";
  EXPECT_EQ(to_string(run_invalid(policy_with("10.0.0.0/99"), path).status), "passed");
  const CaseResult elsewhere = run_invalid(policy_with("10.0.0.0/99"), "spec.podSelector");
  EXPECT_EQ(to_string(elsewhere.status), "failed");
  ASSERT_EQ(elsewhere.failures.size(), 1U);
  EXPECT_EQ(elsewhere.failures[0].got, "errors elsewhere");
  EXPECT_EQ(run_invalid(small_policy(), path).failures[0].got, "policy accepted");
}

TEST(Simulate, WhatNewerServersRefuseIsTriedWithTheirRules) {
  const CaseResult result =
      run_invalid(policy_with("10.0.0.5/8"), "spec.ingress[0].from[0].ipBlock.cidr");
  EXPECT_EQ(to_string(result.status), "passed");
  EXPECT_EQ(result.reason, "refused as Kubernetes 1.36 does; a warning otherwise");
}

}  // namespace
}  // namespace netpolc::cases
