// SPDX-License-Identifier: Apache-2.0
// netpolc.io/v1alpha1 Workload: a host, VM, container or network namespace without Kubernetes.
#pragma once

#include <optional>

#include "compiler/api/fields.h"
#include "compiler/api/workload.h"

namespace netpolc::api::netpolc {

// `object` must be strict.
std::optional<LoadedWorkload> read_workload(const Field& object);

}  // namespace netpolc::api::netpolc
