// SPDX-License-Identifier: Apache-2.0
#include "testenv/lab/lab.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "testenv/lab/endpoints.h"
#include "testenv/lab/netlink.h"
#include "testenv/lab/netns.h"
#include "testenv/lab/services.h"
#include "testenv/lab/topology.h"
#include "testenv/lab/wave.h"

namespace netpolc::lab {
namespace {

constexpr std::size_t kWaveProbes = 2000;
constexpr std::size_t kSpareFiles = 128;
constexpr std::uint8_t kEchoRequest = 8;
constexpr std::uint8_t kEchoRequestIpv6 = 128;

std::size_t file_limit() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return 1024;
  return static_cast<std::size_t>(files.rlim_cur);
}

std::string netns_path(const UniqueFd& netns) {
  return fmt::format("/proc/{}/fd/{}", ::getpid(), netns.get());
}

std::uint8_t icmp_type_of(const Probe& probe) {
  return probe.protocol == IPPROTO_ICMPV6 && probe.icmp_type == kEchoRequest ? kEchoRequestIpv6
                                                                             : probe.icmp_type;
}

Method method_of(const Probe& probe) {
  switch (probe.protocol) {
    case IPPROTO_TCP:
      return Method::kConnect;
    case IPPROTO_UDP:
      return Method::kDatagram;
    case IPPROTO_SCTP:
      return Method::kAssociation;
    case IPPROTO_ICMP:
      return probe.icmp_type == kEchoRequest ? Method::kEcho : Method::kArrival;
    case IPPROTO_ICMPV6:
      return icmp_type_of(probe) == kEchoRequestIpv6 ? Method::kEcho : Method::kArrival;
    default:
      return Method::kArrival;
  }
}

// Connection tracking knows a protocol without ports by its two addresses alone: of two opposite
// probes the later one would pass as an answer to the earlier.
bool goes_backward(const Probe& probe) {
  const bool has_ids = probe.protocol == IPPROTO_TCP || probe.protocol == IPPROTO_UDP ||
                       probe.protocol == IPPROTO_SCTP || probe.protocol == IPPROTO_ICMP ||
                       probe.protocol == IPPROTO_ICMPV6;
  return !has_ids && probe.destination < probe.source;
}

// Where a probe ends.
struct Target {
  std::optional<std::size_t> host;
  IpAddress address;
  std::uint16_t port = 0;
};

class NamespaceLab : public Lab {
 public:
  NamespaceLab(const Topology& topology, Namespaces namespaces)
      : hosts_(topology.hosts), namespaces_(std::move(namespaces)) {
    for (std::size_t i = 0; i < hosts_.size(); ++i) {
      for (const IpAddress& address : hosts_[i].addresses) host_of_.emplace(address, i);
    }
    for (const Service& each : topology.services) {
      // As in the router: the first rule that fits.
      services_.emplace(std::tuple(each.address, each.protocol, each.port), each);
    }
  }

  std::string router_netns_path() const override { return netns_path(namespaces_.router); }
  std::string host_netns_path(std::size_t host) const override {
    return netns_path(namespaces_.hosts.at(host));
  }
  Result<std::vector<Answer>> run(const std::vector<Probe>& probes,
                                  std::chrono::milliseconds patience) override {
    return on_own_thread([&] { return run_here(probes, patience); });
  }

 private:
  Status check(const Probe& probe) const;
  Target target_of(const Probe& probe) const;
  Flight make_flight(const Probe& probe, std::size_t index) const;
  Result<std::vector<Answer>> run_here(const std::vector<Probe>& probes,
                                       std::chrono::milliseconds patience);
  // Flies them in as many waves as are needed; the answers are in the flights.
  Status fly(std::span<Flight> flights, std::chrono::milliseconds patience);
  Status fly_wave(std::span<Flight> flights, std::chrono::milliseconds patience);
  std::vector<Endpoint> endpoints_of(std::span<Flight> flights) const;

  std::vector<Host> hosts_;
  std::map<IpAddress, std::size_t> host_of_;
  std::map<std::tuple<IpAddress, std::uint8_t, std::uint16_t>, Service> services_;
  Namespaces namespaces_;
  Endpoints endpoints_;
  Numbers numbers_;
};

Status NamespaceLab::check(const Probe& probe) const {
  if (probe.from >= hosts_.size()) {
    return fail(fmt::format("a probe starts at host {} of {}", probe.from, hosts_.size()));
  }
  const Host& host = hosts_[probe.from];
  if (std::ranges::find(host.addresses, probe.source) == host.addresses.end()) {
    return fail(fmt::format("a probe's source {} is not an address of host `{}`",
                            probe.source.to_string(), host.name));
  }
  const bool ipv4 = probe.source.family == IpFamily::kIpv4;
  const bool wrong_icmp =
      (probe.protocol == IPPROTO_ICMP && !ipv4) || (probe.protocol == IPPROTO_ICMPV6 && ipv4);
  if (probe.source.family != probe.destination.family || wrong_icmp) {
    return fail(fmt::format("a probe from {} to {} with protocol {} is of two families",
                            probe.source.to_string(), probe.destination.to_string(),
                            probe.protocol));
  }
  return {};
}

Target NamespaceLab::target_of(const Probe& probe) const {
  Target target{std::nullopt, probe.destination, probe.port};
  const auto service = services_.find(std::tuple(probe.destination, probe.protocol, probe.port));
  if (service != services_.end()) {
    target.address = service->second.backend;
    target.port = service->second.backend_port;
  }
  if (const auto host = host_of_.find(target.address); host != host_of_.end()) {
    target.host = host->second;
  }
  return target;
}

Flight NamespaceLab::make_flight(const Probe& probe, std::size_t index) const {
  Flight flight;
  flight.probe = &probe;
  flight.index = index;
  flight.target_host = target_of(probe).host;
  flight.method = method_of(probe);
  flight.icmp_type = icmp_type_of(probe);
  return flight;
}

std::vector<Endpoint> NamespaceLab::endpoints_of(std::span<Flight> flights) const {
  std::set<Endpoint> needed;
  for (const Flight& flight : flights) {
    const Probe& probe = *flight.probe;
    const Target target = target_of(probe);
    if (flight.method == Method::kConnect || flight.method == Method::kDatagram) {
      if (target.host) {
        needed.insert(Endpoint::of_port(*target.host, probe.protocol, target.address, target.port));
      }
      continue;
    }
    needed.insert(Endpoint::raw(probe.from, probe.protocol, probe.source.family));
    if (target.host && flight.method != Method::kEcho) {
      needed.insert(Endpoint::raw(*target.host, probe.protocol, probe.source.family));
    }
  }
  return {needed.begin(), needed.end()};
}

Status NamespaceLab::fly_wave(std::span<Flight> flights, std::chrono::milliseconds patience) {
  std::vector<Endpoint> needed = endpoints_of(flights);
  if (endpoints_.size() + needed.size() > file_limit() / 4) endpoints_.close_all();
  if (auto opened = endpoints_.open(namespaces_, needed); !opened) return opened;
  // A source port that is some probe's destination port could make one probe the other's answer.
  std::set<std::uint16_t> ports;
  for (const Flight& flight : flights) {
    ports.insert(flight.probe->port);
    ports.insert(target_of(*flight.probe).port);
  }
  if (auto entered = enter_netns(namespaces_.router); !entered) return entered;
  if (auto flushed = flush_conntrack(); !flushed) return flushed;
  Wave wave(namespaces_, endpoints_, std::move(needed), flights);
  if (auto opened = wave.open(numbers_, ports); !opened) return opened;
  auto done = wave.run(patience);
  wave.close();
  return done;
}

Status NamespaceLab::fly(std::span<Flight> flights, std::chrono::milliseconds patience) {
  const auto backward = std::ranges::partition(
      flights, [](const Flight& flight) { return !goes_backward(*flight.probe); });
  const std::size_t forward = flights.size() - backward.size();
  std::size_t begin = 0;
  while (begin < flights.size()) {
    const std::size_t limit = file_limit();
    const std::size_t taken = limit / 4 + namespaces_.hosts.size() + kSpareFiles;
    if (limit <= taken) return fail("the limit of open files is too low for the lab");
    const std::size_t end = begin < forward ? forward : flights.size();
    const std::size_t count = std::min({end - begin, kWaveProbes, limit - taken});
    if (auto done = fly_wave(flights.subspan(begin, count), patience); !done) return done;
    begin += count;
  }
  return {};
}

Result<std::vector<Answer>> NamespaceLab::run_here(const std::vector<Probe>& probes,
                                                   std::chrono::milliseconds patience) {
  std::vector<Flight> flights;
  flights.reserve(probes.size());
  for (const Probe& probe : probes) {
    if (auto good = check(probe); !good) return std::unexpected(good.error());
    flights.push_back(make_flight(probe, flights.size()));
  }
  if (auto done = fly(flights, patience); !done) return std::unexpected(done.error());
  // One packet may be lost on a busy machine. Silence counts only when it comes twice.
  std::vector<Flight> again;
  for (const Flight& flight : flights) {
    if (flight.probe->expect_answer && flight.answer.outcome == Outcome::kSilence) {
      again.push_back(make_flight(*flight.probe, flight.index));
    }
  }
  if (auto done = fly(again, patience); !done) return std::unexpected(done.error());
  std::vector<Answer> answers(probes.size());
  for (Flight& flight : flights) answers[flight.index] = std::move(flight.answer);
  for (Flight& flight : again) answers[flight.index] = std::move(flight.answer);
  return answers;
}

Status check_topology(const Topology& topology) {
  std::map<IpAddress, std::string> owners;
  for (const Host& host : topology.hosts) {
    for (const IpAddress& address : host.addresses) {
      if (const auto [owner, added] = owners.emplace(address, host.name); !added) {
        return fail(fmt::format("address {} is on host `{}` and on host `{}`", address.to_string(),
                                owner->second, host.name));
      }
    }
  }
  return {};
}

Result<std::unique_ptr<Lab>> build_here(const Topology& topology) {
  if (auto good = check_topology(topology); !good) return std::unexpected(good.error());
  auto rules = print_services(topology.services);
  if (!rules) return std::unexpected(rules.error());
  auto namespaces = build_namespaces(topology.hosts);
  if (!namespaces) return std::unexpected(namespaces.error());
  *rules += print_sctp_guard();
  if (!rules->empty()) {
    if (auto entered = enter_netns(namespaces->router); !entered) {
      return std::unexpected(entered.error());
    }
    if (auto loaded = load_ruleset(*rules); !loaded) return std::unexpected(loaded.error());
  }
  return std::make_unique<NamespaceLab>(topology, std::move(*namespaces));
}

}  // namespace

Result<std::unique_ptr<Lab>> Lab::build(const Topology& topology) {
  return on_own_thread([&] { return build_here(topology); });
}

}  // namespace netpolc::lab
