// SPDX-License-Identifier: Apache-2.0
// What the kernel holds of ours, and its removal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "backends/nft_netlink/apply.h"
#include "backends/nft_netlink/connection.h"
#include "netpolc/result.h"

namespace netpolc::nft_netlink {

struct TableStatus {
  bool is_present = false;
  std::optional<std::uint64_t> generation;  // in force
  std::string digest;                       // of its content, by the stamp; empty if unknown
  ObjectCounts counts;                      // of everything in the table
  std::vector<std::uint64_t> leftovers;     // generations that no base chain refers to
};

Result<TableStatus> status(Connection& connection, const std::string& table);

// Deletes the table and all it holds, at once; false if there was none. What it forbade is allowed
// from then on.
Result<bool> remove(Connection& connection, const std::string& table);

// The table as text, sorted, without handles, counts, generations and the suffixes of the
// generation in force: two kernels that hold the same print the same.
Result<std::string> dump_canonical(Connection& connection, const std::string& table);

}  // namespace netpolc::nft_netlink
