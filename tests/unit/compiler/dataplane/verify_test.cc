// SPDX-License-Identifier: Apache-2.0
#include "compiler/dataplane/verify.h"

#include <gtest/gtest.h>

#include <functional>

#include "compiler/dataplane/key.h"
#include "compiler/support/check.h"

namespace netpolc::dataplane {
namespace {

using namespace ruleset;  // NOLINT(google-build-using-namespace): this file speaks of nothing else

Element number(std::uint32_t first, std::uint32_t last, std::size_t bytes) {
  return {KeyBuilder().number(first, bytes).key(), KeyBuilder().number(last, bytes).key()};
}

// Every kind of set and of expression; two plain chains, two base chains.
Table sound() {
  Table table;
  table.origins = {{"NetworkPolicy shop/p", "", ""}, {"NetworkPolicy shop/p", "ingress[0]", ""}};
  Element leads = number(5, 5, 4);
  leads.verdict = {VerdictKind::kGoto, 0};
  table.sets = {
      Set{.name = "peer4",
          .key = {FieldType::kIpv4Addr},
          .data = SetData::kClassId,
          .size = 2,
          .elements = {number(1, 1, 4), {.is_catch_all = true}}},
      Set{.name = "profiles",
          .key = {FieldType::kClassId},
          .data = SetData::kVerdict,
          .size = 1,
          .elements = {leads}},
      Set{.name = "ports",
          .key = {FieldType::kInetService},
          .is_interval = true,
          .elements = {number(80, 90, 2), number(100, 100, 2)}},
      Set{.name = "pairs",
          .key = {FieldType::kIpv4Addr, FieldType::kClassId},
          .data = SetData::kClassId,
          .size = 64},
  };
  Chain profile{.name = "in_web"};
  profile.rules = {Rule{.expressions = {Lookup{{Field::kTcpDport}, 2}, Counter{}, Verdict{}},
                        .comment = "c",
                        .origins = {0, 1}}};
  Chain ingress{.name = "ingress4"};
  ingress.rules = {
      Rule{.expressions = {MapToScratch{{Field::kIpSaddr}, 0},
                           MapToScratch{{Field::kIpDaddr, Field::kScratch}, 3},
                           VerdictMap{{Field::kScratch}, 1}}},
      Rule{.expressions = {Match{Field::kNfProto, 2, 2}, Verdict{VerdictKind::kGoto, 0}}}};
  Chain forward{.name = "forward", .base = BaseChain{Hook::kForward, 0}};
  forward.rules = {Rule{.expressions = {CtEstablishedOrRelated{}, Verdict{}}},
                   Rule{.expressions = {LoopbackInterface{}, Verdict{}}},
                   Rule{.expressions = {Verdict{VerdictKind::kJump, 1}}}};
  Chain input{.name = "input", .base = BaseChain{Hook::kInput, 0}};
  table.chains = {profile, ingress, forward, input};
  return table;
}

TEST(VerifyTable, AcceptsASoundTable) {
  EXPECT_NO_THROW(verify(sound()));
  EXPECT_NO_THROW(verify({}));
}

struct Fault {
  const char* message;  // part of what verify() says
  std::function<void(Table&)> make;
};

void expect_refused(const Fault& fault) {
  Table table = sound();
  fault.make(table);
  try {
    verify(table);
    ADD_FAILURE() << "accepted: " << fault.message;
  } catch (const InternalError& error) {
    EXPECT_NE(std::string(error.what()).find(fault.message), std::string::npos)
        << fault.message << "\n"
        << error.what();
  }
}

TEST(VerifyTable, RefusesBrokenSets) {
  const std::string long_text(kMaxComment, 'a');
  const Fault faults[] = {
      {"set name", [](Table& t) { t.sets[0].name = ""; }},
      {"set name", [](Table& t) { t.sets[0].name = "4peer"; }},
      {"set name", [](Table& t) { t.sets[0].name = "peer 4"; }},
      {"set name", [](Table& t) { t.sets[0].name = std::string(201, 'a'); }},
      {"two sets named peer4", [](Table& t) { t.sets[2].name = "peer4"; }},
      {"has no key", [](Table& t) { t.sets[3].key.clear(); }},
      {"intervals are of one field", [](Table& t) { t.sets[3].is_interval = true; }},
      {"a set's comment fits", [&](Table& t) { t.sets[0].comment = long_text; }},
      {"an element's comment fits", [&](Table& t) { t.sets[0].elements[0].comment = long_text; }},
      {"ascends", [](Table& t) { t.sets[2].elements[0] = number(90, 80, 2); }},
      {"has no ranges", [](Table& t) { t.sets[0].elements[0] = number(1, 2, 4); }},
      {"the catch-all of peer4 is last",
       [](Table& t) { std::swap(t.sets[0].elements[0], t.sets[0].elements[1]); }},
      {"ascend and are disjoint", [](Table& t) { t.sets[2].elements[1] = number(90, 95, 2); }},
      {"ascend and are disjoint",
       [](Table& t) { std::swap(t.sets[2].elements[0], t.sets[2].elements[1]); }},
      {"chain is known", [](Table& t) { t.sets[1].elements[0].verdict.chain = 4; }},
      {"set peer4 holds its elements", [](Table& t) { t.sets[0].size = 1; }},
  };
  for (const Fault& fault : faults) expect_refused(fault);
}

TEST(VerifyTable, RefusesBrokenChainsAndRules) {
  const std::string long_text(kMaxComment, 'a');
  const auto expressions = [](Table& t, std::size_t chain, std::size_t rule) -> auto& {
    return t.chains[chain].rules[rule].expressions;
  };
  const Fault faults[] = {
      {"chain name", [](Table& t) { t.chains[0].name = "in-web"; }},
      {"two chains named in_web", [](Table& t) { t.chains[1].name = "in_web"; }},
      {"base chains are last", [](Table& t) { t.chains.push_back(Chain{.name = "late"}); }},
      {"a chain's comment fits", [&](Table& t) { t.chains[0].comment = long_text; }},
      {"a rule's comment fits", [&](Table& t) { t.chains[0].rules[0].comment = long_text; }},
      {"a rule's origins are sorted", [](Table& t) { t.chains[0].rules[0].origins = {1, 0}; }},
      {"a rule's origins are known", [](Table& t) { t.chains[0].rules[0].origins = {2}; }},
      {"a verdict ends its rule", [&](Table& t) { expressions(t, 0, 0).emplace_back(Counter{}); }},
      {"a match ascends",
       [&](Table& t) { expressions(t, 1, 1)[0] = Match{Field::kTcpDport, 2, 1}; }},
      {"an earlier chain",
       [&](Table& t) { expressions(t, 1, 1)[1] = Verdict{VerdictKind::kGoto, 1}; }},
      {"an earlier chain",
       [&](Table& t) { expressions(t, 1, 1)[1] = Verdict{VerdictKind::kJump, 9}; }},
      {"an earlier chain", [](Table& t) { t.sets[1].elements[0].verdict.chain = 1; }},
      {"no base chain",
       [](Table& t) {
         t.chains[3].rules = {Rule{.expressions = {Verdict{VerdictKind::kGoto, 2}}}};
       }},
      {"a set is known",
       [&](Table& t) { expressions(t, 0, 0)[0] = Lookup{{Field::kTcpDport}, 4}; }},
      {"holds what the rule wants",
       [&](Table& t) { expressions(t, 0, 0)[0] = Lookup{{Field::kIpSaddr}, 0}; }},
      {"holds what the rule wants",
       [&](Table& t) { expressions(t, 1, 0)[0] = MapToScratch{{Field::kTcpDport}, 2}; }},
      {"holds what the rule wants",
       [&](Table& t) { expressions(t, 1, 0)[2] = VerdictMap{{Field::kIpSaddr}, 0}; }},
      {"has the rule's key",
       [&](Table& t) { expressions(t, 1, 0)[1] = MapToScratch{{Field::kIpDaddr}, 3}; }},
      {"has the rule's key types",
       [&](Table& t) { expressions(t, 1, 0)[0] = MapToScratch{{Field::kIp6Saddr}, 0}; }},
  };
  for (const Fault& fault : faults) expect_refused(fault);
}

}  // namespace
}  // namespace netpolc::dataplane
