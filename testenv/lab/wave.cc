// SPDX-License-Identifier: Apache-2.0
#include "testenv/lab/wave.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "testenv/lab/netns.h"
#include "testenv/lab/packets.h"
#include "testenv/lab/sockets.h"

namespace netpolc::lab {
namespace {

// Below the kernel's queue for received packets (net.core.netdev_max_backlog, 1000) and below what
// one socket's buffer holds, so that no packet is lost for the haste of the sender.
constexpr std::size_t kLot = 100;
constexpr std::uint16_t kFirstNumber = 16384;
constexpr std::uint16_t kLastNumber = 60999;
constexpr int kBindTries = 200;
constexpr std::uint64_t kEndpointTag = std::uint64_t{1} << 32;

constexpr std::uint8_t kEchoReply = 0;
constexpr std::uint8_t kEchoReplyIpv6 = 129;

Clock::duration ceil_ms(Clock::duration left) {
  return std::chrono::ceil<std::chrono::milliseconds>(left);
}

std::uint8_t echo_reply(std::uint8_t protocol) {
  return protocol == IPPROTO_ICMPV6 ? kEchoReplyIpv6 : kEchoReply;
}

bool is_icmp(std::uint8_t protocol) {
  return protocol == IPPROTO_ICMP || protocol == IPPROTO_ICMPV6;
}

// The token of a packet that a raw socket has sent or received; of an INIT, not of its answer.
std::optional<std::uint32_t> token_of(std::uint8_t protocol, ByteView body) {
  if (is_icmp(protocol)) return icmp_token(body);
  if (protocol != IPPROTO_SCTP) return plain_token(body);
  const auto chunk = parse_sctp(body);
  if (!chunk || chunk->type != kSctpInit) return std::nullopt;
  return chunk->initiate_tag;
}

}  // namespace

std::uint16_t Numbers::next_number(const std::set<std::uint16_t>& avoided) {
  do {
    number_ = number_ < kFirstNumber || number_ >= kLastNumber
                  ? kFirstNumber
                  : static_cast<std::uint16_t>(number_ + 1);
  } while (avoided.contains(number_));
  return number_;
}

Wave::Wave(const Namespaces& namespaces, const Endpoints& endpoints, std::vector<Endpoint> needed,
           std::span<Flight> flights)
    : namespaces_(namespaces),
      endpoints_(endpoints),
      needed_(std::move(needed)),
      flights_(flights),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      open_flights_(flights.size()) {}

Status Wave::watch(int fd, std::uint64_t tag, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = tag;
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) {
    return fail("cannot watch a socket", errno);
  }
  return {};
}

Status Wave::open(Numbers& numbers, const std::set<std::uint16_t>& avoided) {
  if (!epoll_) return fail("cannot make an epoll descriptor", errno);
  for (std::size_t i = 0; i < needed_.size(); ++i) {
    // The kernel alone answers at a listener.
    if (needed_[i].protocol == IPPROTO_TCP) continue;
    auto watched = watch(endpoints_.fd(needed_[i]), kEndpointTag | i, EPOLLIN);
    if (!watched) return watched;
  }
  std::vector<Flight*> by_host;
  by_token_.reserve(flights_.size());
  for (Flight& flight : flights_) {
    flight.token = numbers.next_token();
    flight.number = 0;
    by_token_.emplace(flight.token, &flight);
    by_host.push_back(&flight);
  }
  std::ranges::sort(by_host, {},
                    [](const Flight* each) { return std::pair(each->probe->from, each->token); });
  std::optional<std::size_t> inside;
  for (Flight* flight : by_host) {
    if (inside != flight->probe->from) {
      auto entered = enter_netns(namespaces_.hosts[flight->probe->from]);
      if (!entered) return entered;
      inside = flight->probe->from;
    }
    if (auto opened = open_socket(*flight, numbers, avoided); !opened) return opened;
  }
  return {};
}

Status Wave::open_socket(Flight& flight, Numbers& numbers, const std::set<std::uint16_t>& avoided) {
  const bool has_socket = flight.method == Method::kConnect || flight.method == Method::kDatagram;
  if (!has_socket) {
    flight.number = numbers.next_number(avoided);
    return {};
  }
  const int type = flight.method == Method::kConnect ? SOCK_STREAM : SOCK_DGRAM;
  for (int tries = 0;; ++tries) {
    flight.number = numbers.next_number(avoided);
    auto fd = open_client(type, flight.probe->source, flight.number);
    if (fd) {
      flight.socket = std::move(*fd);
      break;
    }
    // A listener of an earlier batch may hold the port.
    if (fd.error().errno_value != EADDRINUSE || tries == kBindTries) {
      return std::unexpected(fd.error());
    }
  }
  if (flight.method == Method::kConnect) return {};
  return watch(flight.socket.get(), static_cast<std::uint64_t>(&flight - flights_.data()), EPOLLIN);
}

void Wave::finish(Flight& flight, Outcome outcome, std::string_view what) {
  if (flight.done) return;
  const std::chrono::duration<double, std::milli> took = Clock::now() - flight.sent;
  flight.answer = {outcome, fmt::format("{} in {:.1f} ms", what, took.count())};
  // The destination's kernel may complain of a packet of unknown protocol, though it has arrived
  // and will be seen.
  if (flight.method == Method::kArrival && outcome != Outcome::kAnswered) return;
  flight.done = true;
  --open_flights_;
}

Flight* Wave::find(std::optional<std::uint32_t> token) {
  if (!token) return nullptr;
  const auto found = by_token_.find(*token);
  return found == by_token_.end() ? nullptr : found->second;
}

void Wave::send_raw_packet(Flight& flight) {
  const Probe& probe = *flight.probe;
  Bytes body;
  if (flight.method == Method::kAssociation) {
    body = sctp_init(flight.number, probe.port, flight.token);
  } else if (is_icmp(probe.protocol)) {
    body = icmp_message(flight.icmp_type, flight.number, flight.token);
  } else {
    body = plain_packet(flight.token);
  }
  const int fd = endpoints_.fd(Endpoint::raw(probe.from, probe.protocol, probe.destination.family));
  const int error = send_raw(fd, probe.source, probe.destination, body);
  if (error != 0) finish(flight, Outcome::kRefused, std::strerror(error));
}

void Wave::send(Flight& flight) {
  const Probe& probe = *flight.probe;
  flight.sent = Clock::now();
  if (!flight.socket) {
    send_raw_packet(flight);
    return;
  }
  const int fd = flight.socket.get();
  const SocketAddress to = socket_address(probe.destination, probe.port);
  if (::connect(fd, to.get(), to.size) != 0 && errno != EINPROGRESS) {
    finish(flight, Outcome::kRefused, std::strerror(errno));
    return;
  }
  if (flight.method == Method::kConnect) {
    // An ICMP error that comes back within connect() is only noted, and never told by epoll.
    if (const int error = pending_error(fd); error != 0) {
      finish(flight, Outcome::kRefused, std::strerror(error));
    }
    return;
  }
  const Bytes body = token_body(flight.token);
  if (::send(fd, body.data(), body.size(), MSG_NOSIGNAL) < 0) {
    finish(flight, Outcome::kRefused, std::strerror(errno));
  }
}

void Wave::on_socket(Flight& flight) {
  const int fd = flight.socket.get();
  if (flight.method == Method::kConnect) {
    const int error = pending_error(fd);
    finish(flight, error == 0 ? Outcome::kAnswered : Outcome::kRefused,
           error == 0 ? "connected" : std::strerror(error));
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
    return;
  }
  std::array<std::uint8_t, 64> buffer{};
  const ssize_t size = ::recv(fd, buffer.data(), buffer.size(), 0);
  if (size < 0) {
    if (errno == EAGAIN || errno == EINTR) return;
    finish(flight, Outcome::kRefused, std::strerror(errno));
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
    return;
  }
  const ByteView body(buffer.data(), static_cast<std::size_t>(size));
  if (body_token(body) == flight.token) finish(flight, Outcome::kAnswered, "datagram back");
}

void Wave::on_raw_packet(const Endpoint& endpoint, int fd, const RawPacket& packet) {
  const ByteView body = packet.body;
  if (endpoint.protocol == IPPROTO_SCTP) {
    const auto chunk = parse_sctp(body);
    if (!chunk) return;
    if (chunk->type == kSctpInit) {
      // A lost answer is the source's to notice.
      (void)send_raw(fd, packet.destination, packet.source, sctp_init_ack(*chunk));
      return;
    }
    Flight* flight = find(chunk->verification_tag);
    if (flight != nullptr && flight->probe->from == endpoint.host) {
      finish(*flight, Outcome::kAnswered, "INIT ACK");
    }
    return;
  }
  Flight* flight = find(token_of(endpoint.protocol, body));
  if (flight == nullptr || flight->probe->protocol != endpoint.protocol) return;
  if (flight->method == Method::kEcho) {
    if (body[0] == echo_reply(endpoint.protocol) && flight->probe->from == endpoint.host) {
      finish(*flight, Outcome::kAnswered, "echo reply");
    }
  } else if (flight->target_host == endpoint.host &&
             (!is_icmp(endpoint.protocol) || body[0] == flight->icmp_type)) {
    finish(*flight, Outcome::kAnswered, "arrived");
  }
}

void Wave::on_raw_faults(const Endpoint& endpoint, int fd) {
  while (const auto fault = receive_fault(fd)) {
    Flight* flight = find(token_of(endpoint.protocol, fault->body));
    if (flight == nullptr || flight->probe->from != endpoint.host) continue;
    finish(*flight, Outcome::kRefused, std::strerror(fault->error));
  }
}

void Wave::on_endpoint(const Endpoint& endpoint) {
  const int fd = endpoints_.fd(endpoint);
  if (endpoint.protocol == IPPROTO_UDP) {
    echo_datagrams(fd);
    return;
  }
  while (const auto packet = receive_raw(fd, endpoint.address.family)) {
    on_raw_packet(endpoint, fd, *packet);
  }
  on_raw_faults(endpoint, fd);
}

Status Wave::poll_once(std::chrono::milliseconds timeout) {
  std::array<epoll_event, 256> events{};
  const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()),
                                 static_cast<int>(timeout.count()));
  if (count < 0 && errno != EINTR) return fail("cannot wait for the probes", errno);
  for (int i = 0; i < count; ++i) {
    const std::uint64_t tag = events[static_cast<std::size_t>(i)].data.u64;
    if ((tag & kEndpointTag) != 0) {
      on_endpoint(needed_[tag & ~kEndpointTag]);
    } else {
      on_socket(flights_[tag]);
    }
  }
  return {};
}

Status Wave::run(std::chrono::milliseconds patience) {
  std::size_t in_lot = 0;
  for (Flight& flight : flights_) {
    send(flight);
    if (flight.method == Method::kConnect && !flight.done) {
      const auto tag = static_cast<std::uint64_t>(&flight - flights_.data());
      // Before its connect an idle socket would report a hang-up.
      if (auto watched = watch(flight.socket.get(), tag, EPOLLOUT); !watched) return watched;
    }
    if (++in_lot < kLot) continue;
    in_lot = 0;
    if (auto polled = poll_once(std::chrono::milliseconds(0)); !polled) return polled;
  }
  const auto deadline = Clock::now() + patience;
  while (open_flights_ > 0) {
    const auto left = deadline - Clock::now();
    if (left <= Clock::duration::zero()) break;
    const auto wait = std::chrono::duration_cast<std::chrono::milliseconds>(ceil_ms(left));
    if (auto polled = poll_once(wait); !polled) return polled;
  }
  for (Flight& flight : flights_) {
    if (flight.answer.detail.empty()) {
      flight.answer = {Outcome::kSilence, fmt::format("no answer in {} ms", patience.count())};
    }
  }
  return {};
}

void Wave::close() {
  for (Flight& flight : flights_) {
    if (flight.socket && flight.method == Method::kConnect) reset_on_close(flight.socket.get());
    flight.socket.reset();
  }
  for (const Endpoint& endpoint : needed_) {
    if (endpoint.protocol == IPPROTO_TCP) drain_listener(endpoints_.fd(endpoint));
  }
}

}  // namespace netpolc::lab
