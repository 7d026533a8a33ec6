// SPDX-License-Identifier: Apache-2.0
#include "compiler/cases/flows.h"

#include <fmt/format.h>

#include <algorithm>

namespace netpolc::cases {
namespace {

constexpr std::uint8_t kEchoRequest = 8;
constexpr std::uint8_t kEchoRequestV6 = 128;

// The backends of one family behind a Service's address and port; nothing if it is none.
std::optional<std::vector<std::pair<IpAddress, std::uint16_t>>> backends_of(
    const IpAddress& address, const Probe& probe, const model::Inventory& inventory) {
  for (const model::Service& service : inventory.services) {
    if (std::ranges::find(service.cluster_ips, address) == service.cluster_ips.end()) continue;
    for (const model::ServicePort& port : service.ports) {
      if (port.port != probe.port || static_cast<std::uint8_t>(port.protocol) != probe.protocol) {
        continue;
      }
      std::vector<std::pair<IpAddress, std::uint16_t>> backends;
      for (const auto& backend : port.backends) {
        if (backend.first.family == address.family) backends.push_back(backend);
      }
      return backends;
    }
  }
  return std::nullopt;
}

bool fits_protocol(IpFamily family, std::uint8_t protocol) {
  if (protocol == 1) return family == IpFamily::kIpv4;
  if (protocol == 58) return family == IpFamily::kIpv6;
  return true;
}

class FlowBuilder {
 public:
  FlowBuilder(const Probe& probe, const Hosts& hosts, const model::Inventory& inventory)
      : probe_(probe), hosts_(hosts), inventory_(inventory) {}

  ProbeFlows build();

 private:
  void add_pair(const IpAddress& source, const IpAddress& destination);
  ProbeFlow flow(const IpAddress& source, const IpAddress& destination, std::uint16_t port) const;
  bool is_local(const IpAddress& source, const IpAddress& destination) const;

  const Probe& probe_;
  const Hosts& hosts_;
  const model::Inventory& inventory_;
  ProbeFlows result_;
};

bool FlowBuilder::is_local(const IpAddress& source, const IpAddress& destination) const {
  if (source == destination) return true;
  const auto host = hosts_.host_of(source);
  return host && host == hosts_.host_of(destination);
}

ProbeFlow FlowBuilder::flow(const IpAddress& source, const IpAddress& destination,
                            std::uint16_t port) const {
  ProbeFlow result;
  result.flow.source = source;
  result.flow.destination = destination;
  result.flow.protocol = probe_.protocol;
  result.flow.destination_port = port;
  if (is_icmp(probe_.protocol)) {
    result.flow.icmp_type =
        probe_.icmp_type.value_or(probe_.protocol == 1 ? kEchoRequest : kEchoRequestV6);
  }
  result.is_local = is_local(source, destination);
  return result;
}

void FlowBuilder::add_pair(const IpAddress& source, const IpAddress& destination) {
  const auto backends = backends_of(destination, probe_, inventory_);
  if (!backends) {
    result_.flows.push_back(flow(source, destination, probe_.port));
    return;
  }
  if (backends->empty()) result_.has_no_backend = true;
  bool is_first = true;
  for (const auto& [address, port] : *backends) {
    ProbeFlow through = flow(source, address, port);
    through.via = ProbeFlow::Via{destination, probe_.port, is_first};
    result_.flows.push_back(through);
    is_first = false;
  }
}

ProbeFlows FlowBuilder::build() {
  const End from = hosts_.find(probe_.from);
  const End to = hosts_.find(probe_.to);
  for (const End* end : {&from, &to}) {
    if (!end->problem.empty()) {
      result_.problem = end->problem;
      return result_;
    }
  }
  for (const IpAddress& source : from.addresses) {
    for (const IpAddress& destination : to.addresses) {
      if (source.family != destination.family) continue;
      if (fits_protocol(source.family, probe_.protocol)) add_pair(source, destination);
    }
  }
  for (ProbeFlow& each : result_.flows) {
    each.is_primary = each.flow.source.family == result_.flows.front().flow.source.family;
  }
  if (result_.flows.empty() && !result_.has_no_backend) {
    result_.problem = fmt::format("`{}` and `{}` have no addresses of one family that {} runs on",
                                  probe_.from, probe_.to, protocol_name(probe_.protocol));
  }
  return result_;
}

}  // namespace

std::string describe(const ProbeFlow& flow) {
  std::string text =
      fmt::format("{} -> {} {}", flow.flow.source.to_string(), flow.flow.destination.to_string(),
                  protocol_name(flow.flow.protocol));
  if (has_ports(flow.flow.protocol)) text += fmt::format(" {}", flow.flow.destination_port);
  if (is_icmp(flow.flow.protocol)) text += fmt::format(" type {}", flow.flow.icmp_type);
  if (flow.via) {
    text += fmt::format(" (through {} port {})", flow.via->address.to_string(), flow.via->port);
  }
  return text;
}

ProbeFlows flows_of(const Probe& probe, const Hosts& hosts, const model::Inventory& inventory) {
  return FlowBuilder(probe, hosts, inventory).build();
}

}  // namespace netpolc::cases
