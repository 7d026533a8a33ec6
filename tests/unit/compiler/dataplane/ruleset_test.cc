// SPDX-License-Identifier: Apache-2.0
#include "netpolc/ruleset.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>

namespace netpolc::ruleset {
namespace {

Key key(std::uint8_t first) {
  Key out;
  out.bytes[0] = first;
  return out;
}

Table table() {
  Table out;
  out.sets = {
      Set{.name = "s",
          .key = {FieldType::kIpv4Addr, FieldType::kClassId},
          .data = SetData::kClassId,
          .size = 64,
          .comment = "c",
          .elements = {{key(1), key(1), false, 7, {}, "e"}}},
      Set{.name = "v",
          .key = {FieldType::kClassId},
          .data = SetData::kVerdict,
          .size = 64,
          .elements = {{key(1), key(1), false, 0, {VerdictKind::kGoto, 0}, ""}}},
      Set{.name = "n", .key = {FieldType::kInetService}, .is_interval = true},
  };
  Chain first{.name = "a", .comment = "c"};
  first.rules = {
      Rule{.expressions = {Match{Field::kTcpDport, 80, 90}, Counter{}, Verdict{}}, .comment = "r"},
      Rule{.expressions = {MapToScratch{{Field::kIpSaddr, Field::kScratch}, 0}, Counter{},
                           VerdictMap{{Field::kScratch}, 1}}},
      Rule{.expressions = {Lookup{{Field::kTcpDport}, 2}, Verdict{VerdictKind::kDrop, 0}}},
  };
  Chain base{.name = "b", .base = BaseChain{Hook::kForward, 0}};
  base.rules = {Rule{.expressions = {CtEstablishedOrRelated{}, Verdict{VerdictKind::kGoto, 0}}},
                Rule{.expressions = {LoopbackInterface{true}, Verdict{}}}};
  out.chains = {first, base};
  return out;
}

template <typename T>
T& expression(Table& table, std::size_t chain, std::size_t rule, std::size_t at) {
  return std::get<T>(table.chains[chain].rules[rule].expressions[at]);
}

const std::map<std::string, std::function<void(Table&)>> kChanges = {
    {"table name", [](Table& t) { t.name = "other"; }},
    {"scratch", [](Table& t) { t.scratch = Scratch::kMark; }},
    {"set name", [](Table& t) { t.sets[0].name = "t"; }},
    {"set key", [](Table& t) { t.sets[0].key[0] = FieldType::kIpv6Addr; }},
    {"set key length", [](Table& t) { t.sets[0].key.pop_back(); }},
    {"set data", [](Table& t) { t.sets[0].data = SetData::kNone; }},
    {"set interval", [](Table& t) { t.sets[0].is_interval = true; }},
    {"set size", [](Table& t) { t.sets[0].size = 128; }},
    {"set comment", [](Table& t) { t.sets[0].comment = "d"; }},
    {"element first", [](Table& t) { t.sets[0].elements[0].first = key(0); }},
    {"element last", [](Table& t) { t.sets[0].elements[0].last = key(2); }},
    {"catch-all", [](Table& t) { t.sets[0].elements[0].is_catch_all = true; }},
    {"element value", [](Table& t) { t.sets[0].elements[0].value = 8; }},
    {"element comment", [](Table& t) { t.sets[0].elements[0].comment = ""; }},
    {"element verdict", [](Table& t) { t.sets[1].elements[0].verdict.kind = VerdictKind::kJump; }},
    {"element chain", [](Table& t) { t.sets[1].elements[0].verdict.chain = 1; }},
    {"element removed", [](Table& t) { t.sets[1].elements.clear(); }},
    {"element added", [](Table& t) { t.sets[2].elements.push_back({}); }},
    {"set removed", [](Table& t) { t.sets.pop_back(); }},
    {"chain name", [](Table& t) { t.chains[0].name = "z"; }},
    {"chain comment", [](Table& t) { t.chains[0].comment = ""; }},
    {"no base", [](Table& t) { t.chains[1].base.reset(); }},
    {"hook", [](Table& t) { t.chains[1].base->hook = Hook::kInput; }},
    {"priority", [](Table& t) { t.chains[1].base->priority = -1; }},
    {"rule comment", [](Table& t) { t.chains[0].rules[0].comment = "s"; }},
    {"rule removed", [](Table& t) { t.chains[1].rules.pop_back(); }},
    {"rule added", [](Table& t) { t.chains[1].rules.emplace_back(); }},
    {"chain removed", [](Table& t) { t.chains.pop_back(); }},
    {"order of rules", [](Table& t) { std::swap(t.chains[0].rules[1], t.chains[0].rules[2]); }},
    {"match field", [](Table& t) { expression<Match>(t, 0, 0, 0).field = Field::kUdpDport; }},
    {"match first", [](Table& t) { expression<Match>(t, 0, 0, 0).first = 81; }},
    {"match last", [](Table& t) { expression<Match>(t, 0, 0, 0).last = 91; }},
    {"counter removed",
     [](Table& t) {
       auto& list = t.chains[0].rules[0].expressions;
       list.erase(list.begin() + 1);
     }},
    {"verdict", [](Table& t) { expression<Verdict>(t, 0, 0, 2).kind = VerdictKind::kReject; }},
    {"map key", [](Table& t) { expression<MapToScratch>(t, 0, 1, 0).key[0] = Field::kIpDaddr; }},
    {"map set", [](Table& t) { expression<MapToScratch>(t, 0, 1, 0).set = 1; }},
    {"verdict map set", [](Table& t) { expression<VerdictMap>(t, 0, 1, 2).set = 0; }},
    {"lookup key", [](Table& t) { expression<Lookup>(t, 0, 2, 0).key[0] = Field::kUdpDport; }},
    {"lookup set", [](Table& t) { expression<Lookup>(t, 0, 2, 0).set = 0; }},
    {"lookup as map",
     [](Table& t) { t.chains[0].rules[2].expressions[0] = MapToScratch{{Field::kTcpDport}, 2}; }},
    {"verdict chain", [](Table& t) { expression<Verdict>(t, 1, 0, 1).chain = 1; }},
    {"loopback side", [](Table& t) { expression<LoopbackInterface>(t, 1, 1, 0).is_input = false; }},
};

TEST(ContentDigest, ChangesWithEveryField) {
  std::map<std::string, std::string> seen{{content_digest(table()), "unchanged"}};
  for (const auto& [title, change] : kChanges) {
    Table changed = table();
    change(changed);
    const auto [found, is_new] = seen.try_emplace(content_digest(changed), title);
    EXPECT_TRUE(is_new) << title << " has the digest of " << found->second;
  }
}

TEST(ContentDigest, PartsAreNotConfusedWithTheirNeighbours) {
  Table one;
  one.sets = {Set{.name = "a", .comment = "bc"}};
  Table other;
  other.sets = {Set{.name = "ab", .comment = "c"}};
  EXPECT_NE(content_digest(one), content_digest(other));
  one.sets = {};
  other.sets = {};
  one.chains = {Chain{.name = "a"}};
  other.chains = {Chain{.name = "a"}};
  one.chains[0].rules = {Rule{.expressions = {Counter{}, Counter{}}}, Rule{}};
  other.chains[0].rules = {Rule{.expressions = {Counter{}}}, Rule{.expressions = {Counter{}}}};
  EXPECT_NE(content_digest(one), content_digest(other));
}

TEST(ContentDigest, IsSixteenDigitsAndLeavesOutWhatTheKernelDoesNotHold) {
  Table with_origins = table();
  with_origins.origins = {{"NetworkPolicy shop/p", "", "a.yaml:1"}};
  with_origins.chains[0].rules[0].origins = {0};
  EXPECT_EQ(content_digest(with_origins), content_digest(table()));
  EXPECT_EQ(content_digest(table()).size(), 16U);
  EXPECT_EQ(content_digest(table()).find_first_not_of("0123456789abcdef"), std::string::npos);
}

TEST(Ruleset, GenerationsHaveASuffixButTheFirst) {
  EXPECT_EQ(generation_suffix(0), "");
  EXPECT_EQ(generation_suffix(7), "_g7");
}

TEST(Ruleset, FieldsHaveTheTypeOfTheirSets) {
  const struct {
    Field field;
    const char* name;
    const char* type;
    std::size_t size;
  } cases[] = {
      {Field::kIpSaddr, "ip saddr", "ipv4_addr", 4},
      {Field::kIpDaddr, "ip daddr", "ipv4_addr", 4},
      {Field::kIp6Saddr, "ip6 saddr", "ipv6_addr", 16},
      {Field::kIp6Daddr, "ip6 daddr", "ipv6_addr", 16},
      {Field::kL4Proto, "meta l4proto", "inet_proto", 1},
      {Field::kNfProto, "meta nfproto", "inet_proto", 1},
      {Field::kTcpDport, "tcp dport", "inet_service", 2},
      {Field::kUdpDport, "udp dport", "inet_service", 2},
      {Field::kSctpDport, "sctp dport", "inet_service", 2},
      {Field::kIcmpType, "icmp type", "icmp_type", 1},
      {Field::kIcmpv6Type, "icmpv6 type", "icmpv6_type", 1},
      {Field::kScratch, "meta priority", "classid", 4},
  };
  for (const auto& item : cases) {
    EXPECT_STREQ(field_name(item.field), item.name);
    EXPECT_STREQ(field_type_name(field_type(item.field)), item.type);
    EXPECT_EQ(field_size(field_type(item.field)), item.size) << item.name;
  }
}

}  // namespace
}  // namespace netpolc::ruleset
