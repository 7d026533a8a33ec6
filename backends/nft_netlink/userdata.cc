// SPDX-License-Identifier: Apache-2.0
#include "backends/nft_netlink/userdata.h"

namespace netpolc::nft_netlink {

void Userdata::add(std::uint8_t type, Bytes value) {
  bytes_.push_back(static_cast<char>(type));
  bytes_.push_back(static_cast<char>(value.size()));
  bytes_.append(as_text(value));
}

void Userdata::add_u32(std::uint8_t type, std::uint32_t value) {
  add(type, {reinterpret_cast<const std::uint8_t*>(&value), sizeof value});
}

void Userdata::add_comment(std::uint8_t type, std::string_view text) {
  if (text.empty()) return;
  std::string terminated(text);
  terminated.push_back('\0');
  add(type, as_bytes(terminated));
}

std::string read_comment(Bytes userdata, std::uint8_t type) {
  while (userdata.size() >= 2 && userdata.size() - 2 >= userdata[1]) {
    const Bytes value = userdata.subspan(2, userdata[1]);
    if (userdata[0] == type) {
      const std::string_view text = as_text(value);
      return std::string(text.substr(0, text.find('\0')));
    }
    userdata = userdata.subspan(2 + value.size());
  }
  return {};
}

}  // namespace netpolc::nft_netlink
