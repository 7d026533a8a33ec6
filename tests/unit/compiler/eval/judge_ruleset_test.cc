// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "compiler/dataplane/key.h"
#include "compiler/eval/judge.h"

namespace netpolc::eval {
namespace {

using namespace ruleset;  // NOLINT(google-build-using-namespace): this file speaks of nothing else
using dataplane::KeyBuilder;

constexpr Verdict kAccept{VerdictKind::kAccept, 0};
constexpr Verdict kDrop{VerdictKind::kDrop, 0};
constexpr Verdict kReturn{VerdictKind::kReturn, 0};

IpAddress ip(const char* text) { return IpAddress::parse(text).value(); }

Flow tcp(std::uint16_t port) { return {ip("10.0.0.1"), ip("10.0.0.2"), 6, port, 0}; }
Flow of_protocol(std::uint8_t protocol, std::uint16_t port = 0, std::uint8_t type = 0) {
  return {ip("10.0.0.1"), ip("10.0.0.2"), protocol, port, type};
}
Flow tcp6(std::uint16_t port) { return {ip("fd00::1"), ip("fd00::2"), 6, port, 0}; }

Rule rule(std::vector<Expression> expressions) { return {std::move(expressions), "", {}}; }
Match match(Field field, std::uint32_t first, std::uint32_t last) { return {field, first, last}; }

// A table whose forward chain is `rules`, behind the given plain chains.
Table table(std::vector<Rule> rules, std::vector<std::vector<Rule>> chains = {}) {
  Table out;
  for (std::size_t index = 0; index < chains.size(); ++index) {
    out.chains.push_back(Chain{.name = "c" + std::to_string(index), .rules = chains[index]});
  }
  out.chains.push_back(
      Chain{.name = "forward", .base = BaseChain{Hook::kForward, 0}, .rules = std::move(rules)});
  return out;
}

bool passes(const Table& table, const Flow& flow) {
  return judge_ruleset(table, Hook::kForward, flow).is_allowed;
}

// Whether the packet gets beyond `expression` in its rule.
bool matches(const Expression& expression, const Flow& flow, std::vector<Set> sets = {}) {
  Table out = table({rule({expression, kDrop})});
  out.sets = std::move(sets);
  return !passes(out, flow);
}

TEST(JudgeRuleset, WhatNothingDropsPasses) {
  EXPECT_TRUE(passes({}, tcp(80)));
  EXPECT_TRUE(passes(table({}), tcp(80)));
  EXPECT_EQ(judge_ruleset(table({}), Hook::kForward, tcp(80)).why, "no rule drops it");
}

TEST(JudgeRuleset, TheFirstVerdictDecides) {
  EXPECT_FALSE(passes(table({rule({kDrop}), rule({kAccept})}), tcp(80)));
  EXPECT_TRUE(passes(table({rule({kAccept}), rule({kDrop})}), tcp(80)));
  EXPECT_FALSE(passes(table({rule({Verdict{VerdictKind::kReject, 0}})}), tcp(80)));
  EXPECT_FALSE(passes(table({rule({Counter{}}), rule({}), rule({kDrop})}), tcp(80)))
      << "a rule without a verdict goes on";
}

TEST(JudgeRuleset, ReadsEveryField) {
  const auto is_in = [](Field field, std::uint32_t value, const Flow& flow) {
    return matches(match(field, value, value), flow);
  };
  EXPECT_TRUE(is_in(Field::kIpSaddr, 0x0a000001, tcp(80)));
  EXPECT_TRUE(is_in(Field::kIpDaddr, 0x0a000002, tcp(80)));
  EXPECT_FALSE(is_in(Field::kIpDaddr, 0x0a000001, tcp(80)));
  EXPECT_FALSE(matches(match(Field::kIpSaddr, 0, ~0U), tcp6(80))) << "no such field";
  EXPECT_FALSE(matches(match(Field::kIp6Saddr, 0, ~0U), tcp(80)));
  EXPECT_TRUE(is_in(Field::kL4Proto, 6, tcp(80)));
  EXPECT_TRUE(is_in(Field::kNfProto, 2, tcp(80)));
  EXPECT_TRUE(is_in(Field::kNfProto, 10, tcp6(80)));
  EXPECT_TRUE(is_in(Field::kTcpDport, 80, tcp(80)));
  EXPECT_FALSE(is_in(Field::kUdpDport, 80, tcp(80))) << "a port implies its protocol";
  EXPECT_TRUE(is_in(Field::kUdpDport, 53, of_protocol(17, 53)));
  EXPECT_TRUE(is_in(Field::kSctpDport, 5, of_protocol(132, 5)));
  EXPECT_TRUE(is_in(Field::kIcmpType, 8, of_protocol(1, 0, 8)));
  EXPECT_FALSE(is_in(Field::kIcmpType, 0, tcp(80)));
  EXPECT_TRUE(is_in(Field::kIcmpv6Type, 135, of_protocol(58, 0, 135)));
  EXPECT_FALSE(is_in(Field::kIcmpv6Type, 8, of_protocol(1, 0, 8)));
  EXPECT_TRUE(is_in(Field::kScratch, 0, tcp(80))) << "nothing has written it yet";
}

TEST(JudgeRuleset, MatchesAreInclusiveRanges) {
  const Match ports = match(Field::kTcpDport, 80, 90);
  EXPECT_FALSE(matches(ports, tcp(79)));
  EXPECT_TRUE(matches(ports, tcp(80)));
  EXPECT_TRUE(matches(ports, tcp(90)));
  EXPECT_FALSE(matches(ports, tcp(91)));
}

TEST(JudgeRuleset, AFirstPacketIsNewAndComesOverTheNetwork) {
  EXPECT_FALSE(matches(CtEstablishedOrRelated{}, tcp(80)));
  EXPECT_FALSE(matches(LoopbackInterface{true}, tcp(80)));
  EXPECT_FALSE(matches(LoopbackInterface{false}, tcp(80)));
  EXPECT_TRUE(matches(Counter{}, tcp(80)));
}

TEST(JudgeRuleset, ALookupNeedsTheKey) {
  const Key low = KeyBuilder().number(80, 2).key();
  const Key high = KeyBuilder().number(90, 2).key();
  const Set exact{
      .name = "s", .key = {FieldType::kInetService}, .elements = {{low, low}, {high, high}}};
  const Set ranges{.name = "s",
                   .key = {FieldType::kInetService},
                   .is_interval = true,
                   .elements = {{low, high}}};
  const Lookup lookup{{Field::kTcpDport}, 0};
  EXPECT_TRUE(matches(lookup, tcp(90), {exact}));
  EXPECT_FALSE(matches(lookup, tcp(85), {exact}));
  EXPECT_TRUE(matches(lookup, tcp(85), {ranges}));
  EXPECT_FALSE(matches(lookup, tcp(91), {ranges}));
  EXPECT_FALSE(matches(lookup, of_protocol(17, 80), {exact})) << "no such field";
}

TEST(JudgeRuleset, ConcatenatedKeysMustMatchWhole) {
  const Key pair = KeyBuilder().address(ip("10.0.0.1")).address(ip("10.0.0.2")).key();
  const Set set{
      .name = "s", .key = {FieldType::kIpv4Addr, FieldType::kIpv4Addr}, .elements = {{pair, pair}}};
  EXPECT_TRUE(matches(Lookup{{Field::kIpSaddr, Field::kIpDaddr}, 0}, tcp(80), {set}));
  EXPECT_FALSE(matches(Lookup{{Field::kIpDaddr, Field::kIpSaddr}, 0}, tcp(80), {set}));
}

TEST(JudgeRuleset, TheScratchFieldCarriesWhatAMapSays) {
  const Key one = KeyBuilder().address(ip("10.0.0.1")).key();
  const Key six = KeyBuilder().address(ip("fd00::1")).key();
  const Set map{.name = "m",
                .key = {FieldType::kIpv4Addr},
                .data = SetData::kClassId,
                .elements = {{one, one, false, 7, {}, ""}, {.is_catch_all = true, .value = 9}}};
  const Set map6{.name = "m6",
                 .key = {FieldType::kIpv6Addr},
                 .data = SetData::kClassId,
                 .elements = {{six, six, false, 7, {}, ""}}};
  const auto scratch_is = [&](Field field, std::uint32_t set, std::uint32_t value,
                              const Flow& flow) {
    Table out =
        table({rule({MapToScratch{{field}, set}, match(Field::kScratch, value, value), kDrop})});
    out.sets = {map, map6};
    return !passes(out, flow);
  };
  EXPECT_TRUE(scratch_is(Field::kIpSaddr, 0, 7, tcp(80)));
  EXPECT_TRUE(scratch_is(Field::kIpDaddr, 0, 9, tcp(80))) << "the catch-all";
  EXPECT_TRUE(scratch_is(Field::kIp6Saddr, 1, 7, tcp6(80)));
  EXPECT_FALSE(scratch_is(Field::kIp6Daddr, 1, 0, tcp6(80))) << "without the key it ends the rule";
  EXPECT_FALSE(scratch_is(Field::kIpSaddr, 0, 9, tcp6(80))) << "a catch-all needs the field, too";
}

TEST(JudgeRuleset, AMissedMapLeavesTheScratchField) {
  const Key one = KeyBuilder().address(ip("10.0.0.1")).key();
  Table out =
      table({rule({MapToScratch{{Field::kIpSaddr}, 0}}), rule({MapToScratch{{Field::kIpDaddr}, 0}}),
             rule({match(Field::kScratch, 7, 7), kDrop})});
  out.sets = {Set{.name = "m",
                  .key = {FieldType::kIpv4Addr},
                  .data = SetData::kClassId,
                  .elements = {{one, one, false, 7, {}, ""}}}};
  EXPECT_FALSE(passes(out, tcp(80)));
}

TEST(JudgeRuleset, VerdictMapsLeadOn) {
  const Key web = KeyBuilder().number(80, 2).key();
  const Key ssh = KeyBuilder().number(22, 2).key();
  Table out =
      table({rule({VerdictMap{{Field::kTcpDport}, 0}}), rule({kAccept})}, {{rule({kDrop})}});
  out.sets = {Set{.name = "v",
                  .key = {FieldType::kInetService},
                  .data = SetData::kVerdict,
                  .elements = {{ssh, ssh, false, 0, kDrop, ""},
                               {web, web, false, 0, {VerdictKind::kGoto, 0}, ""}}}};
  EXPECT_FALSE(passes(out, tcp(22)));
  EXPECT_FALSE(passes(out, tcp(80)));
  EXPECT_TRUE(passes(out, tcp(443))) << "without the key the next rule decides";
}

TEST(JudgeRuleset, JumpComesBackAndGotoDoesNot) {
  const std::vector<Rule> web_only = {rule({match(Field::kTcpDport, 80, 80), kAccept})};
  const Table jump = table({rule({Verdict{VerdictKind::kJump, 0}}), rule({kDrop})}, {web_only});
  EXPECT_TRUE(passes(jump, tcp(80)));
  EXPECT_FALSE(passes(jump, tcp(81)));
  const Table gone = table({rule({Verdict{VerdictKind::kGoto, 0}}), rule({kDrop})}, {web_only});
  EXPECT_TRUE(passes(gone, tcp(80)));
  EXPECT_TRUE(passes(gone, tcp(81))) << "the end of a base chain accepts";
}

TEST(JudgeRuleset, ReturnGoesBackToTheJump) {
  const Table jump = table({rule({Verdict{VerdictKind::kJump, 0}}), rule({kDrop})},
                           {{rule({kReturn}), rule({kAccept})}});
  EXPECT_FALSE(passes(jump, tcp(80)));
  const Table base = table({rule({kReturn}), rule({kDrop})});
  EXPECT_TRUE(passes(base, tcp(80))) << "in a base chain it is the chain's policy";
  // c1 goes to c0 for good: its end returns to who jumped to c1.
  const Table through = table({rule({Verdict{VerdictKind::kJump, 1}}), rule({kDrop})},
                              {{}, {rule({Verdict{VerdictKind::kGoto, 0}}), rule({kAccept})}});
  EXPECT_FALSE(passes(through, tcp(80)));
}

TEST(JudgeRuleset, OnlyTheHooksChainsCountAndAllOfThem) {
  Table out = table({rule({kAccept})});
  out.chains.push_back(
      Chain{.name = "input", .base = BaseChain{Hook::kInput, 0}, .rules = {rule({kDrop})}});
  EXPECT_TRUE(judge_ruleset(out, Hook::kForward, tcp(80)).is_allowed);
  EXPECT_FALSE(judge_ruleset(out, Hook::kInput, tcp(80)).is_allowed);
  EXPECT_TRUE(judge_ruleset(out, Hook::kOutput, tcp(80)).is_allowed);
  out.chains.push_back(
      Chain{.name = "second", .base = BaseChain{Hook::kForward, 1}, .rules = {rule({kDrop})}});
  EXPECT_FALSE(judge_ruleset(out, Hook::kForward, tcp(80)).is_allowed)
      << "an accept ends its base chain only";
}

TEST(JudgeRuleset, SaysWhichRuleDecided) {
  Table out = table({rule({Verdict{VerdictKind::kJump, 0}})},
                    {{rule({Counter{}}), Rule{{kDrop}, "isolated by shop/p", {}}}});
  EXPECT_EQ(judge_ruleset(out, Hook::kForward, tcp(80)).why, "chain c0 rule 1: isolated by shop/p");
}

}  // namespace
}  // namespace netpolc::eval
