// SPDX-License-Identifier: Apache-2.0
#include "compiler/api/core/node.h"

#include <string_view>
#include <utility>
#include <vector>

#include "compiler/api/addresses.h"
#include "compiler/api/metadata.h"

namespace netpolc::api::core {

std::optional<model::Node> read_node(const Field& object) {
  const Object root(object, {});
  std::optional<Metadata> metadata = read_metadata(object, Scope::kCluster);
  std::vector<LocatedAddress> addresses;
  const std::optional<Field> status = root.find("status");
  if (status && status->is_map()) {
    if (const std::optional<Field> list = status->member("addresses")) {
      list->for_each_item([&](const Field& item) {
        const Object entry(item, {});
        const std::string_view type = entry.string("type").value_or("");
        if (type != "InternalIP" && type != "ExternalIP") return;
        if (const std::optional<Field> text = entry.find("address")) read_address(*text, addresses);
      });
    }
  }
  if (!metadata) return std::nullopt;
  model::Node node;
  node.name = std::move(metadata->name);
  node.labels = std::move(metadata->labels);
  node.addresses = sorted_addresses(addresses);
  node.span = metadata->span;
  return node;
}

}  // namespace netpolc::api::core
