// SPDX-License-Identifier: Apache-2.0
// CIDRs and addresses as the API server reads them: leniently, with what is odd about them told.
#pragma once

#include <optional>
#include <string_view>

#include "netpolc/ip.h"

namespace netpolc::api::kubernetes {

struct ParsedCidr {
  Cidr cidr;  // masked; IPv4-mapped ones of /96 and longer are IPv4
  bool has_host_bits = false;
  bool has_leading_zeros = false;  // in an octet or the length; they never mean octal
  bool is_ipv4_mapped = false;
};

// "10.0.0.0/8", "2001:db8::/32". Nothing for a bare address, a length beyond the family's bits or
// anything else that is no CIDR.
std::optional<ParsedCidr> parse_cidr(std::string_view text);

// An address; an IPv4-mapped one is IPv4.
std::optional<IpAddress> parse_address(std::string_view text);

}  // namespace netpolc::api::kubernetes
