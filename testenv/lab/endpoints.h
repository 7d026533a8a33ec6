// SPDX-License-Identifier: Apache-2.0
// What stands ready in the hosts: TCP listeners, UDP responders, and a raw socket for each other
// protocol in use. Opened when first needed and kept for later batches.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <vector>

#include "netpolc/ip.h"
#include "netpolc/result.h"
#include "testenv/lab/fd.h"
#include "testenv/lab/topology.h"

namespace netpolc::lab {

// A TCP or UDP port of a host, or all of another protocol there (only the address's family counts,
// the port is 0).
struct Endpoint {
  std::size_t host = 0;
  std::uint8_t protocol = 0;
  IpAddress address;
  std::uint16_t port = 0;

  auto operator<=>(const Endpoint&) const = default;

  static Endpoint of_port(std::size_t host, std::uint8_t protocol, const IpAddress& address,
                          std::uint16_t port) {
    return {host, protocol, address, port};
  }
  static Endpoint raw(std::size_t host, std::uint8_t protocol, IpFamily family) {
    IpAddress any;
    any.family = family;
    return {host, protocol, any, 0};
  }
};

class Endpoints {
 public:
  // Opens those that are not open yet. Moves the calling thread into the hosts.
  Status open(const Namespaces& namespaces, const std::vector<Endpoint>& wanted);
  // -1 when it was not opened.
  int fd(const Endpoint& endpoint) const;
  std::size_t size() const { return open_.size(); }
  void close_all() { open_.clear(); }

 private:
  std::map<Endpoint, UniqueFd> open_;
};

// Takes the finished connections out of a listener's queue and resets them.
void drain_listener(int fd);
// Sends every waiting datagram back to where it came from.
void echo_datagrams(int fd);

}  // namespace netpolc::lab
