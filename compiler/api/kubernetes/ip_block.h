// SPDX-License-Identifier: Apache-2.0
// The ipBlock of a NetworkPolicy's peer.
#pragma once

#include <optional>

#include "compiler/api/fields.h"
#include "compiler/model/policy.h"

namespace netpolc::api::kubernetes {

// Nothing when cidr is unusable; faulty except entries are reported and left out.
std::optional<model::CidrPeer> read_ip_block(const Field& field, bool strict_cidrs);

}  // namespace netpolc::api::kubernetes
