// SPDX-License-Identifier: Apache-2.0
// Interprets the table as nf_tables would for the first packet of a connection.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "compiler/eval/judge.h"
#include "compiler/support/check.h"

namespace netpolc::eval {

namespace {

using namespace ruleset;  // NOLINT(google-build-using-namespace): this file speaks of nothing else

constexpr std::uint8_t kTcp = 6;
constexpr std::uint8_t kUdp = 17;
constexpr std::uint8_t kSctp = 132;
constexpr std::uint8_t kIcmp = 1;
constexpr std::uint8_t kIcmpv6 = 58;

// A field's bytes in network byte order; nothing where the packet has no such field.
using FieldBytes = std::optional<std::vector<std::uint8_t>>;

class Machine {
 public:
  Machine(const Table& table, const Flow& flow) : table_(table), flow_(flow) {}

  Judgement run(Hook hook) {
    for (const Chain& chain : table_.chains) {
      if (!chain.base || chain.base->hook != hook) continue;
      const std::optional<Verdict> verdict = run_chain(chain);
      if (verdict && verdict->kind != VerdictKind::kAccept) return {false, why_};
    }
    return {true, why_.empty() ? "no rule drops it" : why_};
  }

 private:
  // A final verdict, or nothing when the chain ends (or returns) without one.
  std::optional<Verdict> run_chain(const Chain& chain) {
    for (const Rule& rule : chain.rules) {
      std::optional<Verdict> verdict = run_rule(rule);
      if (!verdict) continue;
      if (verdict->kind == VerdictKind::kReturn) return std::nullopt;
      if (verdict->kind == VerdictKind::kGoto) return run_chain(table_.chains[verdict->chain]);
      if (verdict->kind == VerdictKind::kJump) {
        verdict = run_chain(table_.chains[verdict->chain]);
        if (verdict) return verdict;
        continue;
      }
      why_ =
          fmt::format("{}chain {} rule {}{}{}", why_.empty() ? "" : why_ + "; ", chain.name,
                      &rule - chain.rules.data(), rule.comment.empty() ? "" : ": ", rule.comment);
      return verdict;
    }
    return std::nullopt;
  }

  // Nothing when an expression does not match or the rule has no verdict.
  std::optional<Verdict> run_rule(const Rule& rule) {
    for (const Expression& expression : rule.expressions) {
      if (const auto* verdict = std::get_if<Verdict>(&expression)) return *verdict;
      if (const auto* map = std::get_if<VerdictMap>(&expression)) {
        const Element* element = find(map->key, map->set);
        if (element == nullptr) return std::nullopt;
        return element->verdict;
      }
      if (!step(expression)) return std::nullopt;
    }
    return std::nullopt;
  }

  bool step(const Expression& expression) {
    if (const auto* match = std::get_if<Match>(&expression)) {
      const FieldBytes bytes = read(match->field);
      if (!bytes) return false;
      std::uint32_t value = 0;
      for (const std::uint8_t byte : *bytes) value = value << 8U | byte;
      return match->first <= value && value <= match->last;
    }
    if (const auto* lookup = std::get_if<Lookup>(&expression)) {
      return find(lookup->key, lookup->set) != nullptr;
    }
    if (const auto* map = std::get_if<MapToScratch>(&expression)) {
      const Element* element = find(map->key, map->set);
      if (element == nullptr) return false;
      scratch_ = element->value;
      return true;
    }
    // A first packet is neither established nor related, and it comes over the network.
    if (std::holds_alternative<CtEstablishedOrRelated>(expression)) return false;
    if (std::holds_alternative<LoopbackInterface>(expression)) return false;
    NETPOLC_CHECK(std::holds_alternative<Counter>(expression), "an unknown expression");
    return true;
  }

  static FieldBytes number(std::uint32_t value, unsigned bytes) {
    std::vector<std::uint8_t> out;
    for (unsigned left = bytes; left > 0; --left) {
      out.push_back(static_cast<std::uint8_t>(value >> (8 * (left - 1))));
    }
    return out;
  }

  static FieldBytes address(const IpAddress& address, IpFamily family) {
    if (address.family != family) return std::nullopt;
    return FieldBytes(std::in_place, address.bytes.begin(),
                      address.bytes.begin() + address_bits(family) / 8);
  }

  FieldBytes port_of(std::uint8_t protocol) const {
    return flow_.protocol == protocol ? number(flow_.destination_port, 2) : std::nullopt;
  }

  FieldBytes read(Field field) const {
    switch (field) {
      case Field::kIpSaddr:
        return address(flow_.source, IpFamily::kIpv4);
      case Field::kIpDaddr:
        return address(flow_.destination, IpFamily::kIpv4);
      case Field::kIp6Saddr:
        return address(flow_.source, IpFamily::kIpv6);
      case Field::kIp6Daddr:
        return address(flow_.destination, IpFamily::kIpv6);
      case Field::kL4Proto:
        return number(flow_.protocol, 1);
      case Field::kNfProto:
        return number(flow_.source.family == IpFamily::kIpv4 ? 2 : 10, 1);
      case Field::kTcpDport:
        return port_of(kTcp);
      case Field::kUdpDport:
        return port_of(kUdp);
      case Field::kSctpDport:
        return port_of(kSctp);
      case Field::kIcmpType:
        return flow_.protocol == kIcmp ? number(flow_.icmp_type, 1) : std::nullopt;
      case Field::kIcmpv6Type:
        return flow_.protocol == kIcmpv6 ? number(flow_.icmp_type, 1) : std::nullopt;
      case Field::kScratch:
        return number(scratch_, 4);
    }
    NETPOLC_CHECK(false, "an unknown field");
  }

  const Element* find(const std::vector<Field>& fields, std::uint32_t set_index) const {
    const Set& set = table_.sets[set_index];
    Key key;
    std::size_t used = 0;
    for (const Field field : fields) {
      const FieldBytes bytes = read(field);
      if (!bytes) return nullptr;
      for (const std::uint8_t byte : *bytes) key.bytes[used++] = byte;
    }
    for (const Element& element : set.elements) {
      if (element.is_catch_all || (element.first <= key && key <= element.last)) return &element;
    }
    return nullptr;
  }

  const Table& table_;
  const Flow& flow_;
  std::uint32_t scratch_ = 0;
  std::string why_;
};

}  // namespace

Judgement judge_ruleset(const Table& table, Hook hook, const Flow& flow) {
  return Machine(table, flow).run(hook);
}

}  // namespace netpolc::eval
