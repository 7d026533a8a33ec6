// SPDX-License-Identifier: Apache-2.0
#include "compiler/cases/case.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "compiler/support/check.h"

namespace netpolc::cases {
namespace {

struct ProtocolRow {
  std::string_view name;
  std::string_view shown;
  std::uint8_t number;
};

constexpr std::array kProtocols = {
    ProtocolRow{"ICMP", "ICMP", 1},      ProtocolRow{"IGMP", "IGMP", 2},
    ProtocolRow{"IPIP", "IPIP", 4},      ProtocolRow{"TCP", "TCP", 6},
    ProtocolRow{"UDP", "UDP", 17},       ProtocolRow{"GRE", "GRE", 47},
    ProtocolRow{"ESP", "ESP", 50},       ProtocolRow{"AH", "AH", 51},
    ProtocolRow{"ICMPV6", "ICMPv6", 58}, ProtocolRow{"PIM", "PIM", 103},
    ProtocolRow{"VRRP", "VRRP", 112},    ProtocolRow{"SCTP", "SCTP", 132},
};

}  // namespace

std::string protocol_name(std::uint8_t protocol) {
  for (const ProtocolRow& row : kProtocols) {
    if (row.number == protocol) return std::string(row.shown);
  }
  return fmt::format("protocol {}", protocol);
}

std::optional<std::uint8_t> protocol_number(std::string_view name) {
  std::string upper(name);
  std::ranges::transform(upper, upper.begin(), [](char c) {
    return static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  });
  for (const ProtocolRow& row : kProtocols) {
    if (row.name == upper) return row.number;
  }
  return std::nullopt;
}

bool has_ports(std::uint8_t protocol) { return protocol == 6 || protocol == 17 || protocol == 132; }

bool is_icmp(std::uint8_t protocol) { return protocol == 1 || protocol == 58; }

std::string Probe::to_string() const {
  std::string text = fmt::format("{} -> {} {}", from, to, protocol_name(protocol));
  if (has_ports(protocol)) text += fmt::format(" {}", port);
  if (icmp_type) text += fmt::format(" type {}", *icmp_type);
  return text;
}

Probe ProbeRow::probe(std::size_t index) const {
  NETPOLC_CHECK(index < count(), "a probe's index is beyond its row");
  Probe probe;
  probe.port = ports[index % ports.size()];
  index /= ports.size();
  probe.protocol = protocols[index % protocols.size()];
  index /= protocols.size();
  probe.to = to[index % to.size()];
  probe.from = from[index / to.size()];
  if (!has_ports(probe.protocol)) probe.port = 0;
  if (is_icmp(probe.protocol)) probe.icmp_type = icmp_type;
  probe.expect_allowed = expect_allowed;
  probe.span = span;
  return probe;
}

std::size_t Step::probe_count() const {
  std::size_t total = 0;
  for (const ProbeRow& row : rows) total += row.count();
  return total;
}

std::size_t Case::probe_count() const {
  std::size_t total = 0;
  for (const Step& step : steps) total += step.probe_count();
  return total;
}

}  // namespace netpolc::cases
