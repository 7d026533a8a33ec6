// SPDX-License-Identifier: Apache-2.0
// The capacity that a hash of so many elements is given.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace netpolc::dataplane {

// Room for growth by a quarter before a hash is full.
inline std::uint32_t set_size(std::size_t count) {
  constexpr std::uint32_t kSmallest = 64;
  const auto wanted = static_cast<std::uint32_t>(count + count / 4);
  return std::max(kSmallest, std::bit_ceil(wanted));
}

}  // namespace netpolc::dataplane
