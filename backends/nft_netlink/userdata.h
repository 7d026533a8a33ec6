// SPDX-License-Identifier: Apache-2.0
// What nft keeps in the kernel beside its objects for its own use: short type-length-value lists.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "backends/nft_netlink/message.h"

namespace netpolc::nft_netlink {

// The types of a comment, which differ by object.
inline constexpr std::uint8_t kCommentOfRule = 0;  // also of elements, chains and tables
inline constexpr std::uint8_t kCommentOfSet = 7;

// Collects the bytes of one userdata attribute.
class Userdata {
 public:
  void add(std::uint8_t type, Bytes value);
  void add_u32(std::uint8_t type, std::uint32_t value);        // in host byte order, as nft does it
  void add_comment(std::uint8_t type, std::string_view text);  // nothing for an empty text
  bool empty() const { return bytes_.empty(); }
  Bytes bytes() const { return as_bytes(bytes_); }

 private:
  std::string bytes_;
};

// The comment in a userdata attribute; empty if there is none.
std::string read_comment(Bytes userdata, std::uint8_t type);

}  // namespace netpolc::nft_netlink
