// SPDX-License-Identifier: Apache-2.0
// Sockets of a probe and of what answers it. All of them are nonblocking and belong to the calling
// thread's namespace.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <optional>

#include "netpolc/ip.h"
#include "netpolc/result.h"
#include "testenv/lab/fd.h"
#include "testenv/lab/packets.h"

namespace netpolc::lab {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};
SocketAddress socket_address(const IpAddress& address, std::uint16_t port);
IpAddress ip_of(const sockaddr_storage& storage);

// SOCK_STREAM or SOCK_DGRAM, bound. errno_value EADDRINUSE: the port is taken.
Result<UniqueFd> open_client(int type, const IpAddress& address, std::uint16_t port);
// A TCP listener, or an UDP socket whose answers come from this very address.
Result<UniqueFd> open_server(int type, const IpAddress& address, std::uint16_t port);
// Sees every packet of that protocol that reaches the namespace. While it is open the kernel does
// not answer with `protocol unreachable`.
Result<UniqueFd> open_raw(IpFamily family, std::uint8_t protocol);

// One packet of a raw socket, without its IP header.
struct RawPacket {
  IpAddress source;
  IpAddress destination;
  Bytes body;
};
std::optional<RawPacket> receive_raw(int fd, IpFamily family);
// 0, or the errno.
int send_raw(int fd, const IpAddress& source, const IpAddress& destination, ByteView body);

// The next ICMP error for a packet that this socket sent; `body` is what it quotes of the packet.
struct SocketFault {
  int error = 0;
  Bytes body;
};
std::optional<SocketFault> receive_fault(int fd);
// The error that waits on a socket, or 0.
int pending_error(int fd);
// Closing it will send a reset and leave nothing behind.
void reset_on_close(int fd);

}  // namespace netpolc::lab
