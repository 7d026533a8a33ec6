// SPDX-License-Identifier: Apache-2.0
// Switches between two generations under traffic: no packet that both forbid gets through, none
// that both allow gets lost.
#include <arpa/inet.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <linux/netfilter/nf_tables.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <fstream>
#include <sstream>
#include <thread>

#include "backends/nft_netlink/apply.h"
#include "backends/nft_netlink/netns.h"
#include "backends/nft_netlink/status.h"
#include "testenv/lab/lab.h"
#include "tests/live/namespaces.h"
#include "tests/live/tables.h"

namespace netpolc::nft_netlink {
namespace {

using ruleset::Field;
using ruleset::FieldType;
using ruleset::VerdictKind;
using std::chrono::milliseconds;

constexpr int kSwitches = 200;
constexpr milliseconds kDrain{5};
constexpr std::uint16_t kAllowedPort = 1000;
constexpr std::uint16_t kForbiddenPort = 2000;

IpAddress ipv4(std::uint8_t third, std::uint8_t last) {
  IpAddress out{IpFamily::kIpv4, {}};
  out.bytes[0] = 10;
  out.bytes[2] = third;
  out.bytes[3] = last;
  return out;
}

// Subject 10.0.2.1 is isolated and takes kAllowedPort from 10.0.1.1. Variants differ in every id.
// As in the compiler's layout, a miss in every map means "not isolated": a leak would show.
ruleset::Table policy(std::uint8_t variant) {
  const std::uint8_t peer = static_cast<std::uint8_t>(1 + variant);
  const std::uint8_t allow = static_cast<std::uint8_t>(10 + variant);
  const std::uint8_t deny = static_cast<std::uint8_t>(20 + variant);
  const auto entry = [](ruleset::Key key, std::uint32_t value) {
    return ruleset::Element{.first = key, .last = key, .value = value};
  };
  const auto go = [](ruleset::Key key, std::uint32_t chain) {
    return ruleset::Element{.first = key, .last = key, .verdict = {VerdictKind::kGoto, chain}};
  };
  ruleset::Table table;
  table.sets = {
      {.name = "peer4",
       .key = {FieldType::kIpv4Addr},
       .data = ruleset::SetData::kClassId,
       .size = 16,
       .elements = {entry(test::key({10, 0, 1, 1}), peer)}},
      {.name = "in4",
       .key = {FieldType::kIpv4Addr, FieldType::kClassId},
       .data = ruleset::SetData::kClassId,
       .size = 16,
       .elements = {entry(test::key({10, 0, 2, 1, 0, 0, 0, peer}), allow)}},
      {.name = "in4_any",
       .key = {FieldType::kIpv4Addr},
       .data = ruleset::SetData::kClassId,
       .size = 16,
       .elements = {entry(test::key({10, 0, 2, 1}), deny)}},
      {.name = "in_profiles",
       .key = {FieldType::kClassId},
       .data = ruleset::SetData::kVerdict,
       .size = 16,
       .elements = {go(test::key({0, 0, 0, allow}), 0), go(test::key({0, 0, 0, deny}), 1)}},
  };
  const auto rule = [](std::vector<ruleset::Expression> expressions) {
    return ruleset::Rule{.expressions = std::move(expressions)};
  };
  const ruleset::Verdict drop{VerdictKind::kDrop, 0};
  table.chains = {
      {.name = "in_allow",
       .rules = {rule({ruleset::Match{Field::kUdpDport, kAllowedPort, kAllowedPort},
                       ruleset::Verdict{}}),
                 rule({drop})}},
      {.name = "in_deny", .rules = {rule({drop})}},
      {.name = "ingress4",
       .rules = {rule({ruleset::MapToScratch{{Field::kIpSaddr}, 0},
                       ruleset::MapToScratch{{Field::kIpDaddr, Field::kScratch}, 1},
                       ruleset::VerdictMap{{Field::kScratch}, 3}}),
                 rule({ruleset::MapToScratch{{Field::kIpDaddr}, 2},
                       ruleset::VerdictMap{{Field::kScratch}, 3}}),
                 rule({ruleset::Verdict{}})}},
      {.name = "forward",
       .base = ruleset::BaseChain{},
       .rules = {rule(
           {ruleset::Match{Field::kNfProto, 2, 2}, ruleset::Verdict{VerdictKind::kGoto, 2}})}},
  };
  return table;
}

// Counts and drops what arrives at the receiver.
ruleset::Table counters() {
  ruleset::Table table;
  table.name = "counters";
  ruleset::Chain input{.name = "input", .base = ruleset::BaseChain{ruleset::Hook::kInput, -300}};
  for (const std::uint16_t port : {kAllowedPort, kForbiddenPort}) {
    input.rules.push_back(
        {.expressions = {ruleset::Match{Field::kUdpDport, port, port}, ruleset::Counter{},
                         ruleset::Verdict{VerdictKind::kDrop, 0}}});
  }
  table.chains.push_back(std::move(input));
  return table;
}

std::uint64_t packets_of(const RuleRecord& rule) {
  for (const Attribute& expression : Attributes(as_bytes(rule.expressions))) {
    const Attributes parts(expression.value);
    if (parts.find(NFTA_EXPR_NAME).text() != "counter") continue;
    return Attributes(parts.find(NFTA_EXPR_DATA).value).find(NFTA_COUNTER_PACKETS).u64();
  }
  return 0;
}

// Packets that the kernel threw away because a processor's queue was full.
std::uint64_t queue_drops() {
  std::uint64_t drops = 0;
  std::ifstream file("/proc/net/softnet_stat");
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    std::uint64_t processed = 0;
    std::uint64_t dropped = 0;
    fields >> std::hex >> processed >> dropped;
    drops += dropped;
  }
  return drops;
}

// A UDP datagram of IPv4 with headers by hand; the kernel fills in length and checksum.
struct Datagram {
  iphdr ip{};
  udphdr udp{};
};

// Sends to both ports at full speed, from a new source port each time, until told to stop; per port
// the count.
std::array<std::uint64_t, 2> send_until(const std::string& netns, const std::atomic<bool>& stop) {
  const auto home = open_netns(netns);
  if (!home) throw std::runtime_error(home.error().message);
  const auto socket = socket_in(*home, netns, AF_INET, SOCK_RAW, IPPROTO_RAW);
  if (!socket) throw std::runtime_error(socket.error().message);
  Datagram datagram;
  datagram.ip.version = 4;
  datagram.ip.ihl = 5;
  datagram.ip.ttl = 64;
  datagram.ip.protocol = IPPROTO_UDP;
  datagram.ip.saddr = ::inet_addr("10.0.1.1");
  datagram.ip.daddr = ::inet_addr("10.0.2.1");
  datagram.udp.len = htons(sizeof datagram.udp);
  sockaddr_in target{};
  target.sin_family = AF_INET;
  target.sin_addr.s_addr = datagram.ip.daddr;
  std::array<std::uint64_t, 2> sent{};
  std::uint16_t source = 1024;
  for (std::uint64_t number = 1; !stop; ++number) {
    source = source == 0xffff ? 1024 : static_cast<std::uint16_t>(source + 1);
    const std::size_t which = number % 2;
    datagram.udp.source = htons(source);
    datagram.udp.dest = htons(which == 0 ? kAllowedPort : kForbiddenPort);
    const ssize_t done = ::sendto(socket->get(), &datagram, sizeof datagram, 0,
                                  reinterpret_cast<const sockaddr*>(&target), sizeof target);
    if (done == static_cast<ssize_t>(sizeof datagram)) ++sent[which];
  }
  return sent;
}

std::unique_ptr<Connection> connect(const std::string& netns) {
  auto connection = open_connection({.netns = netns});
  if (!connection) throw std::runtime_error(connection.error().message);
  return std::move(*connection);
}

TEST(ReplaceUnderTraffic, LeaksNothingAndLosesNothing) {
  const auto lab = lab::Lab::build(
      {.hosts = {{"sender", {ipv4(1, 1)}}, {"receiver", {ipv4(2, 1)}}}, .services = {}});
  ASSERT_TRUE(lab) << lab.error().message;
  const auto router = connect((*lab)->router_netns_path());
  const auto receiver = connect((*lab)->host_netns_path(1));
  ASSERT_TRUE(apply(*receiver, counters(), {}));
  ASSERT_TRUE(apply(*router, policy(0), {}));

  const std::uint64_t drops_before = queue_drops();
  std::atomic<bool> stop = false;
  std::array<std::uint64_t, 2> sent{};
  std::thread sender([&] { sent = send_until((*lab)->host_netns_path(0), stop); });
  int switches = 0;
  for (int round = 1; round <= kSwitches; ++round) {
    const auto report =
        apply(*router, policy(static_cast<std::uint8_t>(round % 2)), {.drain = kDrain});
    EXPECT_TRUE(report) << report.error().message;
    if (report && !report->is_unchanged) ++switches;
  }
  stop = true;
  sender.join();
  std::this_thread::sleep_for(milliseconds(200));  // the last packets on their way

  const auto rules = read_rules(*receiver, "counters", "input");
  ASSERT_TRUE(rules);
  ASSERT_EQ(rules->size(), 2U);
  const std::uint64_t allowed = packets_of((*rules)[0]);
  const std::uint64_t forbidden = packets_of((*rules)[1]);
  const std::uint64_t drops = queue_drops() - drops_before;
  fmt::print(
      "{} switches; allowed: {} sent, {} received; forbidden: {} sent, {} received; {} dropped by "
      "full queues\n",
      switches, sent[0], allowed, sent[1], forbidden, drops);
  EXPECT_EQ(switches, kSwitches);
  EXPECT_GT(sent[0], 10'000U);
  EXPECT_EQ(forbidden, 0U);
  EXPECT_LE(allowed, sent[0]);
  EXPECT_LE(sent[0] - allowed, drops);
}

}  // namespace
}  // namespace netpolc::nft_netlink

int main(int count, char** arguments) { return netpolc::test::run_live_tests(count, arguments); }
