// SPDX-License-Identifier: Apache-2.0
#include "netpolc/ip.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "compiler/support/check.h"

namespace netpolc {
namespace {

IpAddress ip(std::string_view text) {
  const std::optional<IpAddress> address = IpAddress::parse(text);
  EXPECT_TRUE(address.has_value()) << text;
  return address.value_or(IpAddress{});
}

Cidr cidr(std::string_view text, std::uint8_t length) { return Cidr::masked(ip(text), length); }

TEST(Ip, ParsesAndPrintsCanonically) {
  const struct {
    const char* text;
    const char* printed;
  } cases[] = {
      {"0.0.0.0", "0.0.0.0"},
      {"255.255.255.255", "255.255.255.255"},
      {"10.0.100.9", "10.0.100.9"},
      {"::", "::"},
      {"::1", "::1"},
      {"1::", "1::"},
      {"0:0:0:0:0:0:0:0", "::"},
      {"2001:DB8:0:0:0:0:0:1", "2001:db8::1"},
      {"2001:db8:0:1:0:0:0:1", "2001:db8:0:1::1"},
      {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},
      {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
      {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
      {"2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
      {"0001:0002::00ff", "1:2::ff"},
      {"1:2:3:4:5:6:7:0", "1:2:3:4:5:6:7:0"},
      {"1:2:3:4:5:6:0:0", "1:2:3:4:5:6::"},
      {"::ffff:192.0.2.1", "::ffff:192.0.2.1"},
      {"::ffff:c000:201", "::ffff:192.0.2.1"},
      {"64:ff9b::192.0.2.33", "64:ff9b::c000:221"},
      {"1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"},
  };
  for (const auto& c : cases) EXPECT_EQ(ip(c.text).to_string(), c.printed) << c.text;
}

TEST(Ip, RefusesWhatIsNoAddress) {
  for (const char* text : {"",
                           " ",
                           "1",
                           "1.2.3",
                           "1.2.3.4.5",
                           "1.2.3.256",
                           "01.2.3.4",
                           "1.2.3.04",
                           "00.0.0.0",
                           "1.2.3.",
                           ".1.2.3",
                           "1..2.3",
                           "+1.2.3.4",
                           "-1.2.3.4",
                           "1.2.3.4 ",
                           " 1.2.3.4",
                           "1.2.3.4/8",
                           "0x1.2.3.4",
                           "1.2.3.1000",
                           ":",
                           ":::",
                           "1:",
                           ":1",
                           "1::2::3",
                           "1:2:3:4:5:6:7",
                           "1:2:3:4:5:6:7:8:9",
                           "1:2:3:4:5:6:7:8::",
                           "::1:2:3:4:5:6:7:8",
                           "12345::",
                           "g::",
                           "fe80::1%eth0",
                           "::1.2.3",
                           "::1.2.3.4:5",
                           "1.2.3.4::",
                           "::01.2.3.4",
                           "[::1]",
                           "1:2:3:4:5:6:7:1.2.3.4",
                           "::1/64",
                           "1:2:3:4:5:6:7:8:",
                           "::ffff:1.2.3.4.5"}) {
    EXPECT_FALSE(IpAddress::parse(text).has_value()) << text;
  }
}

TEST(Ip, EndsInsideTheView) {
  EXPECT_EQ(ip(std::string_view("1.2.3.45", 7)).to_string(), "1.2.3.4");
  EXPECT_FALSE(IpAddress::parse(std::string_view("1.2.3.4\0", 8)).has_value());
}

// Random texts near to addresses: the same are taken as by inet_pton, and IPv6 prints the same.
TEST(Ip, AgreesWithInetPton) {
  std::mt19937 random(20240731);
  const std::string_view ipv6_alphabet = "0123456789abcdefF::::::.";
  const std::string_view ipv4_alphabet = "0122345.....";
  int taken = 0;
  for (int i = 0; i < 200'000; ++i) {
    const bool is_ipv4 = i % 2 == 0;
    const std::string_view alphabet = is_ipv4 ? ipv4_alphabet : ipv6_alphabet;
    std::string text(random() % (is_ipv4 ? 10 : 22) + 1, ' ');
    for (char& c : text) c = alphabet[random() % alphabet.size()];
    const bool is_v6_text = text.find(':') != std::string::npos;
    unsigned char bytes[16];
    const bool expected = inet_pton(is_v6_text ? AF_INET6 : AF_INET, text.c_str(), bytes) == 1;
    const std::optional<IpAddress> actual = IpAddress::parse(text);
    ASSERT_EQ(actual.has_value(), expected) << text;
    if (!expected) continue;
    ++taken;
    ASSERT_TRUE(std::equal(bytes, bytes + (is_v6_text ? 16 : 4), actual->bytes.begin())) << text;
    ASSERT_EQ(ip(actual->to_string()), *actual) << text;
  }
  EXPECT_GT(taken, 1000);
}

TEST(Ip, OrdersIpv4BeforeIpv6) {
  EXPECT_LT(ip("9.0.0.0"), ip("10.0.0.0"));
  EXPECT_LT(ip("255.255.255.255"), ip("::"));
}

TEST(Ip, NextAndPrevious) {
  const struct {
    const char* address;
    const char* next;
  } cases[] = {{"10.0.0.255", "10.0.1.0"},
               {"0.255.255.255", "1.0.0.0"},
               {"fe80::ffff:ffff", "fe80::1:0:0"},
               {"::", "::1"}};
  for (const auto& c : cases) {
    EXPECT_EQ(next_address(ip(c.address)), ip(c.next));
    EXPECT_EQ(previous_address(ip(c.next)), ip(c.address));
  }
  EXPECT_FALSE(next_address(ip("255.255.255.255")).has_value());
  EXPECT_FALSE(next_address(ip("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")).has_value());
  EXPECT_FALSE(previous_address(ip("0.0.0.0")).has_value());
  EXPECT_FALSE(previous_address(ip("::")).has_value());
}

TEST(Cidr, MasksAndPrints) {
  EXPECT_EQ(cidr("10.1.2.3", 8).to_string(), "10.0.0.0/8");
  EXPECT_EQ(cidr("10.1.2.255", 25).to_string(), "10.1.2.128/25");
  EXPECT_EQ(cidr("10.1.2.3", 0).to_string(), "0.0.0.0/0");
  EXPECT_EQ(cidr("10.1.2.3", 32).to_string(), "10.1.2.3/32");
  EXPECT_EQ(cidr("2001:db8:ffff::1", 33).to_string(), "2001:db8:8000::/33");
  EXPECT_EQ(Cidr::host(ip("::1")).to_string(), "::1/128");
  EXPECT_THROW(cidr("10.0.0.0", 33), InternalError);
}

TEST(Cidr, LastAddress) {
  EXPECT_EQ(cidr("10.0.0.0", 9).last(), ip("10.127.255.255"));
  EXPECT_EQ(cidr("10.0.0.0", 32).last(), ip("10.0.0.0"));
  EXPECT_EQ(cidr("0.0.0.0", 0).last(), ip("255.255.255.255"));
  EXPECT_EQ(cidr("fd00::", 121).last(), ip("fd00::7f"));
  EXPECT_EQ(cidr("10.0.0.0", 9).first(), ip("10.0.0.0"));
}

TEST(Cidr, Contains) {
  const Cidr ten = cidr("10.0.0.0", 8);
  EXPECT_TRUE(ten.contains(ip("10.255.0.1")));
  EXPECT_FALSE(ten.contains(ip("11.0.0.0")));
  EXPECT_FALSE(cidr("0.0.0.0", 0).contains(ip("::")));
  EXPECT_FALSE(cidr("::", 0).contains(ip("0.0.0.0")));
  EXPECT_TRUE(ten.contains(ten));
  EXPECT_TRUE(ten.contains(cidr("10.4.0.0", 16)));
  EXPECT_FALSE(ten.contains(cidr("8.0.0.0", 7)));
  EXPECT_FALSE(ten.contains(cidr("10.0.0.0", 7)));
}

}  // namespace
}  // namespace netpolc
