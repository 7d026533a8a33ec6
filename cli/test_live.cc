// SPDX-License-Identifier: Apache-2.0
#include "cli/test_live.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "backends/nft_netlink/apply.h"
#include "backends/nft_netlink/connection.h"
#include "compiler/cases/compile_step.h"
#include "compiler/cases/flows.h"
#include "compiler/cases/hosts.h"
#include "compiler/eval/judge.h"
#include "compiler/support/check.h"
#include "testenv/lab/lab.h"

namespace netpolc::cli {
namespace {

using cases::Hosts;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kBatch = 1500;  // probes in flight at once
constexpr std::chrono::milliseconds kPatience{400};
constexpr std::chrono::milliseconds kSecondPatience{2000};  // for what was lost on a busy machine

// One packet of a probe. Several packets of one probe stand next to each other.
struct Shot {
  cases::Probe probe;
  cases::ProbeFlow flow;
};

// A step ready to be sent.
struct Prepared {
  std::size_t test = 0;  // index of the case
  const cases::Step* step = nullptr;
  ruleset::Table table;
  std::vector<Shot> shots;
  std::size_t probes = 0;
};

// Steps on one topology.
struct Group {
  Hosts hosts;
  std::vector<lab::Service> services;
  std::vector<Prepared> steps;
};

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// As kube-proxy would, but always to the first backend; the other backends are tried directly.
std::vector<lab::Service> services_of(const model::Inventory& inventory) {
  std::vector<lab::Service> services;
  for (const model::Service& service : inventory.services) {
    for (const IpAddress& address : service.cluster_ips) {
      for (const model::ServicePort& port : service.ports) {
        const auto backend = std::ranges::find_if(port.backends, [&](const auto& candidate) {
          return candidate.first.family == address.family;
        });
        if (backend == port.backends.end()) continue;
        services.push_back({address, static_cast<std::uint8_t>(port.protocol), port.port,
                            backend->first, backend->second});
      }
    }
  }
  return services;
}

// Equal for equal clusters as far as the lab is concerned.
std::string topology_key(const Hosts& hosts, const std::vector<lab::Service>& services) {
  std::string key;
  for (const cases::Host& host : hosts.all()) {
    key += host.name;
    for (const IpAddress& address : host.addresses) key += " " + address.to_string();
    key += "\n";
  }
  for (const lab::Service& service : services) {
    key += fmt::format("{} {} {} {} {}\n", service.address.to_string(), service.protocol,
                       service.port, service.backend.to_string(), service.backend_port);
  }
  return key;
}

// A pod that reaches itself through a Service would need its own address translated, too, which the
// lab's router does not do.
bool can_be_sent(const cases::ProbeFlow& flow) { return !(flow.is_local && flow.via); }

void add_shots(const cases::Probe& probe, const Hosts& hosts, const model::Model& model,
               Prepared& prepared) {
  const cases::ProbeFlows flows = cases::flows_of(probe, hosts, model.inventory);
  const std::size_t before = prepared.shots.size();
  for (const cases::ProbeFlow& flow : flows.flows) {
    if (!can_be_sent(flow)) continue;
    prepared.shots.push_back({probe, flow});
    if (flow.is_primary) continue;
    prepared.shots.back().probe.expect_allowed = eval::judge_model(model, flow.flow).is_allowed;
  }
  if (prepared.shots.size() != before) ++prepared.probes;
}

// What the client dials: the Service for its first backend, else the workload itself.
IpAddress dialled(const cases::ProbeFlow& flow) {
  return flow.via && flow.via->is_first_backend ? flow.via->address : flow.flow.destination;
}

std::uint16_t dialled_port(const cases::ProbeFlow& flow) {
  return flow.via && flow.via->is_first_backend ? flow.via->port : flow.flow.destination_port;
}

void prepare_step(const cases::Step& step, std::size_t test, std::map<std::string, Group>& groups) {
  driver::Compilation compilation = cases::compile_step(step, {});
  if (!compilation.is_ok() || !step.needs.empty()) return;
  const Hosts hosts = Hosts::read(step.cluster);
  std::vector<lab::Service> services = services_of(compilation.model.inventory);
  Group& group = groups[topology_key(hosts, services)];
  if (group.steps.empty()) {
    group.hosts = hosts;
    group.services = std::move(services);
  }
  Prepared prepared{test, &step, std::move(compilation.table), {}, 0};
  for (const cases::ProbeRow& row : step.rows) {
    for (std::size_t i = 0; i < row.count(); ++i) {
      add_shots(row.probe(i), hosts, compilation.model, prepared);
    }
  }
  for (const Shot& shot : prepared.shots) {
    group.hosts.add_outside(shot.flow.flow.source);
    group.hosts.add_outside(shot.flow.flow.destination);
  }
  group.steps.push_back(std::move(prepared));
}

lab::Topology topology_of(const Group& group) {
  lab::Topology topology;
  for (const cases::Host& host : group.hosts.all()) {
    topology.hosts.push_back({host.name, host.addresses});
  }
  topology.services = group.services;
  return topology;
}

lab::Probe probe_of(const Shot& shot, const Hosts& hosts) {
  const auto from = hosts.host_of(shot.flow.flow.source);
  NETPOLC_CHECK(from.has_value(), "a probe's source is no host of the lab");
  lab::Probe probe;
  probe.from = *from;
  probe.source = shot.flow.flow.source;
  probe.destination = dialled(shot.flow);
  probe.protocol = shot.flow.flow.protocol;
  probe.port = dialled_port(shot.flow);
  probe.icmp_type = shot.flow.flow.icmp_type;
  probe.expect_answer = shot.probe.expect_allowed;
  return probe;
}

std::string outcome_name(const lab::Answer& answer) {
  switch (answer.outcome) {
    case lab::Outcome::kAnswered:
      return "an answer";
    case lab::Outcome::kSilence:
      return "silence";
    case lab::Outcome::kRefused:
      return "a refusal";
  }
  return "";
}

bool is_right(const Shot& shot, const lab::Answer& answer) {
  return answer.outcome ==
         (shot.probe.expect_allowed ? lab::Outcome::kAnswered : lab::Outcome::kSilence);
}

// The lab of a group and what goes through it.
class Session {
 public:
  static Result<Session> open(const Group& group);

  Status run(const Prepared& prepared, LiveResult& result);

 private:
  Session(const Group& group, std::unique_ptr<lab::Lab> lab,
          std::unique_ptr<nft_netlink::Connection> router)
      : group_(&group), lab_(std::move(lab)), router_(std::move(router)) {}
  Status apply(const ruleset::Table& table);
  Status send(std::span<const Shot> shots, std::chrono::milliseconds patience,
              std::vector<lab::Answer>& answers);
  Status send_again(std::span<const Shot> shots, std::vector<lab::Answer>& answers);

  const Group* group_;
  std::unique_ptr<lab::Lab> lab_;
  std::unique_ptr<nft_netlink::Connection> router_;
};

Result<Session> Session::open(const Group& group) {
  auto lab = lab::Lab::build(topology_of(group));
  if (!lab) return std::unexpected(lab.error());
  nft_netlink::ConnectionOptions options;
  options.netns = (*lab)->router_netns_path();
  auto router = nft_netlink::open_connection(options);
  if (!router) return std::unexpected(router.error());
  return Session(group, std::move(*lab), std::move(*router));
}

Status Session::apply(const ruleset::Table& table) {
  nft_netlink::ApplyOptions options;
  // No packet is under way between two batches: nothing to wait for.
  options.drain = std::chrono::milliseconds{0};
  const auto report = nft_netlink::apply(*router_, table, options);
  if (!report) return std::unexpected(report.error());
  return {};
}

Status Session::send(std::span<const Shot> shots, std::chrono::milliseconds patience,
                     std::vector<lab::Answer>& answers) {
  answers.clear();
  for (std::size_t first = 0; first < shots.size(); first += kBatch) {
    std::vector<lab::Probe> batch;
    for (const Shot& shot : shots.subspan(first, std::min(kBatch, shots.size() - first))) {
      batch.push_back(probe_of(shot, group_->hosts));
    }
    auto part = lab_->run(batch, patience);
    if (!part) return std::unexpected(part.error());
    std::ranges::move(*part, std::back_inserter(answers));
  }
  return {};
}

// What should have been answered and was not gets a second try: a lost packet is no verdict. An
// answer that should not have come stands.
Status Session::send_again(std::span<const Shot> shots, std::vector<lab::Answer>& answers) {
  std::vector<std::size_t> places;
  std::vector<Shot> lost;
  for (std::size_t i = 0; i < shots.size(); ++i) {
    if (!shots[i].probe.expect_allowed || answers[i].outcome != lab::Outcome::kSilence) continue;
    places.push_back(i);
    lost.push_back(shots[i]);
  }
  if (lost.empty()) return {};
  std::vector<lab::Answer> second;
  if (const Status sent = send(lost, kSecondPatience, second); !sent) return sent;
  for (std::size_t i = 0; i < places.size(); ++i) answers[places[i]] = std::move(second[i]);
  return {};
}

Status Session::run(const Prepared& prepared, LiveResult& result) {
  if (const Status applied = apply(prepared.table); !applied) return applied;
  std::vector<lab::Answer> answers;
  if (const Status sent = send(prepared.shots, kPatience, answers); !sent) return sent;
  if (const Status sent = send_again(prepared.shots, answers); !sent) return sent;
  result.probes += prepared.probes;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const Shot& shot = prepared.shots[i];
    if (is_right(shot, answers[i])) continue;
    ++result.failure_count;
    if (result.failures.size() == cases::kMaxFailures) continue;
    result.failures.push_back({prepared.step->name,
                               shot.probe.span,
                               shot.probe.to_string(),
                               cases::describe(shot.flow),
                               shot.probe.expect_allowed ? "an answer" : "silence",
                               outcome_name(answers[i]),
                               {answers[i].detail},
                               false});
  }
  return {};
}

Status run_group(const Group& group, std::vector<LiveResult>& results) {
  auto session = Session::open(group);
  if (!session) return std::unexpected(session.error());
  for (const Prepared& prepared : group.steps) {
    const auto start = Clock::now();
    LiveResult& result = results[prepared.test];
    if (const Status sent = session->run(prepared, result); !sent) return sent;
    result.seconds += seconds_since(start);
  }
  return {};
}

}  // namespace

Status enter_lab() { return lab::Lab::enter(); }

Result<std::vector<LiveResult>> run_live(const std::vector<const cases::Case*>& tests) {
  std::map<std::string, Group> groups;
  for (std::size_t i = 0; i < tests.size(); ++i) {
    for (const cases::Step& step : tests[i]->steps) prepare_step(step, i, groups);
  }
  std::vector<LiveResult> results(tests.size());
  for (const auto& [key, group] : groups) {
    if (const Status run = run_group(group, results); !run) return std::unexpected(run.error());
  }
  return results;
}

}  // namespace netpolc::cli
