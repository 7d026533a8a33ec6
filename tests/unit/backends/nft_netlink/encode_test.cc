// SPDX-License-Identifier: Apache-2.0
#include "backends/nft_netlink/encode.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <linux/netfilter/nf_tables.h>

#include "backends/nft_netlink/decode.h"
#include "compiler/support/check.h"
#include "tests/live/tables.h"

namespace netpolc::nft_netlink {
namespace {

using ruleset::Field;
using ruleset::FieldType;

Message only_message(const MessageWriter& writer) {
  const std::vector<Message> messages = split_messages(writer.bytes());
  EXPECT_EQ(messages.size(), 1U);
  return messages.front();
}

std::string hex(std::string_view bytes) {
  std::string out;
  for (const char byte : bytes) out += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return out;
}

// The bytes below are what nft 1.0.6 sends for the same text.
TEST(EncodeSet, SaysWhatNftSays) {
  struct Case {
    std::vector<FieldType> key;
    ruleset::SetData data;
    bool is_interval;
    std::uint32_t flags, key_type, key_length, data_type;
    const char* userdata;
  };
  using ruleset::SetData;
  const Case cases[] = {
      {{FieldType::kIpv4Addr}, SetData::kNone, false, 0, 7, 4, 0, "000402000000"},
      {{FieldType::kIpv6Addr}, SetData::kNone, true, 4, 8, 16, 0, "000402000000"},
      {{FieldType::kInetProto}, SetData::kNone, false, 0, 12, 1, 0, "000400000000"},
      {{FieldType::kInetService}, SetData::kNone, true, 4, 13, 2, 0, "000402000000"},
      {{FieldType::kIcmpType}, SetData::kNone, false, 0, 14, 1, 0, "000402000000"},
      {{FieldType::kIcmpv6Type}, SetData::kNone, false, 0, 29, 1, 0, "000402000000"},
      {{FieldType::kClassId}, SetData::kNone, false, 0, 23, 4, 0, "000401000000"},
      {{FieldType::kIpv4Addr},
       SetData::kClassId,
       true,
       12,
       7,
       4,
       23,
       "000402000000010401000000060400000000"},
      {{FieldType::kClassId},
       SetData::kVerdict,
       false,
       8,
       23,
       4,
       NFT_DATA_VERDICT,
       "000401000000010400000000060400000000"},
      {{FieldType::kIpv4Addr, FieldType::kClassId},
       SetData::kClassId,
       false,
       8,
       0x1d7,
       8,
       23,
       "000400000000010401000000030800040d0000000100060400000000"},
      {{FieldType::kIpv6Addr, FieldType::kInetProto, FieldType::kInetService},
       SetData::kNone,
       false,
       0,
       0x830d,
       24,
       0,
       "000400000000030800040d0000000100"},
  };
  for (const Case& expected : cases) {
    ruleset::Table table;
    table.sets.push_back({.name = "s",
                          .key = expected.key,
                          .data = expected.data,
                          .is_interval = expected.is_interval,
                          .size = expected.is_interval ? 0U : 16U});
    MessageWriter writer;
    Encoder(table, 3).set(writer, 0);
    const SetRecord set = decode_set(only_message(writer));
    EXPECT_EQ(set.name, "s_g3");
    EXPECT_EQ(set.flags, expected.flags);
    EXPECT_EQ(set.key_type, expected.key_type);
    EXPECT_EQ(set.key_length, expected.key_length);
    EXPECT_EQ(set.data_type, expected.data_type);
    EXPECT_EQ(set.size, expected.is_interval ? 0U : 16U);
    EXPECT_EQ(hex(set.userdata), expected.userdata);
  }
}

TEST(EncodeSet, RefusesIntervalsThatTheKernelWouldMisread) {
  ruleset::Table table;
  table.sets.push_back({.name = "s", .key = {FieldType::kClassId}, .is_interval = true});
  MessageWriter writer;
  EXPECT_THROW(Encoder(table, 0).set(writer, 0), InternalError);
}

TEST(EncodeElements, SplitsIntervalsAndSwapsClassIds) {
  const ruleset::Table table = test::every_kind();
  const Encoder encoder(table, 0);
  const auto keys = [&](std::uint32_t set) {
    MessageWriter writer;
    EXPECT_EQ(encoder.elements(writer, set, 0), table.sets[set].elements.size());
    std::vector<ElementRecord> elements;
    decode_elements(only_message(writer), elements);
    std::string out;
    for (const ElementRecord& element : elements) {
      const std::string_view key(reinterpret_cast<const char*>(element.key.data()),
                                 element.key_length);
      out += fmt::format("{}/{} ", hex(key), element.flags);
    }
    return out;
  };
  // ports: a leading end, 80, 443-445, and 60000 without an end.
  EXPECT_EQ(keys(6), "0000/1 0050/0 0051/1 01bb/0 01be/1 ea60/0 ");
  // cidr4 begins at 0: no leading end; neighbours meet; then the catch-all.
  EXPECT_EQ(keys(2),
            "00000000/0 01000000/1 c0000200/0 c0000280/1 c0000280/0 c0000300/1 ff000000/0 /2 ");
  EXPECT_EQ(keys(4), "0af401070a000000/0 0af4010701010000/0 ");
  EXPECT_EQ(keys(10), "fd0000000000000000000000000000011100000000350000/0 ");
}

TEST(EncodeElements, FillsMessagesButNotOver) {
  const ruleset::Table table = test::endpoints_table(20'000, 0);
  const Encoder encoder(table, 1);
  std::size_t next = 0;
  std::size_t count = 0;
  std::vector<ElementRecord> elements;
  while (next < table.sets[1].elements.size()) {
    MessageWriter writer;
    next = encoder.elements(writer, 1, next);
    EXPECT_LE(writer.size(), 65'535U);
    if (next < table.sets[1].elements.size()) {
      EXPECT_GE(writer.size(), 60'000U);
    }
    decode_elements(only_message(writer), elements);
    ++count;
  }
  EXPECT_EQ(elements.size(), 40'000U);
  EXPECT_GT(count, 10U);
}

std::string expressions_of(std::vector<ruleset::Expression> expressions) {
  ruleset::Table table = test::every_kind();
  table.chains[1].rules = {{.expressions = std::move(expressions)}};
  MessageWriter writer;
  Encoder(table, 2).rule(writer, 1, 0);
  return print_expressions(as_bytes(decode_rule(only_message(writer)).expressions), 2);
}

TEST(EncodeRule, AsksForAProtocolOnce) {
  const std::string with_dependency = expressions_of({ruleset::Match{Field::kTcpDport, 80, 80}});
  EXPECT_EQ(with_dependency,
            "[ meta 1=00000001 2=00000010 ] [ cmp 1=00000001 2=00000000 3=06 ] "
            "[ payload 1=00000001 2=00000002 3=00000002 4=00000002 ] "
            "[ cmp 1=00000001 2=00000000 3=0050 ]");
  EXPECT_EQ(expressions_of(
                {ruleset::Match{Field::kL4Proto, 6, 6}, ruleset::Match{Field::kTcpDport, 80, 80}}),
            with_dependency);
}

TEST(EncodeRule, LoadsConcatenationsIntoConsecutiveWords) {
  EXPECT_EQ(
      expressions_of({ruleset::Lookup{{Field::kIp6Saddr, Field::kL4Proto, Field::kUdpDport}, 10}}),
      "[ meta 1=00000001 2=0000000f ] [ cmp 1=00000001 2=00000000 3=0a ] "
      "[ meta 1=00000001 2=00000010 ] [ cmp 1=00000001 2=00000000 3=11 ] "
      "[ payload 1=00000001 2=00000001 3=00000008 4=00000010 ] [ meta 1=00000002 2=00000010 ] "
      "[ payload 1=0000000d 2=00000002 3=00000002 4=00000002 ] [ lookup 1=exact6 2=00000001 ]");
}

TEST(EncodeRule, ComparesRangesOfTheScratchFieldInNetworkOrder) {
  EXPECT_EQ(expressions_of({ruleset::Match{Field::kScratch, 5, 7}}),
            "[ meta 1=00000001 2=00000002 ] "
            "[ byteorder 1=00000001 2=00000001 3=00000001 4=00000004 5=00000004 ] "
            "[ cmp 1=00000001 2=00000005 3=00000005 ] [ cmp 1=00000001 2=00000003 3=00000007 ]");
}

TEST(EncodeRule, RejectsInTheFamilyThatTheRuleKnows) {
  const ruleset::Verdict reject{ruleset::VerdictKind::kReject, 0};
  EXPECT_EQ(expressions_of({reject}), "[ reject 1=00000002 2=01 ]");
  EXPECT_TRUE(expressions_of({ruleset::Match{Field::kNfProto, 2, 2}, reject})
                  .ends_with("[ reject 1=00000000 2=03 ]"));
  EXPECT_TRUE(expressions_of({ruleset::Match{Field::kNfProto, 10, 10}, reject})
                  .ends_with("[ reject 1=00000000 2=04 ]"));
}

TEST(EncodeRule, NamesWhatItRefersToInItsGeneration) {
  ruleset::Table table = test::every_kind();
  MessageWriter writer;
  Encoder(table, 9).rule(writer, 1, 0);
  EXPECT_EQ(referred_names(as_bytes(decode_rule(only_message(writer)).expressions)),
            (std::vector<std::string>{"peer4_g9", "in4_g9", "profiles_g9"}));
}

}  // namespace
}  // namespace netpolc::nft_netlink
