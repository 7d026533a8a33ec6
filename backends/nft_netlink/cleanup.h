// SPDX-License-Identifier: Apache-2.0
// Deletion of generations that no base chain refers to.
#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "backends/nft_netlink/connection.h"
#include "netpolc/result.h"

namespace netpolc::nft_netlink {

// Deletes every object of these generations, in as many transactions as it takes. What is gone
// already is no error: another apply may clean the same leftovers. Generations that a base chain
// refers to are left alone.
Status delete_generations(Connection& connection, const std::string& table,
                          const std::set<std::uint64_t>& generations);

}  // namespace netpolc::nft_netlink
