// SPDX-License-Identifier: Apache-2.0
// An nf_tables in memory behind Connection: executes transactions whole or not at all, checks that
// what a message refers to is there, and answers dumps with the messages that made the objects.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "backends/nft_netlink/connection.h"

namespace netpolc::test {

class FakeNetlink : public nft_netlink::Connection {
 public:
  // What a transaction may hold; like the kernel, one more byte is EMSGSIZE.
  std::size_t limit = 400'000;
  // What batch_limit() promises, if that is to differ.
  std::size_t promised_limit = 0;
  // Called before each transaction with its number, from 1; a returned error number refuses it.
  std::function<int(std::size_t)> before_transaction = [](std::size_t) { return 0; };
  std::size_t transactions = 0;  // tried so far
  std::uint32_t ruleset = 1;
  std::vector<std::size_t> sizes;  // of those that were executed

  std::size_t batch_limit() const override { return promised_limit != 0 ? promised_limit : limit; }
  std::expected<void, nft_netlink::Rejection> transact(
      nft_netlink::Bytes messages, std::optional<std::uint32_t> wanted) override;
  Status request(nft_netlink::Bytes message,
                 const std::function<void(const nft_netlink::Message&)>& each) override;
  bool lock(std::chrono::milliseconds) override { return true; }
  void unlock() override {}

 private:
  using Stored = std::vector<std::uint8_t>;
  struct Set {
    Stored definition;
    std::vector<Stored> elements;
  };
  struct Chain {
    Stored definition;
    std::vector<Stored> rules;
  };
  struct Table {
    std::map<std::string, Set> sets;
    std::map<std::string, Chain> chains;
  };
  using Tables = std::map<std::string, Table>;

  int execute(Tables& tables, const nft_netlink::Message& message);
  int execute_new(Table& table, const nft_netlink::Message& message);
  int execute_delete(Table& table, const nft_netlink::Message& message);
  static int check_rule(const Table& table, const nft_netlink::Message& message);
  Stored with_handle(const nft_netlink::Message& message, std::uint16_t attribute);

  Tables tables_;
  std::uint64_t next_handle_ = 1;
};

}  // namespace netpolc::test
