// SPDX-License-Identifier: Apache-2.0
#include "compiler/dataplane/print.h"

#include <fmt/format.h>

#include <iterator>

namespace netpolc::dataplane {

namespace {

using namespace ruleset;  // NOLINT(google-build-using-namespace): this file speaks of nothing else

std::string hex(const Set& set, const Key& key) {
  std::string out;
  std::size_t at = 0;
  for (const FieldType type : set.key) {
    if (!out.empty()) out += '.';
    for (std::size_t end = at + field_size(type); at < end; ++at) {
      fmt::format_to(std::back_inserter(out), "{:02x}", key.bytes[at]);
    }
  }
  return out;
}

class Printer {
 public:
  explicit Printer(const Table& table) : table_(table) {}

  std::string run() {
    for (const Set& set : table_.sets) print_set(set);
    for (const Chain& chain : table_.chains) print_chain(chain);
    return std::move(out_);
  }

  void operator()(const Match& match) {
    add("{} in {:#x}-{:#x}", field_name(match.field), match.first, match.last);
  }
  void operator()(const Lookup& lookup) { keyed("lookup", lookup.key, lookup.set); }
  void operator()(const MapToScratch& map) { keyed("scratch from", map.key, map.set); }
  void operator()(const VerdictMap& map) { keyed("verdict from", map.key, map.set); }
  void operator()(const CtEstablishedOrRelated&) { add("ct established or related"); }
  void operator()(const LoopbackInterface& loopback) {
    add("{} is loopback", loopback.is_input ? "input interface" : "output interface");
  }
  void operator()(const Counter&) { add("count"); }
  void operator()(const Verdict& verdict) { print_verdict(verdict); }

 private:
  template <typename... T>
  void add(fmt::format_string<T...> format, T&&... values) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<T>(values)...);
  }

  void print_verdict(const Verdict& verdict) {
    static constexpr const char* kNames[] = {"accept", "drop", "reject", "return", "jump", "goto"};
    add("{}", kNames[static_cast<std::size_t>(verdict.kind)]);
    if (verdict.kind == VerdictKind::kJump || verdict.kind == VerdictKind::kGoto) {
      add(" {}", table_.chains[verdict.chain].name);
    }
  }

  void keyed(const char* verb, const std::vector<Field>& key, std::uint32_t set) {
    add("{}", verb);
    for (const Field field : key) add(" [{}]", field_name(field));
    add(" in {}", table_.sets[set].name);
  }

  void print_set(const Set& set) {
    add("{} {}:", set.data == SetData::kNone ? "set" : "map", set.name);
    for (const FieldType type : set.key) add(" {}", field_type_name(type));
    add("{} size {}\n", set.is_interval ? " ranges" : "", set.size);
    for (const Element& element : set.elements) {
      add("  {}", element.is_catch_all ? std::string("*") : hex(set, element.first));
      if (element.first != element.last) add("-{}", hex(set, element.last));
      if (set.data == SetData::kClassId) add(" : {:#x}", element.value);
      if (set.data == SetData::kVerdict) {
        add(" : ");
        print_verdict(element.verdict);
      }
      add("{}{}\n", element.comment.empty() ? "" : "  # ", element.comment);
    }
  }

  void print_chain(const Chain& chain) {
    static constexpr const char* kHooks[] = {"input", "forward", "output"};
    add("chain {}", chain.name);
    if (chain.base) {
      add(" on {} at {}", kHooks[static_cast<std::size_t>(chain.base->hook)], chain.base->priority);
    }
    add("\n");
    for (const Rule& rule : chain.rules) {
      add(" ");
      for (const Expression& expression : rule.expressions) {
        add(" ");
        std::visit(*this, expression);
        add(";");
      }
      add("\n");
      for (const std::uint32_t origin : rule.origins) {
        add("    # {} {}\n", table_.origins[origin].object, table_.origins[origin].path);
      }
    }
  }

  const Table& table_;
  std::string out_;
};

}  // namespace

std::string print(const Table& table) { return Printer(table).run(); }

}  // namespace netpolc::dataplane
