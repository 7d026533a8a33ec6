// SPDX-License-Identifier: Apache-2.0
// The lab: hosts as network namespaces around one router namespace, all of them inside an
// unprivileged user namespace of this process, and real packets between them.
//
//   host a ──veth── router ──veth── host b        (addresses /32 and /128, routed; no bridge)
//
// The rules under test go into the router's namespace (forward hook), through `router_netns_path`.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "netpolc/ip.h"
#include "netpolc/result.h"

namespace netpolc::lab {

// A pod, a node or something outside: a namespace with these addresses.
struct Host {
  std::string name;
  std::vector<IpAddress> addresses;
};

// Destination NAT in the router, as kube-proxy would do it.
struct Service {
  IpAddress address;
  std::uint8_t protocol = 6;
  std::uint16_t port = 0;
  IpAddress backend;
  std::uint16_t backend_port = 0;
};

struct Topology {
  std::vector<Host> hosts;
  std::vector<Service> services;
};

// One connection attempt. All probes of a batch go out at once.
struct Probe {
  std::size_t from = 0;  // index into Topology::hosts
  IpAddress source;      // one of its addresses
  IpAddress destination;
  std::uint8_t protocol = 6;  // TCP: connect; UDP: datagram and its answer; SCTP: INIT and INIT ACK
                              // over raw sockets; ICMP, ICMPv6: echo (or icmp_type) and its reply
  std::uint16_t port = 0;
  std::uint8_t icmp_type = 8;  // for ICMPv6, where 8 means nothing, 8 stands for its echo (128)
  bool expect_answer = false;  // only a hint: how long to wait for stragglers
};

enum class Outcome : std::uint8_t {
  kAnswered,  // the whole way there and back
  kSilence,   // nothing came back
  kRefused,   // somebody answered with a reset or an ICMP error
};

struct Answer {
  Outcome outcome = Outcome::kSilence;
  std::string detail;  // "connected in 0.4 ms", "no SYN-ACK in 400 ms"
};

class Lab {
 public:
  // Moves the calling process into a new user and network namespace (once a process, while it has
  // one thread). As root it only makes a new network namespace. An Error says what the system
  // refuses (user namespaces switched off, say).
  static Status enter();

  // Builds the namespaces and links. Takes some ms a host.
  static Result<std::unique_ptr<Lab>> build(const Topology& topology);
  virtual ~Lab() = default;

  // For `netpolc apply --netns`: a path below /proc that names the router's namespace.
  virtual std::string router_netns_path() const = 0;
  // The same for a host.
  virtual std::string host_netns_path(std::size_t host) const = 0;

  // Sends all probes and waits until all expected answers came, but at most `patience` after the
  // last packet went out. Forgets the router's connection tracking first. Answers in probe order.
  virtual Result<std::vector<Answer>> run(const std::vector<Probe>& probes,
                                          std::chrono::milliseconds patience) = 0;
};

}  // namespace netpolc::lab
