// SPDX-License-Identifier: Apache-2.0
// v1 Namespace.
#pragma once

#include <optional>
#include <string_view>

#include "compiler/api/fields.h"
#include "compiler/model/inventory.h"

namespace netpolc::api::core {

// The label that the API server gives every namespace.
inline constexpr std::string_view kNamespaceNameLabel = "kubernetes.io/metadata.name";

std::optional<model::Namespace> read_namespace(const Field& object);

}  // namespace netpolc::api::core
