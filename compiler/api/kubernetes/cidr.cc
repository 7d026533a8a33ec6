// SPDX-License-Identifier: Apache-2.0
#include "compiler/api/kubernetes/cidr.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

namespace netpolc::api::kubernetes {
namespace {

constexpr unsigned kMappedBits = 96;  // of the prefix ::ffff:0:0

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_ipv4_mapped(const IpAddress& address) {
  return address.family == IpFamily::kIpv6 && address.bytes[10] == 0xff &&
         address.bytes[11] == 0xff &&
         std::all_of(address.bytes.begin(), address.bytes.begin() + 10,
                     [](std::uint8_t byte) { return byte == 0; });
}

IpAddress unmapped(const IpAddress& address) {
  IpAddress out;
  std::copy(address.bytes.begin() + 12, address.bytes.end(), out.bytes.begin());
  return out;
}

struct Stripped {
  std::string text;
  bool has_leading_zeros = false;  // of decimal numbers
};

// Without the zeros before the last digit of each number between dots and colons.
Stripped strip_leading_zeros(std::string_view text) {
  Stripped out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(".:"), text.size());
    std::string_view part = text.substr(0, end);
    const bool is_octet = text.substr(0, end + 1).ends_with('.') || out.text.ends_with('.');
    while (part.size() > 1 && part.front() == '0') {
      part.remove_prefix(1);
      out.has_leading_zeros = out.has_leading_zeros || is_octet;
    }
    out.text += part;
    if (end < text.size()) out.text += text[end];
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::optional<unsigned> parse_length(std::string_view text) {
  if (text.empty() || !std::all_of(text.begin(), text.end(), is_digit)) return std::nullopt;
  unsigned value = 0;
  for (const char c : text) {
    value = value * 10 + static_cast<unsigned>(c - '0');
    if (value > 128) return std::nullopt;
  }
  return value;
}

}  // namespace

std::optional<ParsedCidr> parse_cidr(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const Stripped stripped = strip_leading_zeros(text.substr(0, slash));
  const std::string_view length_text = text.substr(slash + 1);
  const std::optional<IpAddress> address = IpAddress::parse(stripped.text);
  std::optional<unsigned> length = parse_length(length_text);
  if (!address || !length || *length > address_bits(address->family)) return std::nullopt;

  ParsedCidr out;
  out.has_leading_zeros =
      stripped.has_leading_zeros || (length_text.size() > 1 && length_text.front() == '0');
  out.is_ipv4_mapped = is_ipv4_mapped(*address);
  IpAddress base = *address;
  if (out.is_ipv4_mapped && *length >= kMappedBits) {
    base = unmapped(base);
    *length -= kMappedBits;
  }
  out.cidr = Cidr::masked(base, static_cast<std::uint8_t>(*length));
  out.has_host_bits = out.cidr.address != base;
  return out;
}

std::optional<IpAddress> parse_address(std::string_view text) {
  const std::optional<IpAddress> address = IpAddress::parse(text);
  if (address && is_ipv4_mapped(*address)) return unmapped(*address);
  return address;
}

}  // namespace netpolc::api::kubernetes
