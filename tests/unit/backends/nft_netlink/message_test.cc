// SPDX-License-Identifier: Apache-2.0
#include "backends/nft_netlink/message.h"

#include <gtest/gtest.h>
#include <linux/netlink.h>

#include <random>

#include "backends/nft_netlink/decode.h"
#include "backends/nft_netlink/names.h"
#include "backends/nft_netlink/userdata.h"
#include "compiler/support/check.h"

namespace netpolc::nft_netlink {
namespace {

TEST(MessageWriter, PadsAndNests) {
  MessageWriter writer;
  writer.begin(3, NLM_F_CREATE, 1);
  writer.put_text(1, "abcd");
  const std::size_t nest = writer.begin_nest(2);
  writer.put_u8(3, 7);
  writer.put_u32(4, 0x01020304);
  writer.put_u64(5, 6);
  writer.end_nest(nest);
  writer.end();
  writer.begin(4, 0, 1);
  writer.end();

  const std::vector<Message> messages = split_messages(writer.bytes());
  ASSERT_EQ(messages.size(), 2U);
  EXPECT_EQ(messages[0].type(), 3);
  EXPECT_EQ(messages[0].flags, NLM_F_REQUEST | NLM_F_CREATE);
  EXPECT_EQ(messages[0].family, 1);
  EXPECT_EQ(messages[0].attributes().find(1).text(), "abcd");
  EXPECT_EQ(messages[0].attributes().find(1).value.size(), 5U);
  const Attributes inner(messages[0].attributes().find(2).value);
  EXPECT_EQ(inner.find(3).value[0], 7);
  EXPECT_EQ(inner.find(4).u32(), 0x01020304U);
  EXPECT_EQ(inner.find(5).u64(), 6U);
  EXPECT_EQ(inner.find(6).type, 0);
  EXPECT_EQ(messages[1].type(), 4);

  writer.drop_front(messages[0].whole.size());
  ASSERT_EQ(split_messages(writer.bytes()).size(), 1U);
}

TEST(MessageWriter, RefusesANestThatDoesNotFit) {
  MessageWriter writer;
  writer.begin(1, 0, 1);
  const std::size_t nest = writer.begin_nest(1);
  for (int index = 0; index < 10'000; ++index) writer.put_u32(1, 0);
  EXPECT_THROW(writer.end_nest(nest), InternalError);
}

TEST(Decode, SurvivesTornBytes) {
  std::mt19937 random(1);
  std::uniform_int_distribution byte(0, 255);
  std::uniform_int_distribution length(0, 200);
  for (int round = 0; round < 20'000; ++round) {
    std::vector<std::uint8_t> bytes(static_cast<std::size_t>(length(random)));
    for (std::uint8_t& value : bytes) {
      // Small numbers make plausible lengths.
      value = static_cast<std::uint8_t>(byte(random) & (round % 2 == 0 ? 0xff : 0x1f));
    }
    (void)split_messages(bytes);
    Message message;
    message.payload = bytes;
    (void)decode_chain(message);
    (void)decode_set(message);
    (void)print_expressions(as_bytes(decode_rule(message).expressions), 1);
    (void)print_expressions(bytes, std::nullopt);
    std::vector<ElementRecord> elements;
    decode_elements(message, elements);
    (void)read_comment(bytes, kCommentOfRule);
  }
}

TEST(Names, SplitsOffTheGeneration) {
  EXPECT_EQ(split_generation("in4_g7").base, "in4");
  EXPECT_EQ(split_generation("in4_g7").generation, 7U);
  EXPECT_EQ(split_generation("in4").generation, 0U);
  EXPECT_EQ(split_generation("a_g1_g23").base, "a_g1");
  for (const char* name : {"in4_g", "in4_g0", "in4_g07", "in4_gx", "in4_g7x", "g7", "",
                           "x_g99999999999999999999999"}) {
    EXPECT_EQ(split_generation(name).base, name);
    EXPECT_EQ(split_generation(name).generation, 0U) << name;
  }
}

TEST(Userdata, KeepsComments) {
  Userdata userdata;
  userdata.add_u32(3, 5);
  userdata.add_comment(kCommentOfSet, "");
  userdata.add_comment(kCommentOfSet, "hello");
  EXPECT_EQ(read_comment(userdata.bytes(), kCommentOfSet), "hello");
  EXPECT_EQ(read_comment(userdata.bytes(), kCommentOfRule), "");
  EXPECT_EQ(read_comment(userdata.bytes().first(10), kCommentOfSet), "");
}

}  // namespace
}  // namespace netpolc::nft_netlink
