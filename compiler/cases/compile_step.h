// SPDX-License-Identifier: Apache-2.0
// The compiler as test cases see it: a step in, and what its diagnostics amount to.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/cases/case.h"
#include "compiler/driver/compile.h"

namespace netpolc::cases {

// For a router that forwards all endpoints' traffic, whatever `options` say of the placement.
driver::Compilation compile_step(const Step& step, CompileOptions options);

// Why a case cannot be tried: its policy is of a kind that netpolc does not know.
std::optional<std::string> unsupported_kind(const driver::Compilation& compilation);
// Whether an error speaks of this feature.
bool names_feature(const driver::Compilation& compilation, std::string_view feature);
bool has_error_at(const driver::Compilation& compilation, std::string_view path);
bool has_warning_at(const driver::Compilation& compilation, std::string_view path);
// "NP1204 at spec.ingress[0]: message", one an error.
std::vector<std::string> error_lines(const driver::Compilation& compilation);

}  // namespace netpolc::cases
