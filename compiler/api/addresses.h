// SPDX-License-Identifier: Apache-2.0
// Addresses of inventory objects, with the place that each stands at.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/api/fields.h"
#include "netpolc/ip.h"

namespace netpolc::api {

struct LocatedAddress {
  IpAddress address;
  Span span;
  std::string path;  // "status.podIPs[0].ip"
};

// Appends the address that `field` holds; kBadAddress when it is none.
void read_address(const Field& field, std::vector<LocatedAddress>& out);

// The bare addresses, sorted and unique.
std::vector<IpAddress> sorted_addresses(const std::vector<LocatedAddress>& addresses);

}  // namespace netpolc::api
