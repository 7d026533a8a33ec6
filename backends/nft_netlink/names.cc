// SPDX-License-Identifier: Apache-2.0
#include "backends/nft_netlink/names.h"

#include <charconv>

namespace netpolc::nft_netlink {

GenerationName split_generation(std::string_view name) {
  const std::size_t at = name.rfind("_g");
  if (at == std::string_view::npos) return {name, 0};
  const std::string_view digits = name.substr(at + 2);
  std::uint64_t generation = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), generation);
  const bool is_number = error == std::errc() && end == digits.data() + digits.size();
  // generation_suffix() writes neither a leading zero nor generation 0.
  if (!is_number || digits.front() == '0') return {name, 0};
  return {name.substr(0, at), generation};
}

}  // namespace netpolc::nft_netlink
