// SPDX-License-Identifier: Apache-2.0
// Policy test cases as data: a cluster, policies, and connections with the verdict that they must
// get. docs of the format: tests/cases/README.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "netpolc/compile.h"
#include "netpolc/diagnostic.h"

namespace netpolc::cases {

// One connection attempt. Ends are "namespace/pod", "node/NAME" or an address, as written; the
// views live as long as the row they come from.
struct Probe {
  std::string_view from;
  std::string_view to;
  std::uint8_t protocol = 6;              // IANA number
  std::uint16_t port = 0;                 // of the destination; 0 for protocols without ports
  std::optional<std::uint8_t> icmp_type;  // ICMP, ICMPv6; nothing: an echo request
  bool expect_allowed = false;
  Span span;

  // "shop/web -> shop/db TCP 5432".
  std::string to_string() const;
};

// One entry of a probes file. Its lists stand for every combination, which are made only when asked
// for: one row can stand for thousands of probes.
struct ProbeRow {
  std::vector<std::string> from;
  std::vector<std::string> to;
  std::vector<std::uint8_t> protocols;
  std::vector<std::uint16_t> ports;  // {0} when the row names none
  std::optional<std::uint8_t> icmp_type;
  bool expect_allowed = false;
  Span span;

  std::size_t count() const { return from.size() * to.size() * protocols.size() * ports.size(); }
  // index < count(); the destination's port varies fastest, the source slowest.
  Probe probe(std::size_t index) const;
};

// A state of the cluster and what holds in it. The steps of a case follow each other.
struct Step {
  std::string name;  // "step-2"; empty for a case without steps
  std::optional<SourceText> cluster;
  SourceText policy;
  std::vector<ProbeRow> rows;
  std::vector<std::string>
      needs;  // what the probes ask of netpolc that it does not do; sorted, unique

  std::size_t probe_count() const;
};

// What a case with expect.yaml demands: an error at this field.
struct Rejection {
  std::string path;
  std::string error;  // as the API server words it; for people
};

struct Case {
  std::string name;  // relative to the directory that was named
  std::string path;  // of its directory
  std::vector<Step> steps;
  std::optional<Rejection> rejection;  // then there is one step without rows
  std::string unsupported;             // the feature that netpolc may refuse; empty: none

  std::size_t probe_count() const;
};

// "TCP", "ICMPv6"; "protocol 99" for those without a name here.
std::string protocol_name(std::uint8_t protocol);
// By IANA keyword without regard to case ("TCP", "ICMPV6", "GRE").
std::optional<std::uint8_t> protocol_number(std::string_view name);
// Whether its packets carry a destination port that policies can name: TCP, UDP, SCTP.
bool has_ports(std::uint8_t protocol);
bool is_icmp(std::uint8_t protocol);  // either family's

}  // namespace netpolc::cases
