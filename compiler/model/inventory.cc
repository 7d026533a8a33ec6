// SPDX-License-Identifier: Apache-2.0
#include "compiler/model/inventory.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "compiler/support/check.h"

namespace netpolc::model {

std::string to_string(Protocol protocol) {
  switch (protocol) {
    case Protocol::kIcmp:
      return "ICMP";
    case Protocol::kTcp:
      return "TCP";
    case Protocol::kUdp:
      return "UDP";
    case Protocol::kIcmpv6:
      return "ICMPv6";
    case Protocol::kSctp:
      return "SCTP";
  }
  NETPOLC_CHECK(false, "unknown protocol");
  return {};
}

const Endpoint* Inventory::find_endpoint(std::string_view namespace_name,
                                         std::string_view name) const {
  using Key = std::pair<std::string_view, std::string_view>;
  const Key wanted{namespace_name, name};
  const auto place = std::lower_bound(endpoints.begin(), endpoints.end(), wanted,
                                      [](const Endpoint& endpoint, const Key& key) {
                                        return Key{endpoint.namespace_name, endpoint.name} < key;
                                      });
  if (place == endpoints.end() || Key{place->namespace_name, place->name} != wanted) return nullptr;
  return &*place;
}

}  // namespace netpolc::model
