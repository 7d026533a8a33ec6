// SPDX-License-Identifier: Apache-2.0
// One volley of probes: sockets opened, packets sent in small lots, answers gathered.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "netpolc/result.h"
#include "testenv/lab/endpoints.h"
#include "testenv/lab/fd.h"
#include "testenv/lab/lab.h"
#include "testenv/lab/sockets.h"
#include "testenv/lab/topology.h"

namespace netpolc::lab {

using Clock = std::chrono::steady_clock;

enum class Method : std::uint8_t {
  kConnect,      // TCP
  kDatagram,     // UDP
  kAssociation,  // SCTP
  kEcho,         // an ICMP echo, answered by the destination's kernel
  kArrival,      // any other packet: seen at the destination
};

// A probe on its way. The caller fills in all but what follows `token`.
struct Flight {
  const Probe* probe = nullptr;
  std::size_t index = 0;                   // in the batch
  std::optional<std::size_t> target_host;  // where it should end, behind the services' NAT
  Method method = Method::kConnect;
  std::uint8_t icmp_type = 0;

  std::uint32_t token = 0;   // unique in the lab
  std::uint16_t number = 0;  // source port or ICMP id, unique in the wave
  UniqueFd socket;           // of TCP and UDP
  Clock::time_point sent;
  bool done = false;
  Answer answer;
};

// Gives out tokens and source ports; one for a lab's whole life, so that a late packet of an
// earlier wave meets nobody.
class Numbers {
 public:
  std::uint32_t next_token() { return ++token_; }
  std::uint16_t next_number(const std::set<std::uint16_t>& avoided);

 private:
  std::uint32_t token_ = 0x10000;
  std::uint16_t number_ = 0;
};

class Wave {
 public:
  // `needed` are the open endpoints that take part; `avoided` the ports that no source may have.
  // Everything outlives the wave.
  Wave(const Namespaces& namespaces, const Endpoints& endpoints, std::vector<Endpoint> needed,
       std::span<Flight> flights);

  // Opens the sockets of the sources. Moves the calling thread into the hosts.
  Status open(Numbers& numbers, const std::set<std::uint16_t>& avoided);
  // Sends everything and waits until all have an answer, or for `patience` after the last packet.
  Status run(std::chrono::milliseconds patience);
  // Resets all connections, on both sides.
  void close();

 private:
  Status watch(int fd, std::uint64_t tag, std::uint32_t events);
  Status open_socket(Flight& flight, Numbers& numbers, const std::set<std::uint16_t>& avoided);
  void send(Flight& flight);
  void send_raw_packet(Flight& flight);
  Status poll_once(std::chrono::milliseconds timeout);
  void on_socket(Flight& flight);
  void on_endpoint(const Endpoint& endpoint);
  void on_raw_packet(const Endpoint& endpoint, int fd, const RawPacket& packet);
  void on_raw_faults(const Endpoint& endpoint, int fd);
  Flight* find(std::optional<std::uint32_t> token);
  void finish(Flight& flight, Outcome outcome, std::string_view what);

  const Namespaces& namespaces_;
  const Endpoints& endpoints_;
  std::vector<Endpoint> needed_;
  std::span<Flight> flights_;
  std::unordered_map<std::uint32_t, Flight*> by_token_;
  UniqueFd epoll_;
  std::size_t open_flights_ = 0;
};

}  // namespace netpolc::lab
