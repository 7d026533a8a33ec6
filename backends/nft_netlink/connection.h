// SPDX-License-Identifier: Apache-2.0
// The one way to the kernel: everything that reads or writes nf_tables goes through Connection, so
// that tests may put another nf_tables behind it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "backends/nft_netlink/message.h"
#include "netpolc/result.h"

namespace netpolc::nft_netlink {

// Why the kernel refused a transaction; nothing of it is in force then.
struct Rejection {
  int errno_value = 0;
  std::uint32_t sequence = 0;  // nlmsg_seq of the first message at fault; 0: the whole transaction
  std::string kernel_message{};  // its extended acknowledgement; may be empty
  std::uint32_t offset = 0;      // of the attribute at fault in the message; 0: not told
  std::size_t further = 0;       // messages that were refused as well
};

class Connection {
 public:
  Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  virtual ~Connection() = default;

  // Bytes of messages that one transaction may have.
  virtual std::size_t batch_limit() const = 0;

  // Executes messages (whole, the last one asking for an acknowledgement) as one transaction.
  // `ruleset`: refused with ERESTART if the ruleset's generation id is another one by then.
  virtual std::expected<void, Rejection> transact(Bytes messages,
                                                  std::optional<std::uint32_t> ruleset) = 0;

  // Sends a request (one message) and hands over each message of the answer. A dump that another
  // writer interrupted fails with EINTR.
  virtual Status request(Bytes message, const std::function<void(const Message&)>& each) = 0;

  // Asks others who apply in this network namespace to wait, for at most `patience`; false if one
  // of them holds it longer. Only a courtesy: correctness rests on transact()'s `ruleset`.
  virtual bool lock(std::chrono::milliseconds patience) = 0;
  virtual void unlock() = 0;
};

struct ConnectionOptions {
  // The network namespace: a name below /run/netns, a path, or the number of a process; empty: that
  // of the caller.
  std::string netns{};
  // Upper limit of the send buffer in bytes as getsockopt(SO_SNDBUF) tells it; 0: as much as there
  // is to have. Then not even SO_SNDBUFFORCE is tried.
  std::size_t max_send_buffer = 0;
};

Result<std::unique_ptr<Connection>> open_connection(const ConnectionOptions& options);

}  // namespace netpolc::nft_netlink
