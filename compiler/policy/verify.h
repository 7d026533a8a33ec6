// SPDX-License-Identifier: Apache-2.0
// The invariants of the policy IR, checked after resolve() and after every pass.
#pragma once

#include "compiler/policy/ir.h"

namespace netpolc::policy {

// Throws InternalError, naming `stage`, when an invariant stated in ir.h does not hold.
void verify(const Program& program, const char* stage);

}  // namespace netpolc::policy
