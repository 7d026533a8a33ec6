// SPDX-License-Identifier: Apache-2.0
#include "backends/nft_netlink/apply.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "backends/nft_netlink/cleanup.h"
#include "backends/nft_netlink/status.h"
#include "tests/live/tables.h"
#include "tests/unit/backends/nft_netlink/fake_netlink.h"

namespace netpolc::nft_netlink {
namespace {

using test::FakeNetlink;

constexpr ApplyOptions kQuick{.drain = std::chrono::milliseconds(0)};
constexpr ApplyOptions kForce{.force = true, .drain = std::chrono::milliseconds(0)};

ruleset::Table table(std::uint32_t variant) { return test::endpoints_table(20, variant); }

TableStatus status_of(FakeNetlink& kernel) { return status(kernel, "netpolc").value(); }

TEST(Apply, CountsGenerationsUp) {
  FakeNetlink kernel;
  for (std::uint64_t generation = 0; generation < 4; ++generation) {
    const auto report = apply(kernel, table(static_cast<std::uint32_t>(generation % 2)), kQuick);
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_EQ(report->to_generation, generation);
    EXPECT_EQ(report->is_fresh, generation == 0);
    EXPECT_EQ(status_of(kernel).generation, generation);
    EXPECT_TRUE(status_of(kernel).leftovers.empty());
    EXPECT_TRUE(
        apply(kernel, table(static_cast<std::uint32_t>(generation % 2)), kQuick)->is_unchanged);
  }
}

TEST(Apply, LeavesEverythingAsItWasIfATransactionFails) {
  FakeNetlink kernel;
  kernel.limit = 3000;  // so that staging takes several
  ASSERT_TRUE(apply(kernel, table(0), kQuick));
  const std::string before = dump_canonical(kernel, "netpolc").value();
  for (std::size_t at = 1;; ++at) {
    const std::size_t base = kernel.transactions;
    kernel.before_transaction = [&](std::size_t number) {
      return number == base + at ? EINVAL : 0;
    };
    const auto report = apply(kernel, table(1), kQuick);
    if (report) {
      EXPECT_GT(at, 3U);
      break;
    }
    EXPECT_EQ(report.error().errno_value, EINVAL);
    // Once it has switched only the deletion can fail.
    if (status_of(kernel).generation != 0U) {
      kernel.before_transaction = [](std::size_t) { return 0; };
      EXPECT_EQ(status_of(kernel).digest, ruleset::content_digest(table(1)));
      ASSERT_TRUE(apply(kernel, table(0), kQuick));
      break;
    }
    EXPECT_EQ(dump_canonical(kernel, "netpolc").value(), before);
  }
  EXPECT_TRUE(status_of(kernel).leftovers.empty());
}

TEST(Apply, LooksAgainWhenTheRulesetChangedBeforeTheSwitch) {
  FakeNetlink kernel;
  ASSERT_TRUE(apply(kernel, table(0), kQuick));
  const ruleset::Table next = table(1);
  auto transition = Transition::begin(kernel, next, kQuick);
  ASSERT_TRUE(transition);
  ASSERT_TRUE(transition->stage());
  int changes = 3;
  kernel.before_transaction = [&](std::size_t) {
    if (changes-- > 0) ++kernel.ruleset;  // somebody else's table
    return 0;
  };
  EXPECT_TRUE(transition->switch_over());
  EXPECT_TRUE(transition->commit());
  EXPECT_EQ(status_of(kernel).generation, 1U);
}

TEST(Apply, GivesWayToAnApplyThatCameFirst) {
  FakeNetlink kernel;
  ASSERT_TRUE(apply(kernel, table(0), kQuick));
  const ruleset::Table next = table(1);
  auto transition = Transition::begin(kernel, next, kQuick);
  ASSERT_TRUE(transition);
  ASSERT_TRUE(transition->stage());
  ASSERT_TRUE(apply(kernel, table(2), kForce));
  const Status done = transition->switch_over();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().errno_value, ESTALE);
  EXPECT_EQ(status_of(kernel).digest, ruleset::content_digest(table(2)));
  EXPECT_TRUE(status_of(kernel).leftovers.empty());
}

TEST(Apply, NeverSwitchesToWhatAnotherHasTakenOut) {
  FakeNetlink kernel;
  ASSERT_TRUE(apply(kernel, table(0), kQuick));
  const ruleset::Table next = table(1);
  auto transition = Transition::begin(kernel, next, kQuick);
  ASSERT_TRUE(transition);
  ASSERT_TRUE(transition->stage());
  ASSERT_TRUE(delete_generations(kernel, "netpolc", {1}));
  EXPECT_EQ(transition->switch_over().error().errno_value, ESTALE);
  EXPECT_EQ(status_of(kernel).generation, 0U);
}

TEST(DeleteGenerations, SparesWhatIsInForce) {
  FakeNetlink kernel;
  ASSERT_TRUE(apply(kernel, table(0), kQuick));
  const std::string before = dump_canonical(kernel, "netpolc").value();
  ASSERT_TRUE(delete_generations(kernel, "netpolc", {0, 1, 2}));
  EXPECT_EQ(dump_canonical(kernel, "netpolc").value(), before);
}

TEST(Apply, RollsBack) {
  FakeNetlink kernel;
  for (const bool is_fresh : {true, false}) {
    if (!is_fresh) {
      ASSERT_TRUE(apply(kernel, table(0), kQuick));
    }
    const ruleset::Table next = table(1);
    auto transition = Transition::begin(kernel, next, kQuick);
    ASSERT_TRUE(transition && transition->stage() && transition->switch_over());
    EXPECT_EQ(status_of(kernel).digest, ruleset::content_digest(next));
    ASSERT_TRUE(transition->rollback());
    EXPECT_EQ(status_of(kernel).is_present, !is_fresh);
  }
  EXPECT_EQ(status_of(kernel).digest, ruleset::content_digest(table(0)));
  EXPECT_TRUE(status_of(kernel).leftovers.empty());
}

}  // namespace
}  // namespace netpolc::nft_netlink
