// SPDX-License-Identifier: Apache-2.0
// v1 Pod.
#pragma once

#include <optional>

#include "compiler/api/fields.h"
#include "compiler/api/workload.h"

namespace netpolc::api::core {

std::optional<LoadedWorkload> read_pod(const Field& object);

}  // namespace netpolc::api::core
