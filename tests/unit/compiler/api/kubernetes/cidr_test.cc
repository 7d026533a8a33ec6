// SPDX-License-Identifier: Apache-2.0
#include "compiler/api/kubernetes/cidr.h"

#include <gtest/gtest.h>

#include <string>

namespace netpolc::api::kubernetes {
namespace {

struct CidrCase {
  const char* text;
  const char* expected;  // nullptr: not a CIDR
  bool has_host_bits = false;
  bool has_leading_zeros = false;
  bool is_ipv4_mapped = false;
};

TEST(Cidr, IsReadAsTheApiServerDoes) {
  constexpr CidrCase kCases[] = {
      {"10.0.0.0/8", "10.0.0.0/8"},
      {"0.0.0.0/0", "0.0.0.0/0"},
      {"10.0.0.1/32", "10.0.0.1/32"},
      {"10.0.0.5/8", "10.0.0.0/8", true},
      {"010.0.0.0/8", "10.0.0.0/8", false, true},
      {"10.0.0.09/32", "10.0.0.9/32", false, true},
      {"10.0.0.0/08", "10.0.0.0/8", false, true},
      {"::/0", "::/0"},
      {"2001:db8::/32", "2001:db8::/32"},
      {"2001:0db8::/32", "2001:db8::/32"},
      {"2001:00db8::/32", "2001:db8::/32"},
      {"2001:DB8::1/32", "2001:db8::/32", true},
      {"::ffff:10.0.0.0/104", "10.0.0.0/8", false, false, true},
      {"::ffff:10.0.0.5/104", "10.0.0.0/8", true, false, true},
      {"::ffff:010.0.0.0/104", "10.0.0.0/8", false, true, true},
      {"::ffff:a00:0/96", "0.0.0.0/0", true, false, true},
      {"::ffff:0:0/95", "::fffe:0:0/95", true, false, true},
      {"10.0.0.1", nullptr},
      {"10.0.0.0/", nullptr},
      {"10.0.0.0/33", nullptr},
      {"10.0.0.0/-1", nullptr},
      {"10.0.0.0/+8", nullptr},
      {"10.0.0.0/8 ", nullptr},
      {"10.0.0.0/8/8", nullptr},
      {"10.0.0.256/24", nullptr},
      {"10.0.0/24", nullptr},
      {"10/8", nullptr},
      {"0x0a.0.0.0/8", nullptr},
      {"::/129", nullptr},
      {"fe80::1%eth0/64", nullptr},
      {"example.com/24", nullptr},
      {"/8", nullptr},
      {"", nullptr},
      {"10.0.0.0/4294967304", nullptr},
  };
  for (const CidrCase& item : kCases) {
    const std::optional<ParsedCidr> parsed = parse_cidr(item.text);
    ASSERT_EQ(parsed.has_value(), item.expected != nullptr) << item.text;
    if (!parsed) continue;
    EXPECT_EQ(parsed->cidr.to_string(), item.expected);
    EXPECT_EQ(parsed->has_host_bits, item.has_host_bits) << item.text;
    EXPECT_EQ(parsed->has_leading_zeros, item.has_leading_zeros) << item.text;
    EXPECT_EQ(parsed->is_ipv4_mapped, item.is_ipv4_mapped) << item.text;
  }
}

TEST(Address, MappedIsIpv4) {
  EXPECT_EQ(parse_address("::ffff:10.0.0.1"), IpAddress::parse("10.0.0.1"));
  EXPECT_EQ(parse_address("fd00::1"), IpAddress::parse("fd00::1"));
  EXPECT_FALSE(parse_address("10.0.0.1/32"));
  EXPECT_FALSE(parse_address("010.0.0.1"));
}

}  // namespace
}  // namespace netpolc::api::kubernetes
