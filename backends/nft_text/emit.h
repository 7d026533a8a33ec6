// SPDX-License-Identifier: Apache-2.0
// dataplane IR → a file for `nft -f`, to be read by people and compared by diff.
#pragma once

#include <string>

#include "netpolc/ruleset.h"

namespace netpolc::nft_text {

// The whole file: replaces our table and nothing else, names of generation 0. Loads with nft 1.0.6
// and later. Equal tables give equal bytes.
std::string emit(const ruleset::Table& table);

}  // namespace netpolc::nft_text
