// SPDX-License-Identifier: Apache-2.0
#include "compiler/cases/simulate.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <string_view>

#include "compiler/cases/compile_step.h"
#include "compiler/cases/flows.h"
#include "compiler/cases/hosts.h"
#include "compiler/diag/sink.h"
#include "compiler/eval/judge.h"

namespace netpolc::cases {
namespace {

std::string verdict_name(bool is_allowed) { return is_allowed ? "allow" : "deny"; }

// What both evaluators say of one flow.
struct Verdicts {
  eval::Judgement model;
  eval::Judgement ruleset;

  bool agree() const { return model.is_allowed == ruleset.is_allowed; }
  bool are(bool allowed) const { return agree() && model.is_allowed == allowed; }
};

Verdicts judge(const driver::Compilation& compilation, const ProbeFlow& flow) {
  Verdicts verdicts;
  verdicts.model = eval::judge_model(compilation.model, flow.flow);
  if (flow.is_local) {
    verdicts.ruleset = {true, "both ends are one host, no router sees it"};
  } else {
    verdicts.ruleset = eval::judge_ruleset(compilation.table, ruleset::Hook::kForward, flow.flow);
  }
  return verdicts;
}

class Simulation {
 public:
  explicit Simulation(const Case& test) : test_(test) {}
  CaseResult run();

 private:
  void run_step(const Step& step);
  void run_probe(const Probe& probe, const Step& step, const Hosts& hosts,
                 const driver::Compilation& compilation);
  void run_rejection();
  // Whether the step's policy was taken; the result says why not.
  bool accepts(const driver::Compilation& compilation, const Step& step);

  const Case& test_;
  CaseResult result_;
};

void Simulation::run_probe(const Probe& probe, const Step& step, const Hosts& hosts,
                           const driver::Compilation& compilation) {
  const ProbeFlows flows = flows_of(probe, hosts, compilation.model.inventory);
  if (!flows.problem.empty()) {
    diag::Sink sink;
    sink.report(diag::Code::kBadProbeEnd, probe.span, flows.problem)
        .note(fmt::format("in the probe {}", probe.to_string()));
    result_.problems.push_back(sink.all().front());
    return;
  }
  ++result_.probes;
  Failure failure{
      step.name, probe.span, probe.to_string(), "", verdict_name(probe.expect_allowed), "",
      {},        false};
  if (flows.has_no_backend && probe.expect_allowed) {
    failure.got = "deny";
    failure.why.emplace_back("the Service has nothing behind that port");
    return result_.fail(std::move(failure));
  }
  bool is_failed = false;
  for (const ProbeFlow& flow : flows.flows) {
    const Verdicts verdicts = judge(compilation, flow);
    if (flow.is_primary ? verdicts.are(probe.expect_allowed) : verdicts.agree()) continue;
    if (!verdicts.agree()) failure.evaluators_disagree = true;
    if (is_failed) continue;
    is_failed = true;
    failure.flow = describe(flow);
    failure.got = verdicts.agree() ? verdict_name(verdicts.model.is_allowed)
                                   : fmt::format("{} by the model, {} by the ruleset",
                                                 verdict_name(verdicts.model.is_allowed),
                                                 verdict_name(verdicts.ruleset.is_allowed));
    failure.why = {"model: " + verdicts.model.why, "ruleset: " + verdicts.ruleset.why};
  }
  if (failure.evaluators_disagree) ++result_.disagreements;
  if (is_failed) result_.fail(std::move(failure));
}

bool Simulation::accepts(const driver::Compilation& compilation, const Step& step) {
  if (compilation.is_ok()) return true;
  if (const auto kind = unsupported_kind(compilation)) {
    result_.status = Status::kSkipped;
    result_.reason = *kind;
    return false;
  }
  if (!test_.unsupported.empty() && names_feature(compilation, test_.unsupported)) {
    result_.reason = fmt::format("refused: `{}` is not supported", test_.unsupported);
    return false;
  }
  Failure failure;
  failure.step = step.name;
  failure.expected = "policy accepted";
  failure.got = "errors";
  failure.why = error_lines(compilation);
  result_.fail(std::move(failure));
  return false;
}

void Simulation::run_step(const Step& step) {
  const driver::Compilation compilation = compile_step(step, {});
  if (!accepts(compilation, step)) return;
  if (!step.needs.empty()) {
    result_.status = Status::kSkipped;
    result_.reason = fmt::format("needs {}", fmt::join(step.needs, ", "));
    return;
  }
  const Hosts hosts = Hosts::read(step.cluster);
  for (const ProbeRow& row : step.rows) {
    const std::size_t before = result_.problems.size();
    for (std::size_t i = 0; i < row.count(); ++i) {
      run_probe(row.probe(i), step, hosts, compilation);
    }
    // One word a row is enough.
    result_.problems.resize(std::min(result_.problems.size(), before + 1));
  }
}

void Simulation::run_rejection() {
  const Step& step = test_.steps.front();
  const std::string& path = test_.rejection->path;
  driver::Compilation compilation = compile_step(step, {});
  if (const auto kind = unsupported_kind(compilation)) {
    result_.status = Status::kSkipped;
    result_.reason = *kind;
    return;
  }
  // What only newer API servers refuse is accepted with a warning unless asked for.
  if (compilation.is_ok() && has_warning_at(compilation, path)) {
    CompileOptions options;
    options.strict_api_1_36 = true;
    compilation = compile_step(step, options);
    result_.reason = "refused as Kubernetes 1.36 does; a warning otherwise";
  }
  if (has_error_at(compilation, path)) return;
  Failure failure;
  failure.expected = fmt::format("an error at `{}` (upstream: {})", path, test_.rejection->error);
  failure.got = compilation.is_ok() ? "policy accepted" : "errors elsewhere";
  failure.why = error_lines(compilation);
  result_.fail(std::move(failure));
}

CaseResult Simulation::run() {
  const auto start = std::chrono::steady_clock::now();
  if (test_.rejection) {
    run_rejection();
  } else {
    for (const Step& step : test_.steps) {
      if (result_.status != Status::kSkipped) run_step(step);
    }
  }
  // A failure weighs more than a later step that is skipped.
  if (result_.failure_count != 0) result_.status = Status::kFailed;
  if (!result_.problems.empty()) result_.status = Status::kUnreadable;
  result_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return std::move(result_);
}

}  // namespace

std::string_view to_string(Status status) {
  switch (status) {
    case Status::kPassed:
      return "passed";
    case Status::kFailed:
      return "failed";
    case Status::kSkipped:
      return "skipped";
    case Status::kUnreadable:
      return "unreadable";
  }
  return "";
}

void CaseResult::fail(Failure failure) {
  status = Status::kFailed;
  ++failure_count;
  if (failures.size() < kMaxFailures) failures.push_back(std::move(failure));
}

CaseResult simulate(const Case& test) { return Simulation(test).run(); }

}  // namespace netpolc::cases
