// SPDX-License-Identifier: Apache-2.0
// model → policy IR: evaluates selectors on the inventory, finds the classes, merges all policies'
// rules into a profile for each pair of classes. resolve() is the only entry.
#pragma once

#include <string>

#include "compiler/model/policy.h"
#include "compiler/policy/ir.h"
#include "netpolc/compile.h"

namespace netpolc::policy {

// @pre the model is free of errors. @post verify(program) holds.
Program resolve(const model::Model& model, const Placement& placement);

}  // namespace netpolc::policy
