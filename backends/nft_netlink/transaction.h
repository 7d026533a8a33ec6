// SPDX-License-Identifier: Apache-2.0
// Collects messages into transactions of the size that the socket takes, and says of which object
// of the table, and so of which line of a policy, the kernel complains.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "backends/nft_netlink/connection.h"
#include "backends/nft_netlink/encode.h"
#include "netpolc/result.h"

namespace netpolc::nft_netlink {

// What a message is about.
struct Subject {
  enum class Kind : std::uint8_t { kOther, kChain, kSet, kElements, kRule };
  Kind kind = Kind::kOther;
  std::uint32_t index = 0;  // of the chain or set in the table
  std::uint32_t rule = 0;   // of the rule in its chain
};

// "NetworkPolicy shop/allow-api ingress[0] at policies/shop.yaml:14: no such file or directory
// (rule 2 of chain `in_p3_g1`)"; `encoder` may be null for messages that are about no table of
// ours.
std::string explain(const Rejection& rejection, const Subject& subject, const Encoder* encoder);

class Transaction {
 public:
  // Both must outlive it.
  Transaction(Connection& connection, const Encoder* encoder)
      : connection_(connection), encoder_(encoder) {}

  // The place to append exactly one message to; then call add() or append().
  MessageWriter& out() { return writer_; }
  // Counts the message in.
  void append(Subject subject = {});
  // Likewise, and sends all before it once the buffer is full.
  Status add(Subject subject = {});
  // Sends the rest, in several transactions if one turns out to be too big.
  Status flush();
  // Sends all as one transaction or fails, with ERESTART if the ruleset's generation id is not
  // `ruleset` any more.
  Status commit(std::optional<std::uint32_t> ruleset);

  std::size_t bytes() const { return bytes_; }
  std::size_t count() const { return count_; }

 private:
  // Messages first..last (behind the last) as one transaction.
  std::expected<void, Rejection> send(std::size_t first, std::size_t last,
                                      std::optional<std::uint32_t> ruleset);
  Status send_divided(std::size_t first, std::size_t last);
  Status failure(const Rejection& rejection) const;
  void forget(std::size_t count);

  Connection& connection_;
  const Encoder* encoder_;
  MessageWriter writer_;
  std::vector<std::size_t> starts_;
  std::vector<Subject> subjects_;
  std::size_t bytes_ = 0;
  std::size_t count_ = 0;
};

}  // namespace netpolc::nft_netlink
