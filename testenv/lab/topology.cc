// SPDX-License-Identifier: Apache-2.0
#include "testenv/lab/topology.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/support/check.h"
#include "testenv/lab/netlink.h"
#include "testenv/lab/netns.h"

namespace netpolc::lab {
namespace {

constexpr std::uint32_t kFirstRouterLink = 2;
constexpr std::uint32_t kHostLink = 2;

// What the hosts know the router by. The MAC is the same on all links: none leads elsewhere.
constexpr Mac kRouterMac{0x02, 0x00, 0x00, 0x00, 0x00, 0x01};

Mac host_mac(std::size_t host) {
  return {0x02,
          0x00,
          0x00,
          0x01,
          static_cast<std::uint8_t>(host >> 8),
          static_cast<std::uint8_t>(host & 0xff)};
}

IpAddress literal(const char* text) {
  const auto address = IpAddress::parse(text);
  NETPOLC_CHECK(address.has_value(), "an address of the lab is not an address");
  return *address;
}

IpAddress gateway_of(IpFamily family) {
  return literal(family == IpFamily::kIpv4 ? "169.254.1.1" : "fe80::1");
}

Cidr everything(IpFamily family) {
  IpAddress zero;
  zero.family = family;
  return {zero, 0};
}

bool has_family(const Host& host, IpFamily family) {
  return std::ranges::any_of(host.addresses,
                             [&](const IpAddress& each) { return each.family == family; });
}

// What holds in the router and in hosts: no filter by the way back, no search for duplicates, no
// advertised routes, no ceiling on ICMP errors. The IPv6 part only where it is needed.
std::vector<Sysctl> common_sysctls(bool ipv6) {
  std::vector<Sysctl> values{
      {"ipv4/conf/all/rp_filter", "0"},
      {"ipv4/conf/default/rp_filter", "0"},
      {"ipv4/icmp_ratelimit", "0"},
      {"ipv4/icmp_msgs_per_sec", "1000000", true},
      {"ipv4/icmp_msgs_burst", "1000000", true},
      {"core/somaxconn", "4096", true},
  };
  if (!ipv6) return values;
  for (const char* scope : {"all", "default"}) {
    const std::string prefix = fmt::format("ipv6/conf/{}/", scope);
    values.push_back({prefix + "disable_ipv6", "0"});
    values.push_back({prefix + "accept_dad", "0"});
    values.push_back({prefix + "accept_ra", "0"});
  }
  values.push_back({"ipv6/icmp/ratelimit", "0"});
  return values;
}

std::vector<Sysctl> router_sysctls(bool ipv6) {
  std::vector<Sysctl> values = common_sysctls(ipv6);
  values.push_back({"ipv4/ip_forward", "1"});
  values.push_back({"ipv4/conf/all/send_redirects", "0"});
  values.push_back({"ipv4/conf/default/send_redirects", "0"});
  if (ipv6) values.push_back({"ipv6/conf/all/forwarding", "1"});
  return values;
}

// A new namespace around the calling thread, with its settings and a netlink socket in it.
struct Place {
  UniqueFd netns;
  RouteBatch routes;
};

Result<Place> make_place(const std::vector<Sysctl>& sysctls) {
  auto netns = create_netns();
  if (!netns) return std::unexpected(netns.error());
  if (auto written = write_sysctls(sysctls); !written) return std::unexpected(written.error());
  auto routes = RouteBatch::open();
  if (!routes) return std::unexpected(routes.error());
  return Place{std::move(*netns), std::move(*routes)};
}

void link_hosts(RouteBatch& routes, const std::vector<Place>& hosts) {
  routes.set_up(kLoopbackIndex);
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    routes.add_veth({.name = fmt::format("host{}", i),
                     .index = kFirstRouterLink + static_cast<std::uint32_t>(i),
                     .mac = kRouterMac,
                     .peer_name = "eth0",
                     .peer_index = kHostLink,
                     .peer_mac = host_mac(i),
                     .peer_netns = hosts[i].netns.get()});
  }
}

void address_host(RouteBatch& routes, const Host& host) {
  routes.set_up(kLoopbackIndex);
  routes.set_up(kHostLink);
  for (const IpAddress& address : host.addresses) routes.add_address(kHostLink, address);
  for (const IpFamily family : {IpFamily::kIpv4, IpFamily::kIpv6}) {
    if (!has_family(host, family)) continue;
    routes.add_neighbour(kHostLink, gateway_of(family), kRouterMac);
    routes.add_route(kHostLink, everything(family), gateway_of(family));
  }
}

void route_to_hosts(RouteBatch& routes, const std::vector<Host>& hosts, bool ipv6) {
  // The source of the router's own ICMP errors. For IPv6 the address on each link serves as well.
  routes.add_address(kLoopbackIndex, gateway_of(IpFamily::kIpv4));
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    const std::uint32_t link = kFirstRouterLink + static_cast<std::uint32_t>(i);
    if (ipv6) routes.add_address(link, gateway_of(IpFamily::kIpv6));
    for (const IpAddress& address : hosts[i].addresses) {
      routes.add_route(link, Cidr::host(address), std::nullopt);
      routes.add_neighbour(link, address, host_mac(i));
    }
  }
}

}  // namespace

Result<Namespaces> build_namespaces(const std::vector<Host>& hosts) {
  const bool ipv6 = std::ranges::any_of(
      hosts, [](const Host& host) { return has_family(host, IpFamily::kIpv6); });
  auto router = make_place(router_sysctls(ipv6));
  if (!router) return std::unexpected(router.error());
  std::vector<Place> places;
  places.reserve(hosts.size());
  const std::vector<Sysctl> host_sysctls = common_sysctls(ipv6);
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    auto place = make_place(host_sysctls);
    if (!place) return std::unexpected(place.error());
    places.push_back(std::move(*place));
  }

  link_hosts(router->routes, places);
  if (auto done = router->routes.commit(); !done) return std::unexpected(done.error());
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    address_host(places[i].routes, hosts[i]);
    if (auto done = places[i].routes.commit(); !done) return std::unexpected(done.error());
  }
  // The hosts' ends were raised last and run at once; the router's ends follow in the background.
  if (auto done = router->routes.wait_running(hosts.size()); !done) {
    return std::unexpected(done.error());
  }
  route_to_hosts(router->routes, hosts, ipv6);
  if (auto done = router->routes.commit(); !done) return std::unexpected(done.error());

  Namespaces namespaces{std::move(router->netns), {}};
  for (Place& place : places) namespaces.hosts.push_back(std::move(place.netns));
  return namespaces;
}

}  // namespace netpolc::lab
