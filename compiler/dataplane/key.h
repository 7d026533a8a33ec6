// SPDX-License-Identifier: Apache-2.0
// Keys of set elements, built field by field.
#pragma once

#include <cstdint>

#include "compiler/support/check.h"
#include "netpolc/ip.h"
#include "netpolc/ruleset.h"

namespace netpolc::dataplane {

class KeyBuilder {
 public:
  KeyBuilder& address(const IpAddress& address) {
    for (unsigned index = 0; index < address_bits(address.family) / 8; ++index) {
      byte(address.bytes[index]);
    }
    return *this;
  }
  // The low `bytes` bytes of `value`, most significant first.
  KeyBuilder& number(std::uint32_t value, std::size_t bytes) {
    for (std::size_t left = bytes; left > 0; --left) {
      byte(static_cast<std::uint8_t>(value >> (8 * (left - 1))));
    }
    return *this;
  }
  const ruleset::Key& key() const { return key_; }

 private:
  void byte(std::uint8_t value) {
    NETPOLC_CHECK(used_ < key_.bytes.size(), "a key is too long");
    key_.bytes[used_++] = value;
  }

  ruleset::Key key_;
  std::size_t used_ = 0;
};

}  // namespace netpolc::dataplane
