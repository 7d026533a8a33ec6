// SPDX-License-Identifier: Apache-2.0
#include "compiler/api/core/namespace.h"

#include <string>
#include <utility>

#include "compiler/api/kubernetes/names.h"
#include "compiler/api/metadata.h"

namespace netpolc::api::core {

std::optional<model::Namespace> read_namespace(const Field& object) {
  std::optional<Metadata> metadata =
      read_metadata(object, Scope::kCluster, kubernetes::fault_of_dns_label);
  if (!metadata) return std::nullopt;
  model::Namespace out;
  out.name = std::move(metadata->name);
  out.labels = std::move(metadata->labels);
  out.labels.insert_or_assign(std::string(kNamespaceNameLabel), out.name);
  out.span = metadata->span;
  return out;
}

}  // namespace netpolc::api::core
