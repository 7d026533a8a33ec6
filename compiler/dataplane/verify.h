// SPDX-License-Identifier: Apache-2.0
// The invariants of the dataplane IR that ruleset.h states.
#pragma once

#include "netpolc/ruleset.h"

namespace netpolc::dataplane {

// Throws InternalError when one does not hold.
void verify(const ruleset::Table& table);

}  // namespace netpolc::dataplane
