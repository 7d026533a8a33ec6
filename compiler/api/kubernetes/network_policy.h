// SPDX-License-Identifier: Apache-2.0
// networking.k8s.io/v1 NetworkPolicy.
#pragma once

#include <optional>

#include "compiler/api/fields.h"
#include "compiler/model/policy.h"

namespace netpolc::api::kubernetes {

// Decodes, defaults and validates as the API server does. `object` must be strict. The result holds
// what was right; nothing when the policy has no usable name. `strict_cidrs`: host bits, leading
// zeros and IPv4-mapped CIDRs are errors rather than warnings.
std::optional<model::Policy> read_network_policy(const Field& object, bool strict_cidrs);

}  // namespace netpolc::api::kubernetes
