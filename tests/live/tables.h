// SPDX-License-Identifier: Apache-2.0
// Tables by hand for tests of the netlink backend, and keys in short.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>

#include "netpolc/ruleset.h"

namespace netpolc::test {

// Bytes of a key: key({10, 0, 0, 1}).
ruleset::Key key(std::initializer_list<std::uint8_t> bytes);

// Every kind of object and expression.
ruleset::Table every_kind();
// The same as nft text, written by hand.
std::string every_kind_as_text();

// Maps and chains in the shape of the compiler's, for `endpoints` addresses; `variant` changes
// their content.
ruleset::Table endpoints_table(std::uint32_t endpoints, std::uint32_t variant);

}  // namespace netpolc::test
