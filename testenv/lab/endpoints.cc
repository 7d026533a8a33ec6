// SPDX-License-Identifier: Apache-2.0
#include "testenv/lab/endpoints.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>

#include "testenv/lab/netns.h"
#include "testenv/lab/sockets.h"

namespace netpolc::lab {
namespace {

Result<UniqueFd> open_endpoint(const Endpoint& endpoint) {
  switch (endpoint.protocol) {
    case IPPROTO_TCP:
      return open_server(SOCK_STREAM, endpoint.address, endpoint.port);
    case IPPROTO_UDP:
      return open_server(SOCK_DGRAM, endpoint.address, endpoint.port);
    default:
      return open_raw(endpoint.address.family, endpoint.protocol);
  }
}

}  // namespace

Status Endpoints::open(const Namespaces& namespaces, const std::vector<Endpoint>& wanted) {
  std::vector<Endpoint> missing;
  for (const Endpoint& each : wanted) {
    if (!open_.contains(each)) missing.push_back(each);
  }
  std::ranges::sort(missing);  // by host: as few moves as there are hosts
  std::optional<std::size_t> inside;
  for (const Endpoint& each : missing) {
    if (open_.contains(each)) continue;
    if (inside != each.host) {
      if (auto entered = enter_netns(namespaces.hosts[each.host]); !entered) return entered;
      inside = each.host;
    }
    auto fd = open_endpoint(each);
    if (!fd) return std::unexpected(fd.error());
    open_.emplace(each, std::move(*fd));
  }
  return {};
}

int Endpoints::fd(const Endpoint& endpoint) const {
  const auto found = open_.find(endpoint);
  return found == open_.end() ? -1 : found->second.get();
}

void drain_listener(int fd) {
  while (true) {
    const UniqueFd connection(::accept4(fd, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!connection) {
      if (errno == ECONNABORTED || errno == EINTR) continue;
      return;
    }
    reset_on_close(connection.get());
  }
}

void echo_datagrams(int fd) {
  std::array<char, 512> buffer{};
  while (true) {
    sockaddr_storage from{};
    socklen_t size = sizeof(from);
    const ssize_t got =
        ::recvfrom(fd, buffer.data(), buffer.size(), 0, reinterpret_cast<sockaddr*>(&from), &size);
    if (got < 0) {
      if (errno != ECONNREFUSED && errno != EHOSTUNREACH && errno != ENETUNREACH) return;
      continue;  // told for an earlier answer
    }
    // A lost answer is the client's to notice.
    (void)::sendto(fd, buffer.data(), static_cast<std::size_t>(got), 0,
                   reinterpret_cast<const sockaddr*>(&from), size);
  }
}

}  // namespace netpolc::lab
