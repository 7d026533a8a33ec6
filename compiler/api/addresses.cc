// SPDX-License-Identifier: Apache-2.0
#include "compiler/api/addresses.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "compiler/api/kubernetes/cidr.h"

namespace netpolc::api {

void read_address(const Field& field, std::vector<LocatedAddress>& out) {
  const std::optional<std::string_view> text = field.string();
  if (!text) return;
  if (const std::optional<IpAddress> address = kubernetes::parse_address(*text)) {
    out.push_back({*address, field.span(), field.path()});
    return;
  }
  diag::Builder report =
      field.report(diag::Code::kBadAddress, fmt::format("`{}` is not an IP address", *text));
  if (text->find('/') != std::string_view::npos) {
    report.note("it must stand without a prefix length");
  }
}

std::vector<IpAddress> sorted_addresses(const std::vector<LocatedAddress>& addresses) {
  std::vector<IpAddress> out;
  out.reserve(addresses.size());
  for (const LocatedAddress& item : addresses) out.push_back(item.address);
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

}  // namespace netpolc::api
