// SPDX-License-Identifier: Apache-2.0
// Typed indices into vectors: an Id<Chain> cannot be mistaken for an Id<Set>.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace netpolc {

template <typename T>
struct Id {
  std::uint32_t value = 0;
  auto operator<=>(const Id&) const = default;
};

}  // namespace netpolc

template <typename T>
struct std::hash<netpolc::Id<T>> {
  std::size_t operator()(netpolc::Id<T> id) const noexcept {
    return std::hash<std::uint32_t>{}(id.value);
  }
};
