// SPDX-License-Identifier: Apache-2.0
// Finds what a mistyped word was meant to be.
#pragma once

#include <span>
#include <string_view>

namespace netpolc::api {

// The candidate with the fewest changed, added, dropped or swapped letters (case does not count),
// when they are at most a third of the word's; "" when none is that near. First of equals.
std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace netpolc::api
