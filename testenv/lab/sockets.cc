// SPDX-License-Identifier: Apache-2.0
#include "testenv/lab/sockets.h"

#include <arpa/inet.h>
#include <fmt/format.h>
// After netinet's: it needs its timespec and sockaddr types.
#include <linux/errqueue.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace netpolc::lab {
namespace {

constexpr int kBacklog = 4096;
constexpr int kRawBuffer = 1 << 20;
constexpr std::size_t kPacketSize = 2048;
constexpr std::size_t kControlSize = 512;
constexpr int kSendTries = 4;
constexpr int kReceiveTries = 4;

int domain_of(IpFamily family) { return family == IpFamily::kIpv4 ? AF_INET : AF_INET6; }

bool set_option(int fd, int level, int option, int value) {
  return ::setsockopt(fd, level, option, &value, sizeof(value)) == 0;
}

// ICMP errors of every kind, not only those that the protocol deems final.
bool want_errors(int fd, IpFamily family) {
  return family == IpFamily::kIpv4 ? set_option(fd, IPPROTO_IP, IP_RECVERR, 1)
                                   : set_option(fd, IPPROTO_IPV6, IPV6_RECVERR, 1);
}

Result<UniqueFd> open_socket(IpFamily family, int type, int protocol) {
  UniqueFd fd(::socket(domain_of(family), type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol));
  if (!fd) return fail(fmt::format("cannot open a socket of protocol {}", protocol), errno);
  return fd;
}

Status bind_socket(int fd, const IpAddress& address, std::uint16_t port) {
  const SocketAddress local = socket_address(address, port);
  if (::bind(fd, local.get(), local.size) != 0) {
    return fail(fmt::format("cannot bind to {} port {}", address.to_string(), port), errno);
  }
  return {};
}

// The source address of one packet, as control data of sendmsg.
template <typename Info>
void put_source(msghdr& message, std::array<char, kControlSize>& control, int level, int type,
                const Info& info) {
  message.msg_control = control.data();
  message.msg_controllen = CMSG_SPACE(sizeof(info));
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = level;
  header->cmsg_type = type;
  header->cmsg_len = CMSG_LEN(sizeof(info));
  std::memcpy(CMSG_DATA(header), &info, sizeof(info));
}

IpAddress ipv4_at(const std::uint8_t* bytes) {
  IpAddress address;
  std::copy_n(bytes, 4, address.bytes.begin());
  return address;
}

// The kernel hands out IPv4 packets with their header.
std::optional<RawPacket> split_ipv4(ByteView packet) {
  if (packet.size() < 20) return std::nullopt;
  const std::size_t header = static_cast<std::size_t>(packet[0] & 0x0f) * 4;
  if (packet.size() < header) return std::nullopt;
  return RawPacket{ipv4_at(packet.data() + 12), ipv4_at(packet.data() + 16),
                   Bytes(packet.begin() + static_cast<std::ptrdiff_t>(header), packet.end())};
}

}  // namespace

SocketAddress socket_address(const IpAddress& address, std::uint16_t port) {
  SocketAddress result;
  if (address.family == IpFamily::kIpv4) {
    sockaddr_in in{};
    in.sin_family = AF_INET;
    in.sin_port = htons(port);
    std::memcpy(&in.sin_addr, address.bytes.data(), 4);
    std::memcpy(&result.storage, &in, sizeof(in));
    result.size = sizeof(in);
  } else {
    sockaddr_in6 in{};
    in.sin6_family = AF_INET6;
    in.sin6_port = htons(port);
    std::memcpy(&in.sin6_addr, address.bytes.data(), 16);
    std::memcpy(&result.storage, &in, sizeof(in));
    result.size = sizeof(in);
  }
  return result;
}

IpAddress ip_of(const sockaddr_storage& storage) {
  IpAddress address;
  if (storage.ss_family == AF_INET) {
    std::memcpy(address.bytes.data(), &reinterpret_cast<const sockaddr_in&>(storage).sin_addr, 4);
  } else {
    address.family = IpFamily::kIpv6;
    std::memcpy(address.bytes.data(), &reinterpret_cast<const sockaddr_in6&>(storage).sin6_addr,
                16);
  }
  return address;
}

Result<UniqueFd> open_client(int type, const IpAddress& address, std::uint16_t port) {
  auto fd = open_socket(address.family, type, 0);
  if (!fd) return fd;
  if (type == SOCK_DGRAM && !want_errors(fd->get(), address.family)) {
    return fail("cannot ask for ICMP errors", errno);
  }
  if (auto bound = bind_socket(fd->get(), address, port); !bound) {
    return std::unexpected(bound.error());
  }
  return fd;
}

Result<UniqueFd> open_server(int type, const IpAddress& address, std::uint16_t port) {
  auto fd = open_socket(address.family, type, 0);
  if (!fd) return fd;
  if (type == SOCK_STREAM) set_option(fd->get(), SOL_SOCKET, SO_REUSEADDR, 1);
  if (auto bound = bind_socket(fd->get(), address, port); !bound) {
    return std::unexpected(bound.error());
  }
  if (type == SOCK_STREAM && ::listen(fd->get(), kBacklog) != 0) {
    return fail(fmt::format("cannot listen on {} port {}", address.to_string(), port), errno);
  }
  return fd;
}

Result<UniqueFd> open_raw(IpFamily family, std::uint8_t protocol) {
  auto fd = open_socket(family, SOCK_RAW, protocol);
  if (!fd) return fd;
  set_option(fd->get(), SOL_SOCKET, SO_RCVBUF, kRawBuffer);
  bool good = want_errors(fd->get(), family);
  if (family == IpFamily::kIpv4) {
    // Protocol 255 would otherwise expect the caller's own header.
    good = good && set_option(fd->get(), IPPROTO_IP, IP_HDRINCL, 0);
  } else {
    good = good && set_option(fd->get(), IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
    if (protocol != IPPROTO_ICMPV6 && protocol != IPPROTO_SCTP) {
      good = good && set_option(fd->get(), IPPROTO_IPV6, IPV6_CHECKSUM, kPlainChecksum);
    }
    if (protocol == IPPROTO_RAW)
      good = good && set_option(fd->get(), IPPROTO_IPV6, IPV6_HDRINCL, 0);
  }
  if (!good) return fail(fmt::format("cannot set up a raw socket of protocol {}", protocol), errno);
  return fd;
}

std::optional<RawPacket> receive_raw(int fd, IpFamily family) {
  std::array<std::uint8_t, kPacketSize> buffer{};
  std::array<char, kControlSize> control{};
  sockaddr_storage from{};
  iovec part{buffer.data(), buffer.size()};
  msghdr message{};
  message.msg_name = &from;
  message.msg_namelen = sizeof(from);
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  ssize_t size = -1;
  // An ICMP error is told once by this call as well; the packets are still there after it.
  for (int tries = 0; size < 0 && tries < kReceiveTries; ++tries) {
    size = ::recvmsg(fd, &message, 0);
    if (size < 0 && errno == EAGAIN) break;
  }
  if (size < 0) return std::nullopt;
  const ByteView packet(buffer.data(), static_cast<std::size_t>(size));
  if (family == IpFamily::kIpv4) return split_ipv4(packet);
  RawPacket result{ip_of(from), {}, Bytes(packet.begin(), packet.end())};
  result.destination.family = IpFamily::kIpv6;
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr;
       header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level == IPPROTO_IPV6 && header->cmsg_type == IPV6_PKTINFO) {
      std::memcpy(result.destination.bytes.data(), CMSG_DATA(header), 16);  // its first member
    }
  }
  return result;
}

int send_raw(int fd, const IpAddress& source, const IpAddress& destination, ByteView body) {
  const SocketAddress to = socket_address(destination, 0);
  std::array<char, kControlSize> control{};
  iovec part{const_cast<std::uint8_t*>(body.data()), body.size()};
  msghdr message{};
  message.msg_name = const_cast<sockaddr*>(to.get());
  message.msg_namelen = to.size;
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (source.family == IpFamily::kIpv4) {
    in_pktinfo info{};
    std::memcpy(&info.ipi_spec_dst, source.bytes.data(), 4);
    put_source(message, control, IPPROTO_IP, IP_PKTINFO, info);
  } else {
    in6_pktinfo info{};
    std::memcpy(&info.ipi6_addr, source.bytes.data(), 16);
    put_source(message, control, IPPROTO_IPV6, IPV6_PKTINFO, info);
  }
  // An ICMP error for an earlier packet makes one send fail: the second goes out.
  int error = 0;
  for (int tries = 0; tries < kSendTries; ++tries) {
    if (::sendmsg(fd, &message, 0) >= 0) return 0;
    error = errno;
  }
  return error;
}

std::optional<SocketFault> receive_fault(int fd) {
  std::array<std::uint8_t, kPacketSize> buffer{};
  std::array<char, kControlSize> control{};
  iovec part{buffer.data(), buffer.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  const ssize_t size = ::recvmsg(fd, &message, MSG_ERRQUEUE);
  if (size < 0) return std::nullopt;
  SocketFault fault{0, Bytes(buffer.begin(), buffer.begin() + size)};
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr;
       header = CMSG_NXTHDR(&message, header)) {
    const bool is_error = (header->cmsg_level == IPPROTO_IP && header->cmsg_type == IP_RECVERR) ||
                          (header->cmsg_level == IPPROTO_IPV6 && header->cmsg_type == IPV6_RECVERR);
    if (!is_error) continue;
    sock_extended_err extended{};
    std::memcpy(&extended, CMSG_DATA(header), sizeof(extended));
    fault.error = static_cast<int>(extended.ee_errno);
  }
  return fault;
}

int pending_error(int fd) {
  int error = 0;
  socklen_t size = sizeof(error);
  if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0) return errno;
  return error;
}

void reset_on_close(int fd) {
  const linger now{1, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
}

}  // namespace netpolc::lab
