// SPDX-License-Identifier: Apache-2.0
#include "backends/nft_netlink/transaction.h"

#include <gtest/gtest.h>
#include <linux/netlink.h>

#include <algorithm>
#include <cerrno>

#include "tests/live/tables.h"
#include "tests/unit/backends/nft_netlink/fake_netlink.h"

namespace netpolc::nft_netlink {
namespace {

using test::FakeNetlink;

void add_chains(Transaction& transaction, const std::string& prefix, int count) {
  MessageWriter& out = transaction.out();
  for (int index = 0; index < count; ++index) {
    out.begin(3, NLM_F_CREATE, 1);
    out.put_text(1, "t");
    out.put_text(3, prefix + std::to_string(index));
    out.end();
    ASSERT_TRUE(transaction.add());
  }
}

void add_table(FakeNetlink& kernel) {
  ruleset::Table table;
  table.name = "t";
  const Encoder encoder(table, 0);
  Transaction transaction(kernel, &encoder);
  encoder.table(transaction.out());
  transaction.append();
  ASSERT_TRUE(transaction.commit(std::nullopt));
}

TEST(Transaction, KeepsBelowTheLimitOfTheSocket) {
  FakeNetlink kernel;
  kernel.limit = 1000;
  add_table(kernel);
  kernel.sizes.clear();
  Transaction transaction(kernel, nullptr);
  add_chains(transaction, "c", 200);
  ASSERT_TRUE(transaction.flush());
  EXPECT_GT(kernel.sizes.size(), 5U);
  EXPECT_LE(std::ranges::max(kernel.sizes), 1000U);
  EXPECT_GE(kernel.sizes.front(), 900U);
  EXPECT_EQ(transaction.count(), kernel.sizes.size());
}

TEST(Transaction, DividesWhatTheKernelFindsTooBig) {
  FakeNetlink kernel;
  add_table(kernel);
  kernel.promised_limit = 100'000;
  kernel.limit = 500;
  Transaction transaction(kernel, nullptr);
  add_chains(transaction, "c", 100);
  ASSERT_TRUE(transaction.flush());
  EXPECT_LE(std::ranges::max(kernel.sizes), 500U);
}

TEST(Transaction, GivesUpOnOneMessageThatIsTooBig) {
  FakeNetlink kernel;
  add_table(kernel);
  kernel.limit = 10;
  Transaction transaction(kernel, nullptr);
  add_chains(transaction, "c", 1);
  const Status done = transaction.flush();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().errno_value, EMSGSIZE);
}

TEST(Transaction, TriesAgainWhenInterrupted) {
  FakeNetlink kernel;
  add_table(kernel);
  kernel.before_transaction = [](std::size_t number) { return number < 4 ? EINTR : 0; };
  Transaction transaction(kernel, nullptr);
  add_chains(transaction, "c", 1);
  EXPECT_TRUE(transaction.flush());
}

TEST(Explain, NamesTheObjectAndTheLine) {
  ruleset::Table table = test::endpoints_table(1, 0);
  const Encoder encoder(table, 2);
  const Rejection refused{.errno_value = ENOENT, .sequence = 1, .kernel_message = "gone"};
  EXPECT_EQ(explain(refused, {Subject::Kind::kRule, 0, 0}, &encoder),
            "NetworkPolicy shop/allow-api ingress[0] at policies/shop.yaml:14: No such file or "
            "directory: gone (rule 1 of chain `in_p1_g2`)");
  EXPECT_EQ(explain(refused, {Subject::Kind::kRule, 0, 1}, &encoder),
            "rule 2 of chain `in_p1_g2`: No such file or directory: gone");
  EXPECT_EQ(explain(refused, {Subject::Kind::kChain, 0, 0}, &encoder),
            "chain `in_p1_g2`: No such file or directory: gone");
  EXPECT_EQ(explain(refused, {Subject::Kind::kSet, 0, 0}, &encoder),
            "set `peer4_g2`: No such file or directory: gone");
  EXPECT_EQ(explain(refused, {Subject::Kind::kElements, 0, 0}, &encoder),
            "elements of set `peer4_g2`: No such file or directory: gone");
  table.origins.push_back({"NetworkPolicy shop/b", "", "b.yaml:1"});
  table.chains[0].rules[0].origins = {1, 0};
  EXPECT_TRUE(explain(refused, {Subject::Kind::kRule, 0, 0}, &encoder)
                  .starts_with("NetworkPolicy shop/b at b.yaml:1 and 1 more: "));
  EXPECT_NE(explain({.errno_value = EPERM, .sequence = 0}, {}, &encoder).find("CAP_NET_ADMIN"),
            std::string::npos);
  EXPECT_EQ(explain({.errno_value = EIO, .sequence = 3, .further = 2}, {}, nullptr),
            "Input/output error (and 2 more)");
}

}  // namespace
}  // namespace netpolc::nft_netlink
