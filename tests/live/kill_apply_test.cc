// SPDX-License-Identifier: Apache-2.0
// A process that applies is killed at random moments: the base chains always refer to one whole
// generation, and the next apply cleans up. NETPOLC_SEED repeats a run.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>

#include <cstdlib>
#include <random>
#include <thread>

#include "backends/nft_netlink/apply.h"
#include "backends/nft_netlink/status.h"
#include "backends/nft_netlink/verify.h"
#include "tests/live/namespaces.h"
#include "tests/live/tables.h"

namespace netpolc::nft_netlink {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr int kKills = 200;
constexpr std::uint32_t kEndpoints = 500;
constexpr int kLongestLife = 40'000;  // µs; an apply takes some 10 ms
constexpr int kCleanEvery = 5;
constexpr int kFreshEvery = 25;

std::uint32_t seed() {
  const char* given = std::getenv("NETPOLC_SEED");
  const std::uint32_t value = given != nullptr
                                  ? static_cast<std::uint32_t>(std::strtoul(given, nullptr, 10))
                                  : std::random_device{}();
  fmt::print("NETPOLC_SEED={}\n", value);
  return value;
}

// Applies the two in turn, for ever.
[[noreturn]] void apply_for_ever(const ruleset::Table& left, const ruleset::Table& right,
                                 milliseconds drain) {
  const auto connection = open_connection({});
  if (!connection) ::_exit(1);
  for (;;) {
    for (const ruleset::Table* table : {&left, &right}) {
      if (!apply(**connection, *table, {.force = true, .drain = drain})) ::_exit(2);
    }
  }
}

// The exit status of a child that ended by itself; 0 if the signal ended it.
int kill_child(pid_t child) {
  ::kill(child, SIGKILL);
  int state = 0;
  ::waitpid(child, &state, 0);
  return WIFEXITED(state) ? WEXITSTATUS(state) : 0;
}

// How often the kernel held what after a kill.
struct Tally {
  int absent = 0;
  int without_rules = 0;
  int left = 0;
  int right = 0;
  int with_leftovers = 0;
};

void judge(Connection& connection, const ruleset::Table& left, const ruleset::Table& right,
           Tally& tally) {
  const auto state = read_state(connection, "netpolc");
  ASSERT_TRUE(state) << state.error().message;
  if (!state->is_present) {
    ++tally.absent;
    return;
  }
  if (state->base_rules.empty()) {
    ++tally.without_rules;  // killed before the first switch
    return;
  }
  const auto stamp = state->stamp();
  ASSERT_TRUE(stamp) << "the base chains disagree";
  ASSERT_EQ(state->generations_in_force(), std::set{stamp->generation});
  const bool is_left = stamp->digest == ruleset::content_digest(left);
  const Encoder encoder(is_left ? left : right, stamp->generation);
  const Status base = verify_base_chains(encoder, *state);
  ASSERT_TRUE(base) << base.error().message;
  const Status whole = verify_generation(connection, encoder, *state);
  ASSERT_TRUE(whole) << whole.error().message;
  ++(is_left ? tally.left : tally.right);
  if (state->generations().size() > 1) ++tally.with_leftovers;
}

TEST(KillApply, LeavesOneWholeGenerationInForce) {
  std::mt19937 random(seed());
  std::uniform_int_distribution life(0, kLongestLife);
  std::uniform_int_distribution drain(0, 3);
  const ruleset::Table left = test::endpoints_table(kEndpoints, 0);
  const ruleset::Table right = test::endpoints_table(kEndpoints, 1);
  const auto connection = open_connection({});
  ASSERT_TRUE(connection) << connection.error().message;
  Tally tally;
  for (int round = 0; round < kKills; ++round) {
    if (round % kFreshEvery == 0) {
      ASSERT_TRUE(remove(**connection, "netpolc"));
    }
    const milliseconds pause(drain(random));
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) apply_for_ever(left, right, pause);
    std::this_thread::sleep_for(microseconds(life(random)));
    ASSERT_EQ(kill_child(child), 0) << "an apply failed";
    judge(**connection, left, right, tally);
    if (testing::Test::HasFatalFailure()) return;
    if (round % kCleanEvery != kCleanEvery - 1) continue;  // leftovers pile up for a while
    const auto report = apply(**connection, round % 2 == 0 ? left : right, {.drain = pause});
    ASSERT_TRUE(report) << report.error().message;
    const auto after = status(**connection, "netpolc");
    ASSERT_TRUE(after);
    ASSERT_TRUE(after->leftovers.empty());
  }
  fmt::print(
      "{} kills: {} with one table in force, {} with the other, {} before the first switch, {} "
      "before there was a table; {} left something behind\n",
      kKills, tally.left, tally.right, tally.without_rules, tally.absent, tally.with_leftovers);
  EXPECT_GT(tally.left + tally.right, kKills / 2);
  EXPECT_GT(tally.with_leftovers, 0);
}

}  // namespace
}  // namespace netpolc::nft_netlink

int main(int count, char** arguments) { return netpolc::test::run_live_tests(count, arguments); }
