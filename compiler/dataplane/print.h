// SPDX-License-Identifier: Apache-2.0
// A stable text form of the dataplane IR for `--dump=dataplane`: what the IR holds, not nft syntax.
#pragma once

#include <string>

#include "netpolc/ruleset.h"

namespace netpolc::dataplane {

std::string print(const ruleset::Table& table);

}  // namespace netpolc::dataplane
