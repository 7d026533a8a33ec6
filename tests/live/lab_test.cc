// SPDX-License-Identifier: Apache-2.0
// The lab judged by itself: what passes without rules, what rules stop, and what it costs.
#include "testenv/lab/lab.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <initializer_list>

namespace netpolc::lab {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr milliseconds kPatience{100};

constexpr std::uint8_t kIcmp = 1;
constexpr std::uint8_t kTcp = 6;
constexpr std::uint8_t kUdp = 17;
constexpr std::uint8_t kGre = 47;
constexpr std::uint8_t kIcmpv6 = 58;
constexpr std::uint8_t kVrrp = 112;
constexpr std::uint8_t kSctp = 132;

// By address only: works where the ports of a packet do not matter.
constexpr const char* kDropFromAToB =
    "table inet rules { chain forward { type filter hook forward priority 0;\n"
    "  ip saddr 10.1.0.1 ip daddr 10.1.0.2 drop\n"
    "  ip6 saddr fd00:1::1 ip6 daddr fd00:1::2 drop\n}\n}\n";

// Who may begin is a alone, and only towards b; the way back is connection tracking's.
constexpr const char* kOnlyFromAToB =
    "table inet rules { chain forward { type filter hook forward priority 0; policy drop;\n"
    "  ct state established,related accept\n"
    "  ip saddr 10.1.0.1 ip daddr 10.1.0.2 ct state new accept\n"
    "  ip6 saddr fd00:1::1 ip6 daddr fd00:1::2 ct state new accept\n}\n}\n";

double ms_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

IpAddress ip(const std::string& text) { return *IpAddress::parse(text); }

IpAddress ipv4_of(std::size_t host) { return ip(fmt::format("10.1.0.{}", host + 1)); }
IpAddress ipv6_of(std::size_t host) { return ip(fmt::format("fd00:1::{:x}", host + 1)); }
IpAddress address_of(std::size_t host, bool ipv4) { return ipv4 ? ipv4_of(host) : ipv6_of(host); }

Topology dual_stack(std::size_t hosts) {
  Topology topology;
  for (std::size_t i = 0; i < hosts; ++i) {
    topology.hosts.push_back({fmt::format("host{}", i), {ipv4_of(i), ipv6_of(i)}});
  }
  return topology;
}

std::unique_ptr<Lab> build(const Topology& topology) {
  auto lab = Lab::build(topology);
  if (!lab) {
    ADD_FAILURE() << lab.error().message << ", errno " << lab.error().errno_value;
    return nullptr;
  }
  return std::move(*lab);
}

// As a program beside this one would load them: through the path that the lab names.
void load(const Lab& lab, const std::string& rules) {
  const std::string command =
      fmt::format("PATH=$PATH:/usr/sbin:/sbin nsenter --net={} nft -f -", lab.router_netns_path());
  FILE* pipe = ::popen(command.c_str(), "w");
  ASSERT_NE(pipe, nullptr);
  std::fputs(rules.c_str(), pipe);
  ASSERT_EQ(::pclose(pipe), 0) << command;
}

Probe probe(std::size_t from, std::size_t to, bool ipv4, std::uint8_t protocol, std::uint16_t port,
            bool expected) {
  return {.from = from,
          .source = address_of(from, ipv4),
          .destination = address_of(to, ipv4),
          .protocol = protocol,
          .port = port,
          .expect_answer = expected};
}

// Every protocol, both families, from one host to another.
std::vector<Probe> all_protocols(std::size_t from, std::size_t to, bool expected) {
  std::vector<Probe> probes;
  for (const bool ipv4 : {true, false}) {
    for (const std::uint8_t protocol : {kTcp, kUdp, kSctp, kGre, kVrrp}) {
      probes.push_back(probe(from, to, ipv4, protocol, 80, expected));
    }
    const std::uint8_t icmp = ipv4 ? kIcmp : kIcmpv6;
    probes.push_back(probe(from, to, ipv4, icmp, 0, expected));
  }
  return probes;
}

std::string describe(const Probe& probe) {
  return fmt::format("{} -> {} protocol {} port {}", probe.source.to_string(),
                     probe.destination.to_string(), probe.protocol, probe.port);
}

// Answered where the probe expects it, `otherwise` elsewhere.
void expect_outcomes(Lab& lab, const std::vector<Probe>& probes,
                     Outcome otherwise = Outcome::kSilence) {
  const auto answers = lab.run(probes, kPatience);
  ASSERT_TRUE(answers) << answers.error().message << ", errno " << answers.error().errno_value;
  ASSERT_EQ(answers->size(), probes.size());
  std::string wrong;
  for (std::size_t i = 0; i < probes.size(); ++i) {
    const Outcome expected = probes[i].expect_answer ? Outcome::kAnswered : otherwise;
    if ((*answers)[i].outcome == expected || wrong.size() > 2000) continue;
    wrong += fmt::format("{}: {}\n", describe(probes[i]), (*answers)[i].detail);
  }
  EXPECT_EQ(wrong, "");
}

void append(std::vector<Probe>& probes, const std::vector<Probe>& more) {
  probes.insert(probes.end(), more.begin(), more.end());
}

std::size_t open_files() {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& each : std::filesystem::directory_iterator("/proc/self/fd")) {
    ++count;
  }
  return count;
}

TEST(Lab, AnswersEverythingWithoutRules) {
  const auto lab = build(dual_stack(3));
  ASSERT_TRUE(lab);
  std::vector<Probe> probes;
  for (std::size_t from = 0; from < 3; ++from) {
    for (std::size_t to = 0; to < 3; ++to) append(probes, all_protocols(from, to, true));
  }
  for (int round = 0; round < 3; ++round) expect_outcomes(*lab, probes);
}

TEST(Lab, SeesOtherIcmpTypesAtTheDestination) {
  const auto lab = build(dual_stack(2));
  ASSERT_TRUE(lab);
  std::vector<Probe> probes;
  for (const std::uint8_t type : std::initializer_list<std::uint8_t>{13, 15, 42}) {
    probes.push_back(probe(0, 1, true, kIcmp, 0, true));
    probes.back().icmp_type = type;
    probes.push_back(probe(0, 1, false, kIcmpv6, 0, true));
    probes.back().icmp_type = static_cast<std::uint8_t>(type + 125);
  }
  expect_outcomes(*lab, probes);
  load(*lab,
       "table inet rules { chain forward { type filter hook forward priority 0;\n"
       "  icmp type 13 drop\n  icmpv6 type 138 drop\n}\n}\n");
  for (std::size_t i = 0; i < 2; ++i) probes[i].expect_answer = false;
  expect_outcomes(*lab, probes);
}

TEST(Lab, DropsAreSilence) {
  const auto lab = build(dual_stack(3));
  ASSERT_TRUE(lab);
  load(*lab, kDropFromAToB);
  std::vector<Probe> probes = all_protocols(0, 1, false);
  append(probes, all_protocols(0, 2, true));
  append(probes, all_protocols(2, 1, true));
  expect_outcomes(*lab, probes);
}

TEST(Lab, AnswersNeedTheWayBack) {
  const auto lab = build(dual_stack(2));
  ASSERT_TRUE(lab);
  load(*lab, kDropFromAToB);
  // From b to a the packet passes, but its answer does not; where none is awaited, arrival counts.
  std::vector<Probe> probes = all_protocols(1, 0, false);
  for (Probe& each : probes) each.expect_answer = each.protocol == kGre || each.protocol == kVrrp;
  expect_outcomes(*lab, probes);
}

TEST(Lab, TracksAnswersOfEveryProtocol) {
  const auto lab = build(dual_stack(3));
  ASSERT_TRUE(lab);
  load(*lab, kOnlyFromAToB);
  std::vector<Probe> probes = all_protocols(0, 1, true);
  append(probes, all_protocols(1, 0, false));
  append(probes, all_protocols(0, 2, false));
  append(probes, all_protocols(2, 1, false));
  for (int round = 0; round < 3; ++round) expect_outcomes(*lab, probes);
}

TEST(Lab, RejectsAreRefusals) {
  const auto lab = build(dual_stack(2));
  ASSERT_TRUE(lab);
  load(*lab,
       "table inet rules { chain forward { type filter hook forward priority 0;\n"
       "  tcp dport 81 reject with tcp reset\n"
       "  ip daddr 10.1.0.2 reject with icmpx admin-prohibited\n"
       "  ip6 daddr fd00:1::2 reject with icmpx admin-prohibited\n}\n}\n");
  std::vector<Probe> probes = all_protocols(0, 1, false);
  for (const bool ipv4 : {true, false}) probes.push_back(probe(0, 1, ipv4, kTcp, 81, false));
  expect_outcomes(*lab, probes, Outcome::kRefused);
}

TEST(Lab, TellsPortsApart) {
  const auto lab = build(dual_stack(2));
  ASSERT_TRUE(lab);
  load(*lab,
       "table inet rules { chain forward { type filter hook forward priority 0;\n"
       "  meta l4proto { tcp, udp, sctp } th dport 81 drop\n}\n}\n");
  std::vector<Probe> probes;
  for (const std::uint8_t protocol : {kTcp, kUdp, kSctp}) {
    for (const std::uint16_t port :
         std::initializer_list<std::uint16_t>{80, 81, 82, 53, 30000, 20001}) {
      for (const bool ipv4 : {true, false}) {
        probes.push_back(probe(0, 1, ipv4, protocol, port, port != 81));
      }
    }
  }
  for (int round = 0; round < 3; ++round) expect_outcomes(*lab, probes);
}

TEST(Lab, TranslatesServicesBeforeTheRules) {
  Topology topology = dual_stack(3);
  for (const std::uint8_t protocol : {kTcp, kUdp, kSctp}) {
    topology.services.push_back({ip("10.96.0.1"), protocol, 80, ipv4_of(1), 8080});
    topology.services.push_back({ip("10.96.0.1"), protocol, 81, ipv4_of(2), 8080});
    topology.services.push_back({ip("fd00:96::1"), protocol, 80, ipv6_of(1), 8080});
    topology.services.push_back({ip("fd00:96::1"), protocol, 81, ipv6_of(2), 8080});
  }
  const auto lab = build(topology);
  ASSERT_TRUE(lab);
  std::vector<Probe> probes;
  for (const std::uint8_t protocol : {kTcp, kUdp, kSctp}) {
    for (const bool ipv4 : {true, false}) {
      for (const std::uint16_t port : std::initializer_list<std::uint16_t>{80, 81}) {
        Probe each = probe(0, 1, ipv4, protocol, port, true);
        each.destination = ip(ipv4 ? "10.96.0.1" : "fd00:96::1");
        probes.push_back(each);
      }
    }
  }
  expect_outcomes(*lab, probes);
  // The rules see the backend and its port, not the service.
  load(*lab,
       "table inet rules { chain forward { type filter hook forward priority 0; policy drop;\n"
       "  ct state established,related accept\n"
       "  ip daddr 10.1.0.2 th dport 8080 accept\n"
       "  ip6 daddr fd00:1::2 th dport 8080 accept\n}\n}\n");
  for (Probe& each : probes) each.expect_answer = each.port == 80;
  expect_outcomes(*lab, probes);
}

TEST(Lab, RefusesWhatCannotBe) {
  Topology twice = dual_stack(2);
  twice.hosts[1].addresses[0] = twice.hosts[0].addresses[0];
  EXPECT_FALSE(Lab::build(twice));
  Topology mixed = dual_stack(1);
  mixed.services.push_back({ip("10.96.0.1"), kTcp, 80, ipv6_of(0), 80});
  EXPECT_FALSE(Lab::build(mixed));
  const auto lab = build(dual_stack(2));
  ASSERT_TRUE(lab);
  EXPECT_FALSE(lab->run({probe(2, 1, true, kTcp, 80, true)}, kPatience));
  Probe foreign = probe(0, 1, true, kTcp, 80, true);
  foreign.source = ipv4_of(1);
  EXPECT_FALSE(lab->run({foreign}, kPatience));
}

TEST(Lab, GuardOfKernelSctpLetsTheProbesPass) {
  const auto lab = build(dual_stack(2));
  ASSERT_TRUE(lab);
  load(*lab,
       "table inet lab_sctp { chain prerouting { type filter hook prerouting priority -450;\n"
       "  meta l4proto sctp @th,96,8 6 drop\n}\n}\n");
  expect_outcomes(*lab, {probe(0, 1, true, kSctp, 80, true), probe(0, 1, false, kSctp, 80, true)});
}

// Pairs of 12 hosts, four ports each: two of the ports pass.
std::vector<Probe> matrix(std::size_t count) {
  std::vector<Probe> probes;
  for (std::size_t i = 0; probes.size() < count; ++i) {
    const std::size_t from = i % 12;
    const std::size_t to = (from + 1 + i / 12 % 11) % 12;
    const std::size_t mode = i / 132;
    const std::uint8_t protocol = std::array{kTcp, kUdp, kSctp, kTcp}[mode / 2 % 4];
    const auto port = static_cast<std::uint16_t>(80 + mode % 3);
    probes.push_back(probe(from, to, mode % 2 == 0, protocol, port, port != 81));
  }
  return probes;
}

TEST(LabSpeed, RunsABatchOf1500) {
  const auto lab = build(dual_stack(12));
  ASSERT_TRUE(lab);
  load(*lab,
       "table inet rules { chain forward { type filter hook forward priority 0;\n"
       "  ct state established,related accept\n  th dport 81 drop\n}\n}\n");
  for (const std::size_t count : std::initializer_list<std::size_t>{1000, 1500, 1500, 1500}) {
    const std::vector<Probe> probes = matrix(count);
    const auto start = Clock::now();
    expect_outcomes(*lab, probes);
    const double took = ms_since(start);
    std::printf("%zu probes in %.0f ms, of which %lld ms patience\n", count, took,
                static_cast<long long>(kPatience.count()));
    EXPECT_LT(took, 1500);
  }
}

TEST(LabSpeed, BuildsAndForgetsAHundredLabs) {
  {
    const auto first = build(dual_stack(12));
  }
  const std::size_t files = open_files();
  const auto start = Clock::now();
  double building = 0;
  for (int i = 0; i < 100; ++i) {
    const auto begin = Clock::now();
    const auto lab = build(dual_stack(12));
    ASSERT_TRUE(lab);
    building += ms_since(begin);
    expect_outcomes(*lab,
                    {probe(0, 11, true, kTcp, 80, true), probe(0, 11, false, kUdp, 80, true)});
  }
  std::printf("a lab of 12 hosts: built in %.1f ms, %.2f ms a host\n", building / 100,
              building / 1200);
  EXPECT_LT(ms_since(start), 10000);
  EXPECT_EQ(open_files(), files);
}

}  // namespace
}  // namespace netpolc::lab

int main(int argc, char** argv) {
  if (const auto entered = netpolc::lab::Lab::enter(); !entered) {
    std::printf("skipped: %s (errno %d)\n", entered.error().message.c_str(),
                entered.error().errno_value);
    return 77;
  }
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
