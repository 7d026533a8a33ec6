// SPDX-License-Identifier: Apache-2.0
// The netlink requests that the lab needs: links, addresses, routes and neighbours in batches, and
// the flush of connection tracking. A socket belongs to the namespace its thread was in at open.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "netpolc/ip.h"
#include "netpolc/result.h"

struct mnl_socket;
struct nlmsghdr;

namespace netpolc::lab {

using Mac = std::array<std::uint8_t, 6>;

inline constexpr std::uint32_t kLoopbackIndex = 1;

// A pair whose first end lies in the batch's namespace and is up, the other end in `peer_netns`.
struct VethPair {
  std::string name;
  std::uint32_t index = 0;
  Mac mac{};
  std::string peer_name;
  std::uint32_t peer_index = 0;
  Mac peer_mac{};
  int peer_netns = -1;
};

// Collects rtnetlink requests; commit() sends them in a few messages and tells the first refusal.
class RouteBatch {
 public:
  // In the calling thread's namespace.
  static Result<RouteBatch> open();

  void add_veth(const VethPair& pair);
  void set_up(std::uint32_t index);
  // As /32 or /128, usable at once (no duplicate address detection).
  void add_address(std::uint32_t index, const IpAddress& address);
  // Without a gateway the destination is on the link; the gateway need not be reachable by a route.
  void add_route(std::uint32_t index, const Cidr& destination,
                 const std::optional<IpAddress>& gateway);
  // Never asked for on the link, never forgotten.
  void add_neighbour(std::uint32_t index, const IpAddress& address, const Mac& mac);

  Status commit();
  // Waits until `count` links beside the loopback can carry packets: the kernel starts a link's
  // queue a moment after both its ends are up, and drops what is sent before.
  Status wait_running(std::size_t count);

 private:
  struct Close {
    void operator()(mnl_socket* socket) const;
  };
  explicit RouteBatch(mnl_socket* socket) : socket_(socket) {}
  void append(const nlmsghdr* message, std::string what);
  Result<std::size_t> count_running();

  std::unique_ptr<mnl_socket, Close> socket_;
  struct Request {
    std::vector<char> bytes;
    std::string what;
  };
  std::vector<Request> requests_;
  std::uint32_t sequence_ = 0;
};

// Forgets all tracked connections of the calling thread's namespace.
Status flush_conntrack();

}  // namespace netpolc::lab
