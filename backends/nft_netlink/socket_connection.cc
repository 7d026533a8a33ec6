// SPDX-License-Identifier: Apache-2.0
// Connection over a netlink socket.
#include <arpa/inet.h>
#include <fmt/format.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <thread>
#include <vector>

#include "backends/nft_netlink/connection.h"
#include "backends/nft_netlink/netns.h"

namespace netpolc::nft_netlink {

namespace {

constexpr std::size_t kMaxBatch = std::size_t{4} << 20U;
constexpr std::size_t kSendOverhead = 32;  // netlink_sendmsg() wants length <= sk_sndbuf - 32
constexpr std::size_t kReceiveBuffer = std::size_t{64} << 10U;
constexpr int kReceiveSpace = 4 << 20;
constexpr std::uint32_t kFirstRequest = 0x40000000;  // sequence numbers apart from a batch's
constexpr int kMemoryRetries = 5;
constexpr std::string_view kLockName = "netpolc-apply";  // abstract, so one a network namespace

// NFNL_MSG_BATCH_BEGIN or _END, with room for the generation id.
struct Frame {
  std::array<std::uint8_t, 64> bytes{};
  std::size_t length = 0;
};

Frame make_frame(std::uint16_t type, std::optional<std::uint32_t> ruleset) {
  Frame frame;
  nlmsghdr* header = mnl_nlmsg_put_header(frame.bytes.data());
  header->nlmsg_type = type;
  header->nlmsg_flags = NLM_F_REQUEST;
  auto* general = static_cast<nfgenmsg*>(mnl_nlmsg_put_extra_header(header, sizeof(nfgenmsg)));
  general->nfgen_family = AF_UNSPEC;
  general->version = NFNETLINK_V0;
  general->res_id = htons(NFNL_SUBSYS_NFTABLES);
  if (ruleset) mnl_attr_put_u32(header, NFNL_BATCH_GENID, htonl(*ruleset));
  frame.length = header->nlmsg_len;
  return frame;
}

// What one NLMSG_ERROR says.
struct Reply {
  int error = 0;  // 0: an acknowledgement
  std::string text;
  std::uint32_t offset = 0;
};

Reply read_reply(const Message& message) {
  Reply reply;
  const Bytes body = message.whole.subspan(sizeof(nlmsghdr));
  if (body.size() < sizeof(nlmsgerr)) return {.error = EBADMSG, .text = {}, .offset = 0};
  nlmsgerr answer{};
  std::memcpy(&answer, body.data(), sizeof answer);
  reply.error = -answer.error;
  if ((message.flags & NLM_F_ACK_TLVS) == 0) return reply;
  std::size_t skip = sizeof answer;
  if ((message.flags & NLM_F_CAPPED) == 0) skip += answer.msg.nlmsg_len - sizeof(nlmsghdr);
  if (skip > body.size()) return reply;
  for (const Attribute& attribute : Attributes(body.subspan(skip))) {
    if (attribute.type == NLMSGERR_ATTR_MSG) reply.text = attribute.text();
    if (attribute.type == NLMSGERR_ATTR_OFFS && attribute.value.size() == sizeof reply.offset) {
      std::memcpy(&reply.offset, attribute.value.data(), sizeof reply.offset);
    }
  }
  return reply;
}

std::string refusal(int error) {
  if (error == EPERM || error == EACCES) {
    return "cannot use nf_tables: that needs CAP_NET_ADMIN in that network namespace: run as root, "
           "or inside `unshare -Urn`";
  }
  if (error == EPROTONOSUPPORT || error == EAFNOSUPPORT || error == EOPNOTSUPP || error == EINVAL) {
    return fmt::format("the kernel has no nf_tables ({})", std::strerror(error));
  }
  return fmt::format("nf_tables does not answer: {}", std::strerror(error));
}

class SocketConnection : public Connection {
 public:
  SocketConnection(FileDescriptor netns, FileDescriptor socket, std::string name)
      : netns_(std::move(netns)), socket_(std::move(socket)), name_(std::move(name)) {
    buffer_.resize(kReceiveBuffer);
  }

  Status prepare(std::size_t max_send_buffer);
  std::size_t batch_limit() const override { return batch_limit_; }
  std::expected<void, Rejection> transact(Bytes messages,
                                          std::optional<std::uint32_t> ruleset) override;
  Status request(Bytes message, const std::function<void(const Message&)>& each) override;
  bool lock(std::chrono::milliseconds patience) override;
  void unlock() override { lock_ = FileDescriptor(); }

 private:
  int send(std::span<iovec> parts);
  // Bytes of one datagram in buffer_; 0: nothing there (only with MSG_DONTWAIT); negative: -errno.
  ssize_t receive(int flags);
  std::expected<void, Rejection> collect(std::uint32_t last);

  FileDescriptor netns_;
  FileDescriptor socket_;
  FileDescriptor lock_;
  std::string name_;
  std::size_t batch_limit_ = 0;
  std::uint32_t next_request_ = kFirstRequest;
  std::vector<std::uint8_t> buffer_;
};

Status SocketConnection::prepare(std::size_t max_send_buffer) {
  const int fd = socket_.get();
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return fail(fmt::format("cannot bind a netlink socket: {}", std::strerror(errno)), errno);
  }
  const int on = 1;
  // Older kernels know no extended acknowledgements: errors are terser there.
  (void)::setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof on);
  (void)::setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof on);
  (void)::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &kReceiveSpace, sizeof kReceiveSpace);
  // The kernel doubles what it is told.
  const int wanted =
      static_cast<int>(max_send_buffer != 0 ? max_send_buffer / 2 : kMaxBatch + kSendOverhead);
  if (max_send_buffer != 0 ||
      ::setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &wanted, sizeof wanted) != 0) {
    (void)::setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &wanted, sizeof wanted);
  }
  int got = 0;
  socklen_t length = sizeof got;
  if (::getsockopt(fd, SOL_SOCKET, SO_SNDBUF, &got, &length) != 0) {
    return fail(fmt::format("cannot read a socket's buffer size: {}", std::strerror(errno)), errno);
  }
  const std::size_t frames = make_frame(NFNL_MSG_BATCH_BEGIN, 0).length +
                             make_frame(NFNL_MSG_BATCH_END, std::nullopt).length;
  batch_limit_ = std::min(static_cast<std::size_t>(got) - kSendOverhead, kMaxBatch) - frames;

  MessageWriter probe;
  probe.begin(NFT_MSG_GETGEN, 0, AF_UNSPEC);
  probe.end();
  const Status answer = request(probe.bytes(), [](const Message&) {});
  if (!answer) return fail(refusal(answer.error().errno_value), answer.error().errno_value);
  return {};
}

int SocketConnection::send(std::span<iovec> parts) {
  sockaddr_nl kernel{};
  kernel.nl_family = AF_NETLINK;
  msghdr message{};
  message.msg_name = &kernel;
  message.msg_namelen = sizeof kernel;
  message.msg_iov = parts.data();
  message.msg_iovlen = parts.size();
  for (int attempt = 0;; ++attempt) {
    if (::sendmsg(socket_.get(), &message, 0) >= 0) return 0;
    if (errno == EINTR) continue;
    if ((errno != ENOBUFS && errno != ENOMEM) || attempt == kMemoryRetries) return errno;
    std::this_thread::sleep_for(std::chrono::milliseconds(1 << attempt));
  }
}

ssize_t SocketConnection::receive(int flags) {
  for (;;) {
    const ssize_t got = ::recv(socket_.get(), buffer_.data(), buffer_.size(), flags);
    if (got >= 0) return got;
    if (errno == EINTR) continue;
    if (errno == EAGAIN || errno == EWOULDBLOCK) return 0;
    return -errno;
  }
}

// The kernel has executed the transaction when sendmsg(2) returns: all replies are here already.
std::expected<void, Rejection> SocketConnection::collect(std::uint32_t last) {
  std::optional<Rejection> rejection;
  bool is_acknowledged = false;
  for (;;) {
    const ssize_t got = receive(MSG_DONTWAIT);
    if (got == 0) break;
    if (got == -ENOBUFS) continue;  // too many errors to hold; the first ones are there
    if (got < 0) return std::unexpected(Rejection{.errno_value = static_cast<int>(-got)});
    for (const Message& message :
         split_messages(Bytes(buffer_).first(static_cast<std::size_t>(got)))) {
      if (message.netlink_type != NLMSG_ERROR) continue;
      Reply reply = read_reply(message);
      if (reply.error == 0) {
        is_acknowledged = is_acknowledged || message.sequence == last;
      } else if (rejection) {
        ++rejection->further;
      } else {
        rejection = Rejection{.errno_value = reply.error,
                              .sequence = message.sequence,
                              .kernel_message = std::move(reply.text),
                              .offset = reply.offset,
                              .further = 0};
      }
    }
  }
  if (rejection) return std::unexpected(std::move(*rejection));
  if (!is_acknowledged) return std::unexpected(Rejection{.errno_value = ENOBUFS});
  return {};
}

std::expected<void, Rejection> SocketConnection::transact(Bytes messages,
                                                          std::optional<std::uint32_t> ruleset) {
  Frame begin = make_frame(NFNL_MSG_BATCH_BEGIN, ruleset);
  Frame end = make_frame(NFNL_MSG_BATCH_END, std::nullopt);
  while (receive(MSG_DONTWAIT) > 0) {
    // Nothing of an earlier exchange may be taken for an answer to this one.
  }
  std::array<iovec, 3> parts{iovec{begin.bytes.data(), begin.length},
                             iovec{const_cast<std::uint8_t*>(messages.data()), messages.size()},
                             iovec{end.bytes.data(), end.length}};
  const std::vector<Message> all = split_messages(messages);
  if (all.empty()) return {};
  if (const int error = send(parts); error != 0) {
    return std::unexpected(Rejection{.errno_value = error});
  }
  return collect(all.back().sequence);
}

Status SocketConnection::request(Bytes message, const std::function<void(const Message&)>& each) {
  std::vector<std::uint8_t> bytes(message.begin(), message.end());
  nlmsghdr header{};
  std::memcpy(&header, bytes.data(), sizeof header);
  header.nlmsg_seq = next_request_++;
  const bool is_dump = (header.nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP;
  if (!is_dump) header.nlmsg_flags = static_cast<std::uint16_t>(header.nlmsg_flags | NLM_F_ACK);
  std::memcpy(bytes.data(), &header, sizeof header);
  std::array<iovec, 1> parts{iovec{bytes.data(), bytes.size()}};
  if (const int error = send(parts); error != 0) {
    return fail(fmt::format("cannot ask the kernel: {}", std::strerror(error)), error);
  }
  bool is_interrupted = false;
  for (;;) {
    const ssize_t got = receive(0);
    if (got <= 0) {
      const int error = got == 0 ? EPROTO : static_cast<int>(-got);
      return fail(fmt::format("cannot read from the kernel: {}", std::strerror(error)), error);
    }
    for (const Message& part :
         split_messages(Bytes(buffer_).first(static_cast<std::size_t>(got)))) {
      if (part.sequence != header.nlmsg_seq) continue;
      is_interrupted = is_interrupted || (part.flags & NLM_F_DUMP_INTR) != 0;
      if (part.netlink_type == NLMSG_ERROR || part.netlink_type == NLMSG_DONE) {
        int code = 0;
        const Bytes body = part.whole.subspan(sizeof(nlmsghdr));
        if (body.size() >= sizeof code) std::memcpy(&code, body.data(), sizeof code);
        if (code != 0) return fail(std::strerror(-code), -code);
        if (is_interrupted) return fail("the ruleset changed while it was read", EINTR);
        return {};
      }
      each(part);
    }
  }
}

bool SocketConnection::lock(std::chrono::milliseconds patience) {
  auto socket = socket_in(netns_, name_, AF_UNIX, SOCK_DGRAM, 0);
  if (!socket) return false;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::ranges::copy(kLockName, address.sun_path + 1);
  const auto length =
      static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + kLockName.size());
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (::bind(socket->get(), reinterpret_cast<const sockaddr*>(&address), length) != 0) {
    if (errno != EADDRINUSE || std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  lock_ = std::move(*socket);
  return true;
}

}  // namespace

Result<std::unique_ptr<Connection>> open_connection(const ConnectionOptions& options) {
  auto netns = open_netns(options.netns);
  if (!netns) return std::unexpected(netns.error());
  auto socket = socket_in(*netns, options.netns, AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER);
  if (!socket) {
    const int error = socket.error().errno_value;
    if (error == EPROTONOSUPPORT || error == EAFNOSUPPORT) return fail(refusal(error), error);
    return std::unexpected(socket.error());
  }
  auto connection =
      std::make_unique<SocketConnection>(std::move(*netns), std::move(*socket), options.netns);
  if (const Status ready = connection->prepare(options.max_send_buffer); !ready) {
    return std::unexpected(ready.error());
  }
  return connection;
}

}  // namespace netpolc::nft_netlink
