// SPDX-License-Identifier: Apache-2.0
// IP addresses and prefixes as values. Text forms: RFC 5952 (IPv6), dotted quad (IPv4), RFC 4632.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace netpolc {

enum class IpFamily : std::uint8_t { kIpv4 = 4, kIpv6 = 6 };

// Bits of an address of that family: 32 or 128.
constexpr unsigned address_bits(IpFamily family) { return family == IpFamily::kIpv4 ? 32U : 128U; }

// An address in network byte order. IPv4 uses the first four bytes; the others are zero, so that
// comparison is bytewise and orders IPv4 before IPv6.
struct IpAddress {
  IpFamily family = IpFamily::kIpv4;
  std::array<std::uint8_t, 16> bytes{};

  auto operator<=>(const IpAddress&) const = default;

  static std::optional<IpAddress> parse(std::string_view text);
  std::string to_string() const;
};

// The address after `address`; nothing after the last one of its family.
std::optional<IpAddress> next_address(const IpAddress& address);
// The address before `address`; nothing before the first one of its family.
std::optional<IpAddress> previous_address(const IpAddress& address);

// A prefix. `address` has no bit set beyond `length` (0..32 or 0..128).
struct Cidr {
  IpAddress address;
  std::uint8_t length = 0;

  auto operator<=>(const Cidr&) const = default;

  // Masks `address` to `length` bits.
  static Cidr masked(const IpAddress& address, std::uint8_t length);
  static Cidr host(const IpAddress& address);

  bool contains(const IpAddress& other) const;
  // True for every prefix inside this one, itself included.
  bool contains(const Cidr& other) const;
  IpAddress first() const { return address; }
  IpAddress last() const;
  std::string to_string() const;
};

}  // namespace netpolc
