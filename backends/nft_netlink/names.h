// SPDX-License-Identifier: Apache-2.0
// Names of kernel objects: a name of the table's plus the generation that it belongs to.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace netpolc::nft_netlink {

struct GenerationName {
  std::string_view base;
  std::uint64_t generation = 0;
};

// "in4_g7" → {"in4", 7}; "in4" → {"in4", 0}.
GenerationName split_generation(std::string_view name);

}  // namespace netpolc::nft_netlink
