// SPDX-License-Identifier: Apache-2.0
// The netlink backend against a real kernel: what it loads is what nft would load, and every way
// of an apply.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sched.h>
#include <atomic>
#include <cerrno>
#include <fstream>
#include <regex>
#include <thread>

#include "backends/nft_netlink/apply.h"
#include "backends/nft_netlink/status.h"
#include "backends/nft_text/emit.h"
#include "tests/live/namespaces.h"
#include "tests/live/tables.h"

namespace netpolc::nft_netlink {
namespace {

using std::chrono::milliseconds;
using test::Namespace;

constexpr ApplyOptions kQuick{.drain = milliseconds(1)};

std::unique_ptr<Connection> connect(const Namespace& netns, std::size_t max_send_buffer = 0) {
  auto connection = open_connection({.netns = netns.path(), .max_send_buffer = max_send_buffer});
  if (!connection) throw std::runtime_error(connection.error().message);
  return std::move(*connection);
}

ApplyReport apply_or_throw(Connection& connection, const ruleset::Table& table,
                           const ApplyOptions& options = kQuick) {
  auto report = apply(connection, table, options);
  if (!report) throw std::runtime_error(report.error().message);
  return *report;
}

TableStatus status_of(Connection& connection) {
  auto out = status(connection, "netpolc");
  if (!out) throw std::runtime_error(out.error().message);
  return *out;
}

std::string canonical(Connection& connection) {
  auto out = dump_canonical(connection, "netpolc");
  if (!out) throw std::runtime_error(out.error().message);
  return *out;
}

void load_text(const Namespace& netns, const std::string& text) {
  const std::string path = fmt::format("{}/netpolc-{}.nft", testing::TempDir(), ::getpid());
  std::ofstream(path) << text;
  EXPECT_TRUE(netns.run("nft -f " + path));
  ::unlink(path.c_str());
}

std::string listing(const Namespace& netns, const std::string& options) {
  const auto out = netns.run("nft " + options + " list table inet netpolc");
  EXPECT_TRUE(out);
  const std::string text =
      std::regex_replace(out.value_or(""), std::regex(R"re("handle": [0-9]+)re"), "");
  return std::regex_replace(text, std::regex(R"re(_g[0-9]+)re"), "");
}

// What both namespaces hold, by our own read-back and by nft's two listings.
void expect_same(const Namespace& ours, const Namespace& theirs) {
  const auto left = connect(ours);
  const auto right = connect(theirs);
  EXPECT_EQ(canonical(*left), canonical(*right));
  EXPECT_EQ(listing(ours, ""), listing(theirs, ""));
  EXPECT_EQ(listing(ours, "-j"), listing(theirs, "-j"));
}

TEST(NetlinkApply, LoadsWhatNftLoadsFromTextByHand) {
  if (!test::has_command("nft")) GTEST_SKIP();
  const Namespace ours;
  const Namespace theirs;
  apply_or_throw(*connect(ours), test::every_kind());
  load_text(theirs, test::every_kind_as_text());
  expect_same(ours, theirs);
}

TEST(NetlinkApply, LoadsWhatNftLoadsFromEmittedText) {
  if (!test::has_command("nft")) GTEST_SKIP();
  for (const ruleset::Scratch scratch : {ruleset::Scratch::kPriority, ruleset::Scratch::kMark}) {
    ruleset::Table table = test::every_kind();
    table.scratch = scratch;
    // The text writes protocols by name, of which nft makes no ranges.
    for (ruleset::Expression& expression : table.chains[0].rules[10].expressions) {
      auto* match = std::get_if<ruleset::Match>(&expression);
      if (match != nullptr) match->last = match->first;
    }
    const Namespace ours;
    const Namespace theirs;
    apply_or_throw(*connect(ours), table);
    load_text(theirs, nft_text::emit(table));
    expect_same(ours, theirs);
  }
}

TEST(NetlinkApply, TakesOverWhatNftLoaded) {
  if (!test::has_command("nft")) GTEST_SKIP();
  const Namespace netns;
  load_text(netns, test::every_kind_as_text());
  const auto connection = connect(netns);
  EXPECT_TRUE(apply_or_throw(*connection, test::every_kind()).is_unchanged);
  const ApplyReport report = apply_or_throw(*connection, test::endpoints_table(10, 0));
  EXPECT_EQ(report.from_generation, 0U);
  EXPECT_EQ(report.to_generation, 1U);
  EXPECT_TRUE(status_of(*connection).leftovers.empty());
}

TEST(NetlinkApply, ChangesNothingTwice) {
  const Namespace netns;
  const auto connection = connect(netns);
  const ApplyReport first = apply_or_throw(*connection, test::every_kind());
  EXPECT_TRUE(first.is_fresh);
  EXPECT_FALSE(first.is_unchanged);
  EXPECT_EQ(first.to_generation, 0U);
  EXPECT_FALSE(first.from_generation);
  const ApplyReport second = apply_or_throw(*connection, test::every_kind());
  EXPECT_TRUE(second.is_unchanged);
  EXPECT_EQ(second.transactions, 0U);
  EXPECT_EQ(second.from_digest, second.to_digest);
  const ApplyReport forced =
      apply_or_throw(*connection, test::every_kind(), {.force = true, .drain = milliseconds(1)});
  EXPECT_FALSE(forced.is_unchanged);
  EXPECT_EQ(forced.to_generation, 1U);
  EXPECT_EQ(forced.deleted_generations, std::vector<std::uint64_t>{0});
  const TableStatus after = status_of(*connection);
  EXPECT_EQ(after.generation, 1U);
  EXPECT_EQ(after.digest, ruleset::content_digest(test::every_kind()));
  EXPECT_EQ(after.counts.sets, test::every_kind().sets.size());
  EXPECT_EQ(after.counts.chains, test::every_kind().chains.size());
  EXPECT_TRUE(after.leftovers.empty());
}

TEST(NetlinkApply, NoticesWhatOthersChanged) {
  if (!test::has_command("nft")) GTEST_SKIP();
  const Namespace netns;
  const auto connection = connect(netns);
  for (const char* change :
       {"nft add element inet netpolc peer4 { 1.2.3.4 : 0:1 }",
        "nft add rule inet netpolc in_p1 accept", "nft add rule inet netpolc forward accept",
        "nft insert rule inet netpolc input accept", "nft flush chain inet netpolc ingress4",
        "nft add chain inet netpolc forward { policy drop \\; }", "nft add chain inet netpolc more",
        "nft add set inet netpolc more { type mark \\; }"}) {
    ASSERT_TRUE(remove(*connection, "netpolc"));
    apply_or_throw(*connection, test::every_kind());
    const std::string before = canonical(*connection);
    ASSERT_TRUE(netns.run(change)) << change;
    EXPECT_NE(canonical(*connection), before) << change;
    EXPECT_FALSE(apply_or_throw(*connection, test::every_kind()).is_unchanged) << change;
    EXPECT_EQ(canonical(*connection), before) << change;
  }
}

TEST(NetlinkApply, DryRunWritesNothing) {
  const Namespace netns;
  const auto connection = connect(netns);
  const ApplyReport fresh =
      apply_or_throw(*connection, test::endpoints_table(1000, 0), {.dry_run = true});
  EXPECT_TRUE(fresh.is_fresh);
  EXPECT_GT(fresh.bytes, 100'000U);
  EXPECT_EQ(fresh.counts.elements, 6001U);
  EXPECT_FALSE(status_of(*connection).is_present);
  apply_or_throw(*connection, test::every_kind());
  const ApplyReport plan =
      apply_or_throw(*connection, test::endpoints_table(1000, 0), {.dry_run = true});
  EXPECT_EQ(plan.deleted_sets, test::every_kind().sets.size());
  EXPECT_EQ(plan.deleted_chains, 2U);
  EXPECT_EQ(status_of(*connection).generation, 0U);
}

TEST(NetlinkApply, CleansUpAfterAnApplyThatDiedStaging) {
  const Namespace netns;
  const auto connection = connect(netns);
  apply_or_throw(*connection, test::endpoints_table(10, 0));
  const ruleset::Table next = test::endpoints_table(10, 1);
  {
    auto transition = Transition::begin(*connection, next, kQuick);
    ASSERT_TRUE(transition);
    ASSERT_TRUE(transition->stage());
  }
  EXPECT_EQ(status_of(*connection).generation, 0U);
  EXPECT_EQ(status_of(*connection).leftovers, std::vector<std::uint64_t>{1});
  // Also if there is nothing else to do.
  const ApplyReport report = apply_or_throw(*connection, test::endpoints_table(10, 0));
  EXPECT_TRUE(report.is_unchanged);
  EXPECT_EQ(report.deleted_generations, std::vector<std::uint64_t>{1});
  EXPECT_TRUE(status_of(*connection).leftovers.empty());
}

TEST(NetlinkApply, RollsBackToTheExactRulesBefore) {
  const Namespace netns;
  const auto connection = connect(netns);
  apply_or_throw(*connection, test::every_kind());
  const std::string before = canonical(*connection);
  const ruleset::Table next = test::endpoints_table(100, 1);
  auto transition = Transition::begin(*connection, next, kQuick);
  ASSERT_TRUE(transition);
  ASSERT_TRUE(transition->stage());
  ASSERT_TRUE(transition->switch_over());
  EXPECT_EQ(status_of(*connection).generation, 1U);
  EXPECT_EQ(status_of(*connection).digest, ruleset::content_digest(next));
  ASSERT_TRUE(transition->rollback());
  EXPECT_EQ(canonical(*connection), before);
  EXPECT_TRUE(apply_or_throw(*connection, test::every_kind()).is_unchanged);
}

TEST(NetlinkApply, RollsBackToNoTable) {
  const Namespace netns;
  const auto connection = connect(netns);
  const ruleset::Table table = test::every_kind();
  auto transition = Transition::begin(*connection, table, kQuick);
  ASSERT_TRUE(transition);
  ASSERT_TRUE(transition->stage());
  ASSERT_TRUE(transition->switch_over());
  EXPECT_TRUE(status_of(*connection).is_present);
  ASSERT_TRUE(transition->rollback());
  EXPECT_FALSE(status_of(*connection).is_present);
}

TEST(NetlinkApply, DoesNotRollBackAnotherApply) {
  const Namespace netns;
  const auto connection = connect(netns);
  const ruleset::Table first = test::every_kind();
  auto transition = Transition::begin(*connection, first, kQuick);
  ASSERT_TRUE(transition);
  ASSERT_TRUE(transition->stage());
  ASSERT_TRUE(transition->switch_over());
  apply_or_throw(*connect(netns), test::endpoints_table(10, 0));
  const Status done = transition->rollback();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().errno_value, ESTALE);
  EXPECT_EQ(status_of(*connection).digest, ruleset::content_digest(test::endpoints_table(10, 0)));
}

TEST(NetlinkApply, RemovesOnlyOurTable) {
  if (!test::has_command("nft")) GTEST_SKIP();
  const Namespace netns;
  const auto connection = connect(netns);
  ASSERT_TRUE(netns.run("nft add table inet other; nft add chain inet other c_g9"));
  apply_or_throw(*connection, test::every_kind());
  EXPECT_EQ(remove(*connection, "netpolc"), true);
  EXPECT_EQ(remove(*connection, "netpolc"), false);
  EXPECT_FALSE(status_of(*connection).is_present);
  EXPECT_NE(netns.run("nft list ruleset").value_or("").find("c_g9"), std::string::npos);
}

TEST(NetlinkApply, NamesTheLineThatTheKernelRefuses) {
  const Namespace netns;
  const auto connection = connect(netns);
  apply_or_throw(*connection, test::endpoints_table(10, 0));
  const std::string before = canonical(*connection);
  ruleset::Table table = test::endpoints_table(10, 1);
  // A base chain cannot be gone to.
  table.chains[0].rules[0].expressions.back() = ruleset::Verdict{ruleset::VerdictKind::kGoto, 2};
  const auto report = apply(*connection, table, kQuick);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().message,
            "NetworkPolicy shop/allow-api ingress[0] at policies/shop.yaml:14: Operation not "
            "supported (rule 1 of chain `in_p1_g1`)");
  EXPECT_EQ(canonical(*connection), before);
  EXPECT_TRUE(status_of(*connection).leftovers.empty());
  // Likewise without a table before: nothing stays.
  ASSERT_TRUE(remove(*connection, "netpolc"));
  EXPECT_FALSE(apply(*connection, table, kQuick));
  EXPECT_FALSE(status_of(*connection).is_present);
}

TEST(NetlinkApply, RefusesABaseChainOfAnotherHook) {
  const Namespace netns;
  const auto connection = connect(netns);
  ruleset::Table table = test::endpoints_table(10, 0);
  apply_or_throw(*connection, table);
  table.chains.back().base->priority = 7;
  const auto report = apply(*connection, table, kQuick);
  ASSERT_FALSE(report);
  EXPECT_NE(report.error().message.find("delete the table first"), std::string::npos);
}

TEST(NetlinkApply, EmptiesBaseChainsThatAreNotWanted) {
  const Namespace netns;
  const auto connection = connect(netns);
  apply_or_throw(*connection, test::every_kind());  // input, output and forward
  const ruleset::Table table = test::endpoints_table(10, 0);
  apply_or_throw(*connection, table);
  EXPECT_EQ(status_of(*connection).counts.rules, 7U);
  EXPECT_TRUE(apply_or_throw(*connection, table).is_unchanged);
  apply_or_throw(*connection, test::every_kind());
  EXPECT_TRUE(apply_or_throw(*connection, test::every_kind()).is_unchanged);
}

TEST(NetlinkApply, LoadsSevenHundredThousandElementsThroughASmallBuffer) {
  const Namespace netns;
  constexpr std::size_t kStockBuffer = 425'984;  // twice the stock net.core.wmem_max
  const auto connection = connect(netns, kStockBuffer);
  EXPECT_LE(connection->batch_limit(), 425'952U);
  ruleset::Table table = test::endpoints_table(100'000, 0);
  ruleset::Set more = table.sets[2];
  more.name = "out4_any";
  table.sets.push_back(std::move(more));
  const auto start = std::chrono::steady_clock::now();
  const ApplyReport report = apply_or_throw(*connection, table);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  fmt::print("{} elements, {} bytes, {} transactions, {:.2f} s with read-back\n",
             report.counts.elements, report.bytes, report.transactions, took.count());
  EXPECT_EQ(report.counts.elements, 700'001U);
  EXPECT_GT(report.transactions, report.bytes / kStockBuffer);
  EXPECT_EQ(status_of(*connection).counts.elements, 700'001U);
}

TEST(NetlinkApply, DividesATransactionThatIsTooBig) {
  const Namespace netns;
  // The kernel's least buffer takes no message of 60 KB: that must be an error, not a loop.
  const auto connection = connect(netns, 4096);
  const auto report = apply(*connection, test::endpoints_table(10'000, 0), kQuick);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().errno_value, EMSGSIZE);
}

TEST(NetlinkApply, GoesOnWhileOthersWriteToTheirTables) {
  if (!test::has_command("nft")) GTEST_SKIP();
  const Namespace netns;
  std::atomic<bool> is_done = false;
  std::thread other([&] {
    while (!is_done) {
      EXPECT_TRUE(netns.run("nft add table inet other; nft delete table inet other"));
    }
  });
  const auto connection = connect(netns);
  for (std::uint32_t round = 0; round < 50; ++round) {
    const auto report = apply(*connection, test::endpoints_table(1000, round % 2), kQuick);
    EXPECT_TRUE(report) << report.error().message;
  }
  is_done = true;
  other.join();
}

// A connection whose lock holds nobody off.
class Impolite : public Connection {
 public:
  explicit Impolite(std::unique_ptr<Connection> inner) : inner_(std::move(inner)) {}
  std::size_t batch_limit() const override { return inner_->batch_limit(); }
  std::expected<void, Rejection> transact(Bytes messages,
                                          std::optional<std::uint32_t> ruleset) override {
    return inner_->transact(messages, ruleset);
  }
  Status request(Bytes message, const std::function<void(const Message&)>& each) override {
    return inner_->request(message, each);
  }
  bool lock(milliseconds) override { return false; }
  void unlock() override {}

 private:
  std::unique_ptr<Connection> inner_;
};

// Two writers, each with a table of its own; how many applies went through.
int apply_from_two_threads(const Namespace& netns, bool is_polite) {
  std::atomic<int> done = 0;
  const auto worker = [&](std::uint32_t variant) {
    std::unique_ptr<Connection> connection = connect(netns);
    if (!is_polite) connection = std::make_unique<Impolite>(std::move(connection));
    for (int round = 0; round < 50; ++round) {
      const auto report = apply(*connection, test::endpoints_table(200, variant),
                                {.force = true, .drain = milliseconds(1)});
      if (report) ++done;
      if (!report) {
        EXPECT_FALSE(is_polite) << report.error().message;
        EXPECT_EQ(report.error().errno_value, ESTALE) << report.error().message;
      }
    }
  };
  std::thread left(worker, 0);
  std::thread right(worker, 1);
  left.join();
  right.join();
  return done;
}

// What is in force is one of the two, whole, and the next apply leaves nothing else.
void expect_one_whole_table(const Namespace& netns) {
  const auto connection = connect(netns);
  const ruleset::Table left = test::endpoints_table(200, 0);
  const ruleset::Table right = test::endpoints_table(200, 1);
  const bool is_left = status_of(*connection).digest == ruleset::content_digest(left);
  EXPECT_TRUE(apply_or_throw(*connection, is_left ? left : right).is_unchanged);
  EXPECT_TRUE(status_of(*connection).leftovers.empty());
}

TEST(NetlinkApply, TwoAtOnceTakeTurns) {
  const Namespace netns;
  EXPECT_EQ(apply_from_two_threads(netns, true), 100);
  expect_one_whole_table(netns);
}

TEST(NetlinkApply, TwoAtOnceDoNotMixEvenWithoutTheLock) {
  const Namespace netns;
  fmt::print("{} of 100 applies went through\n", apply_from_two_threads(netns, false));
  expect_one_whole_table(netns);
}

TEST(OpenConnection, SaysWhatIsMissing) {
  const auto absent = open_connection({.netns = "no-such-namespace"});
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().message,
            "there is no network namespace `no-such-namespace` (looked in /run/netns)");
  const auto file = open_connection({.netns = "/dev/null"});
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().errno_value, EINVAL);
}

TEST(OpenConnection, TakesAProcessNumber) {
  EXPECT_TRUE(open_connection({.netns = std::to_string(::getpid())}));
  EXPECT_TRUE(open_connection({}));
}

TEST(OpenConnection, TellsWhichRightIsMissing) {
  const pid_t child = ::fork();
  if (child == 0) {
    // Without capabilities in this namespace from here on.
    if (::unshare(CLONE_NEWUSER) != 0) ::_exit(2);
    const auto refused = open_connection({});
    const bool is_clear =
        !refused && refused.error().message.find("CAP_NET_ADMIN") != std::string::npos;
    ::_exit(is_clear ? 0 : 1);
  }
  int state = 0;
  ASSERT_EQ(::waitpid(child, &state, 0), child);
  EXPECT_EQ(WEXITSTATUS(state), 0);
}

}  // namespace
}  // namespace netpolc::nft_netlink

int main(int count, char** arguments) { return netpolc::test::run_live_tests(count, arguments); }
