// SPDX-License-Identifier: Apache-2.0
#include "compiler/dataplane/naming.h"

#include <gtest/gtest.h>

#include "compiler/dataplane/key.h"
#include "compiler/support/check.h"

namespace netpolc::dataplane {
namespace {

using model::Protocol;

TEST(ProfileName, SaysWhatIsAllowed) {
  const struct {
    std::vector<policy::PortClause> allows;
    const char* name;
  } cases[] = {
      {{}, "nothing"},
      {{{std::nullopt, {}, {}}}, "everything"},
      {{{Protocol::kTcp, {80, 80}, {}}, {Protocol::kUdp, {53, 54}, {}}}, "tcp_80_udp_53_54"},
      {{{Protocol::kSctp, {}, {}}}, "sctp_x"},
  };
  for (const auto& item : cases) {
    EXPECT_EQ(profile_name({model::Direction::kIngress, item.allows, {}}), item.name);
  }
}

TEST(ProfileName, ALongOneIsAHash) {
  policy::Profile profile;
  for (std::uint16_t port = 10001; port <= 10007; ++port) {
    profile.allows.push_back({Protocol::kTcp, {port, port}, {}});
  }
  const std::string name = profile_name(profile);
  EXPECT_EQ(name.size(), 14U);
  EXPECT_TRUE(name.starts_with("ports_")) << name;
  profile.allows.back().ports = {10009, 10009};
  EXPECT_NE(profile_name(profile), name);
  profile.allows.resize(4);
  EXPECT_EQ(profile_name(profile), "tcp_10001_tcp_10002_tcp_10003_tcp_10004");
}

TEST(IdMaker, IdsAreStableDistinctAndInTheirRange) {
  IdMaker ids;
  const std::uint32_t api = ids.make("shop/api");
  EXPECT_EQ(api, 0x40000000U + (hash32("shop/api") & 0x3fffffffU));
  EXPECT_EQ(ids.make("shop/api"), 0x40000000U + ((api + 1) & 0x3fffffffU)) << "never twice";
  EXPECT_EQ(IdMaker().make("shop/api"), api);
  for (int index = 0; index < 1000; ++index) {
    const std::uint32_t id = ids.make(std::to_string(index));
    EXPECT_GE(id, 0x40000000U);
    EXPECT_LE(id, 0x7fffffffU);
  }
}

TEST(Hash32, IsFnv1a) {
  EXPECT_EQ(hash32(""), 0x811c9dc5U);
  EXPECT_EQ(hash32("a"), 0xe40c292cU);
  EXPECT_EQ(hash32("foobar"), 0xbf9cf968U);
}

TEST(CommentText, HoldsOnlyWhatNftCanQuote) {
  EXPECT_EQ(comment_text(""), "");
  EXPECT_EQ(comment_text("shop/api ingress[0] a.yaml:1"), "shop/api ingress[0] a.yaml:1");
  EXPECT_EQ(comment_text("\"a\\b\"\n\t\x7f\x1f~"), "_a_b_____~");
  EXPECT_EQ(comment_text("caf\xc3\xa9"), "caf__");
}

TEST(CommentText, IsCutBelowTheKernelsLimit) {
  EXPECT_EQ(comment_text(std::string(127, 'a')), std::string(127, 'a'));
  EXPECT_EQ(comment_text(std::string(128, 'a')), std::string(124, 'a') + "...");
  EXPECT_EQ(comment_text(std::string(5000, 'a')).size(), 127U);
}

TEST(KeyBuilder, PutsFieldsOneAfterTheOther) {
  const ruleset::Key key = KeyBuilder()
                               .address(IpAddress::parse("10.1.2.3").value())
                               .number(0x40000506, 4)
                               .number(0x0708, 2)
                               .key();
  const std::array<std::uint8_t, 24> expected = {10, 1, 2, 3, 0x40, 0, 5, 6, 7, 8};
  EXPECT_EQ(key.bytes, expected);
}

TEST(KeyBuilder, RefusesMoreThanAKeyHolds) {
  KeyBuilder builder;
  const IpAddress address = IpAddress::parse("fd00::1").value();
  builder.address(address).number(1, 4).number(2, 4);
  EXPECT_THROW(builder.number(3, 1), InternalError);
}

}  // namespace
}  // namespace netpolc::dataplane
