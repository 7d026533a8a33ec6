// SPDX-License-Identifier: Apache-2.0
#include "netpolc/ip.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <iterator>

#include "compiler/support/check.h"

namespace netpolc {
namespace {

constexpr std::size_t kGroups = 8;

std::size_t byte_count(IpFamily family) { return address_bits(family) / 8; }

// "0".."255" without leading zeros or sign; takes the digits off the front of `text`.
std::optional<std::uint8_t> take_octet(std::string_view& text) {
  unsigned value = 0;
  std::size_t digits = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') {
    if (digits == 3 || (digits > 0 && value == 0)) return std::nullopt;
    value = value * 10 + static_cast<unsigned>(text[digits] - '0');
    ++digits;
  }
  if (digits == 0 || value > 255) return std::nullopt;
  text.remove_prefix(digits);
  return static_cast<std::uint8_t>(value);
}

// Four octets into `out`; the whole of `text` must be used.
bool parse_ipv4(std::string_view text, std::uint8_t* out) {
  for (std::size_t i = 0; i < 4; ++i) {
    if (i > 0) {
      if (!text.starts_with('.')) return false;
      text.remove_prefix(1);
    }
    const std::optional<std::uint8_t> octet = take_octet(text);
    if (!octet) return false;
    out[i] = *octet;
  }
  return text.empty();
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The parts of an IPv6 address before or after `::`.
struct Groups {
  std::array<std::uint8_t, 16> bytes{};
  std::size_t size = 0;  // bytes used, even
};

// Groups of one to four hex digits between colons; an IPv4 tail may take the place of the last two
// when `may_end_in_ipv4`. An empty text has no groups.
std::optional<Groups> parse_groups(std::string_view text, bool may_end_in_ipv4) {
  Groups groups;
  if (text.empty()) return groups;
  for (;;) {
    const std::size_t colon = text.find(':');
    const std::string_view part = text.substr(0, colon);
    if (colon == std::string_view::npos && may_end_in_ipv4 && part.contains('.')) {
      if (groups.size > 12 || !parse_ipv4(part, groups.bytes.data() + groups.size)) {
        return std::nullopt;
      }
      groups.size += 4;
      return groups;
    }
    if (part.empty() || part.size() > 4 || groups.size == 16) return std::nullopt;
    unsigned value = 0;
    for (const char c : part) {
      const int digit = hex_digit(c);
      if (digit < 0) return std::nullopt;
      value = value * 16 + static_cast<unsigned>(digit);
    }
    groups.bytes[groups.size++] = static_cast<std::uint8_t>(value >> 8);
    groups.bytes[groups.size++] = static_cast<std::uint8_t>(value & 0xff);
    if (colon == std::string_view::npos) return groups;
    text.remove_prefix(colon + 1);
  }
}

std::optional<IpAddress> parse_ipv6(std::string_view text) {
  IpAddress address{IpFamily::kIpv6, {}};
  const std::size_t gap = text.find("::");
  if (gap == std::string_view::npos) {
    const std::optional<Groups> all = parse_groups(text, true);
    if (!all || all->size != 16) return std::nullopt;
    address.bytes = all->bytes;
    return address;
  }
  const std::optional<Groups> head = parse_groups(text.substr(0, gap), false);
  const std::optional<Groups> tail = parse_groups(text.substr(gap + 2), true);
  // `::` stands for at least one group, as in inet_pton.
  if (!head || !tail || head->size + tail->size > 14) return std::nullopt;
  std::copy_n(head->bytes.begin(), head->size, address.bytes.begin());
  std::copy_n(tail->bytes.begin(), tail->size,
              address.bytes.end() - static_cast<std::ptrdiff_t>(tail->size));
  return address;
}

struct Run {
  std::size_t begin = kGroups;
  std::size_t length = 0;
};

// The first of the longest runs of two or more zero groups: what RFC 5952 prints as `::`.
Run longest_zero_run(const std::array<unsigned, kGroups>& groups) {
  Run best;
  for (std::size_t i = 0; i < kGroups;) {
    std::size_t end = i;
    while (end < kGroups && groups[end] == 0) ++end;
    if (end - i >= 2 && end - i > best.length) best = Run{i, end - i};
    i = end + 1;
  }
  return best;
}

std::string print_ipv6(const std::array<std::uint8_t, 16>& bytes) {
  std::array<unsigned, kGroups> groups{};
  for (std::size_t i = 0; i < kGroups; ++i) groups[i] = bytes[2 * i] * 256U + bytes[2 * i + 1];
  // RFC 5952 section 5: IPv4-mapped addresses keep their dotted quad.
  if (std::all_of(groups.begin(), groups.begin() + 5, [](unsigned g) { return g == 0; }) &&
      groups[5] == 0xffff) {
    return fmt::format("::ffff:{}.{}.{}.{}", bytes[12], bytes[13], bytes[14], bytes[15]);
  }
  const Run zeros = longest_zero_run(groups);
  std::string out;
  for (std::size_t i = 0; i < kGroups;) {
    if (i == zeros.begin) {
      out += "::";
      i += zeros.length;
      continue;
    }
    if (i > 0 && !out.ends_with(':')) out += ':';
    fmt::format_to(std::back_inserter(out), "{:x}", groups[i]);
    ++i;
  }
  return out;
}

// `bytes` with every bit beyond `length` set to `bit`, in the first `size` bytes.
void fill_beyond(std::array<std::uint8_t, 16>& bytes, std::size_t size, unsigned length, bool bit) {
  for (std::size_t i = 0; i < size; ++i) {
    const unsigned start = static_cast<unsigned>(i) * 8;
    if (start + 8 <= length) continue;
    const unsigned kept = length > start ? length - start : 0;
    const auto tail = static_cast<std::uint8_t>(0xffU >> kept);
    bytes[i] = static_cast<std::uint8_t>(bit ? bytes[i] | tail : bytes[i] & ~tail);
  }
}

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  if (text.contains(':')) return parse_ipv6(text);
  IpAddress address;
  if (!parse_ipv4(text, address.bytes.data())) return std::nullopt;
  return address;
}

std::string IpAddress::to_string() const {
  if (family == IpFamily::kIpv4) {
    return fmt::format("{}.{}.{}.{}", bytes[0], bytes[1], bytes[2], bytes[3]);
  }
  return print_ipv6(bytes);
}

std::optional<IpAddress> next_address(const IpAddress& address) {
  IpAddress next = address;
  for (std::size_t i = byte_count(address.family); i-- > 0;) {
    if (++next.bytes[i] != 0) return next;
  }
  return std::nullopt;
}

std::optional<IpAddress> previous_address(const IpAddress& address) {
  IpAddress previous = address;
  for (std::size_t i = byte_count(address.family); i-- > 0;) {
    if (previous.bytes[i]-- != 0) return previous;
  }
  return std::nullopt;
}

Cidr Cidr::masked(const IpAddress& address, std::uint8_t length) {
  NETPOLC_CHECK(length <= address_bits(address.family), "prefix longer than its address");
  Cidr cidr{address, length};
  fill_beyond(cidr.address.bytes, byte_count(address.family), length, false);
  return cidr;
}

Cidr Cidr::host(const IpAddress& address) {
  return Cidr{address, static_cast<std::uint8_t>(address_bits(address.family))};
}

bool Cidr::contains(const IpAddress& other) const {
  return other.family == address.family && masked(other, length).address == address;
}

bool Cidr::contains(const Cidr& other) const {
  return other.length >= length && contains(other.address);
}

IpAddress Cidr::last() const {
  IpAddress result = address;
  fill_beyond(result.bytes, byte_count(address.family), length, true);
  return result;
}

std::string Cidr::to_string() const { return fmt::format("{}/{}", address.to_string(), length); }

}  // namespace netpolc
