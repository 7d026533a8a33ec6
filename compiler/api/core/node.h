// SPDX-License-Identifier: Apache-2.0
// v1 Node.
#pragma once

#include <optional>

#include "compiler/api/fields.h"
#include "compiler/model/inventory.h"

namespace netpolc::api::core {

std::optional<model::Node> read_node(const Field& object);

}  // namespace netpolc::api::core
