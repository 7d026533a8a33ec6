// SPDX-License-Identifier: Apache-2.0
#include "compiler/dataplane/verify.h"

#include <algorithm>
#include <cctype>
#include <set>
#include <string>

#include "compiler/support/check.h"

namespace netpolc::dataplane {

namespace {

using namespace ruleset;  // NOLINT(google-build-using-namespace): this file speaks of nothing else

constexpr std::size_t kMaxName = 200;  // leaves room for the generation below nftables' 255

bool is_name(const std::string& name) {
  if (name.empty() || name.size() > kMaxName) return false;
  if (std::isalpha(static_cast<unsigned char>(name.front())) == 0) return false;
  for (const char letter : name) {
    if (std::isalnum(static_cast<unsigned char>(letter)) == 0 && letter != '_') return false;
  }
  return true;
}

void check_set(const Table& table, const Set& set) {
  NETPOLC_CHECK(!set.key.empty(), "set " + set.name + " has no key");
  NETPOLC_CHECK(!set.is_interval || set.key.size() == 1, "intervals are of one field");
  NETPOLC_CHECK(set.comment.size() < kMaxComment, "a set's comment fits");
  for (std::size_t index = 0; index < set.elements.size(); ++index) {
    const Element& element = set.elements[index];
    NETPOLC_CHECK(element.first <= element.last, "an element of " + set.name + " ascends");
    NETPOLC_CHECK(set.is_interval || element.first == element.last,
                  "set " + set.name + " has no ranges");
    NETPOLC_CHECK(!element.is_catch_all || index + 1 == set.elements.size(),
                  "the catch-all of " + set.name + " is last");
    NETPOLC_CHECK(element.comment.size() < kMaxComment, "an element's comment fits");
    if (index > 0 && !element.is_catch_all) {
      NETPOLC_CHECK(set.elements[index - 1].last < element.first,
                    "elements of " + set.name + " ascend and are disjoint");
    }
    if (set.data == SetData::kVerdict) {
      NETPOLC_CHECK(element.verdict.chain < table.chains.size(), "a verdict's chain is known");
    }
  }
  NETPOLC_CHECK(set.is_interval || set.elements.size() <= set.size,
                "set " + set.name + " holds its elements");
}

class RuleChecker {
 public:
  RuleChecker(const Table& table, std::size_t chain) : table_(table), chain_(chain) {}

  void operator()(const Match& match) const {
    NETPOLC_CHECK(match.first <= match.last, "a match ascends");
  }
  void operator()(const Lookup& lookup) const { keyed(lookup.key, lookup.set, SetData::kNone); }
  void operator()(const MapToScratch& map) const { keyed(map.key, map.set, SetData::kClassId); }
  void operator()(const VerdictMap& map) const {
    keyed(map.key, map.set, SetData::kVerdict);
    for (const Element& element : table_.sets[map.set].elements) (*this)(element.verdict);
  }
  void operator()(const CtEstablishedOrRelated&) const {}
  void operator()(const LoopbackInterface&) const {}
  void operator()(const Counter&) const {}
  void operator()(const Verdict& verdict) const {
    if (verdict.kind == VerdictKind::kGoto || verdict.kind == VerdictKind::kJump) {
      NETPOLC_CHECK(verdict.chain < chain_, "a verdict leads to an earlier chain");
      NETPOLC_CHECK(!table_.chains[verdict.chain].base, "a verdict leads to no base chain");
    }
  }

 private:
  void keyed(const std::vector<Field>& key, std::uint32_t set, SetData data) const {
    NETPOLC_CHECK(set < table_.sets.size(), "a set is known");
    const Set& target = table_.sets[set];
    NETPOLC_CHECK(target.data == data, "set " + target.name + " holds what the rule wants");
    NETPOLC_CHECK(target.key.size() == key.size(), "set " + target.name + " has the rule's key");
    for (std::size_t index = 0; index < key.size(); ++index) {
      NETPOLC_CHECK(target.key[index] == field_type(key[index]),
                    "set " + target.name + " has the rule's key types");
    }
  }

  const Table& table_;
  std::size_t chain_;
};

void check_rule(const Table& table, std::size_t chain, const Rule& rule) {
  NETPOLC_CHECK(rule.comment.size() < kMaxComment, "a rule's comment fits");
  NETPOLC_CHECK(std::ranges::is_sorted(rule.origins), "a rule's origins are sorted");
  NETPOLC_CHECK(rule.origins.empty() || rule.origins.back() < table.origins.size(),
                "a rule's origins are known");
  for (std::size_t at = 0; at < rule.expressions.size(); ++at) {
    NETPOLC_CHECK(
        !std::holds_alternative<Verdict>(rule.expressions[at]) || at + 1 == rule.expressions.size(),
        "a verdict ends its rule");
    std::visit(RuleChecker(table, chain), rule.expressions[at]);
  }
}

}  // namespace

void verify(const Table& table) {
  std::set<std::string> set_names;
  std::set<std::string> chain_names;
  for (const Set& set : table.sets) {
    NETPOLC_CHECK(is_name(set.name), "set name " + set.name);
    NETPOLC_CHECK(set_names.insert(set.name).second, "two sets named " + set.name);
    check_set(table, set);
  }
  bool in_base_chains = false;
  for (std::size_t index = 0; index < table.chains.size(); ++index) {
    const Chain& chain = table.chains[index];
    NETPOLC_CHECK(is_name(chain.name), "chain name " + chain.name);
    NETPOLC_CHECK(chain_names.insert(chain.name).second, "two chains named " + chain.name);
    NETPOLC_CHECK(chain.base || !in_base_chains, "base chains are last");
    in_base_chains = chain.base.has_value();
    NETPOLC_CHECK(chain.comment.size() < kMaxComment, "a chain's comment fits");
    for (const Rule& rule : chain.rules) check_rule(table, index, rule);
  }
}

}  // namespace netpolc::dataplane
