// SPDX-License-Identifier: Apache-2.0
#include "backends/nft_text/emit.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "compiler/support/check.h"
#include "netpolc/ip.h"

namespace netpolc::nft_text {

namespace {

using namespace ruleset;  // NOLINT(google-build-using-namespace): this file speaks of nothing else

// More origins than this are counted, not listed.
constexpr std::size_t kMaxListedOrigins = 16;

constexpr char kHeader[] =
    "#!/usr/sbin/nft -f\n"
    "# Made by netpolc. Loading this file replaces table inet {0} and touches no other table.\n"
    "# It is right once loaded; to switch rulesets under traffic without a gap use `netpolc "
    "apply`.\n"
    "table inet {0}\n"
    "delete table inet {0}\n"
    "table inet {0} {{\n";

IpAddress read_address(const Key& key, IpFamily family) {
  IpAddress address{family, {}};
  std::copy_n(key.bytes.begin(), address_bits(family) / 8, address.bytes.begin());
  return address;
}

// The prefix that first..last is, if it is one.
std::optional<Cidr> as_prefix(const IpAddress& first, const IpAddress& last) {
  for (unsigned length = 0; length <= address_bits(first.family); ++length) {
    const Cidr prefix = Cidr::masked(first, static_cast<std::uint8_t>(length));
    if (prefix.first() == first && prefix.last() == last) return prefix;
  }
  return std::nullopt;
}

std::string class_id(std::uint32_t value, Scratch scratch) {
  return scratch == Scratch::kMark ? fmt::format("{:#010x}", value)
                                   : fmt::format("{:x}:{:x}", value >> 16U, value & 0xffffU);
}

class Emitter {
 public:
  explicit Emitter(const Table& table) : table_(table), digest_(content_digest(table)) {}

  std::string run() {
    fmt::format_to(std::back_inserter(out_), fmt::runtime(kHeader), table_.name);
    for (const Set& set : table_.sets) emit_set(set);
    for (const Chain& chain : table_.chains) emit_chain(chain);
    out_.push_back('}');
    out_.push_back('\n');
    return fmt::to_string(out_);
  }

  void operator()(const Match& match) {
    if (match.first == match.last) {
      add("{} {}", name(match.field), value(match.field, match.first));
    } else if (match.field == Field::kScratch) {
      add("{} {}-{}", name(match.field), value(match.field, match.first),
          value(match.field, match.last));
    } else {  // nft takes no names of protocols in a range
      add("{} {}-{}", name(match.field), match.first, match.last);
    }
  }
  void operator()(const Lookup& lookup) {
    add_key(lookup.key);
    add(" @{}", table_.sets[lookup.set].name);
  }
  void operator()(const MapToScratch& map) {
    add("{} set ", name(Field::kScratch));
    add_key(map.key);
    add(" map @{}", table_.sets[map.set].name);
  }
  void operator()(const VerdictMap& map) {
    add_key(map.key);
    add(" vmap @{}", table_.sets[map.set].name);
  }
  void operator()(const CtEstablishedOrRelated&) { add("ct state established,related"); }
  void operator()(const LoopbackInterface& loopback) {
    add("{} \"lo\"", loopback.is_input ? "iif" : "oif");
  }
  void operator()(const Counter&) { add("counter"); }
  void operator()(const Verdict& verdict) { add("{}", verdict_text(verdict)); }

 private:
  template <typename... T>
  void add(fmt::format_string<T...> format, T&&... values) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<T>(values)...);
  }

  const char* name(Field field) const {
    if (field == Field::kScratch && table_.scratch == Scratch::kMark) return "meta mark";
    return field_name(field);
  }
  const char* type_name(FieldType type) const {
    if (type == FieldType::kClassId && table_.scratch == Scratch::kMark) return "mark";
    return field_type_name(type);
  }

  std::string value(Field field, std::uint32_t number) const {
    if (field == Field::kScratch) return class_id(number, table_.scratch);
    if (field == Field::kNfProto) return number == 2 ? "ipv4" : "ipv6";
    if (field == Field::kL4Proto) {
      switch (number) {
        case 6:
          return "tcp";
        case 17:
          return "udp";
        case 132:
          return "sctp";
        default:
          break;
      }
    }
    return std::to_string(number);
  }

  std::string verdict_text(const Verdict& verdict) const {
    static constexpr const char* kNames[] = {"accept", "drop", "reject", "return", "jump", "goto"};
    std::string text = kNames[static_cast<std::size_t>(verdict.kind)];
    if (verdict.kind == VerdictKind::kJump || verdict.kind == VerdictKind::kGoto) {
      text += ' ' + table_.chains[verdict.chain].name;
    }
    return text;
  }

  void add_key(const std::vector<Field>& key) {
    for (std::size_t index = 0; index < key.size(); ++index) {
      add("{}{}", index == 0 ? "" : " . ", name(key[index]));
    }
  }

  std::string key_text(const Set& set, const Key& key) const {
    std::string out;
    std::size_t at = 0;
    for (const FieldType type : set.key) {
      if (!out.empty()) out += " . ";
      Key field;
      std::copy_n(key.bytes.begin() + static_cast<std::ptrdiff_t>(at), field_size(type),
                  field.bytes.begin());
      std::uint32_t number = 0;
      for (std::size_t index = 0; index < std::min<std::size_t>(field_size(type), 4); ++index) {
        number = number << 8U | field.bytes[index];
      }
      if (type == FieldType::kIpv4Addr) {
        out += read_address(field, IpFamily::kIpv4).to_string();
      } else if (type == FieldType::kIpv6Addr) {
        out += read_address(field, IpFamily::kIpv6).to_string();
      } else if (type == FieldType::kClassId) {
        out += class_id(number, table_.scratch);
      } else {
        out += std::to_string(number);
      }
      at += field_size(type);
    }
    return out;
  }

  std::string range_text(const Set& set, const Element& element) const {
    const FieldType type = set.key.front();
    if (type == FieldType::kIpv4Addr || type == FieldType::kIpv6Addr) {
      const IpFamily family = type == FieldType::kIpv4Addr ? IpFamily::kIpv4 : IpFamily::kIpv6;
      const auto prefix =
          as_prefix(read_address(element.first, family), read_address(element.last, family));
      if (prefix) return prefix->to_string();
    }
    return key_text(set, element.first) + '-' + key_text(set, element.last);
  }

  void emit_element(const Set& set, const Element& element) {
    add("\t\t\t");
    if (element.is_catch_all) {
      add("*");
    } else if (element.first == element.last) {
      add("{}", key_text(set, element.first));
    } else {
      add("{}", range_text(set, element));
    }
    if (!element.comment.empty()) add(" comment \"{}\"", element.comment);
    if (set.data == SetData::kClassId) add(" : {}", class_id(element.value, table_.scratch));
    if (set.data == SetData::kVerdict) add(" : {}", verdict_text(element.verdict));
    add(",\n");
  }

  void emit_set(const Set& set) {
    add("\t{} {} {{\n\t\ttype ", set.data == SetData::kNone ? "set" : "map", set.name);
    for (std::size_t index = 0; index < set.key.size(); ++index) {
      add("{}{}", index == 0 ? "" : " . ", type_name(set.key[index]));
    }
    if (set.data == SetData::kClassId) add(" : {}", type_name(FieldType::kClassId));
    if (set.data == SetData::kVerdict) add(" : verdict");
    add("\n");
    if (set.size != 0) add("\t\tsize {}\n", set.size);
    if (set.is_interval) add("\t\tflags interval\n");
    if (!set.comment.empty()) add("\t\tcomment \"{}\"\n", set.comment);
    if (!set.elements.empty()) {
      add("\t\telements = {{\n");
      for (const Element& element : set.elements) emit_element(set, element);
      add("\t\t}}\n");
    }
    add("\t}}\n\n");
  }

  void emit_origins(const Rule& rule) {
    if (rule.origins.size() < 2) return;  // the comment says it
    for (std::size_t index = 0; index < rule.origins.size(); ++index) {
      if (index == kMaxListedOrigins) {
        add("\t\t# and {} more\n", rule.origins.size() - index);
        return;
      }
      const Origin& origin = table_.origins[rule.origins[index]];
      add("\t\t# {}{}{}{}{}\n", origin.object, origin.path.empty() ? "" : " ", origin.path,
          origin.location.empty() ? "" : " ", printable(origin.location));
    }
  }

  // A file's name may hold anything; a comment ends with its line.
  static std::string printable(std::string text) {
    std::ranges::replace_if(
        text, [](char letter) { return static_cast<unsigned char>(letter) < 0x20; }, '_');
    return text;
  }

  void emit_chain(const Chain& chain) {
    static constexpr const char* kHooks[] = {"input", "forward", "output"};
    add("\tchain {} {{\n", chain.name);
    if (!chain.comment.empty()) add("\t\tcomment \"{}\"\n", chain.comment);
    if (chain.base) {
      add("\t\ttype filter hook {} priority {}; policy accept;\n",
          kHooks[static_cast<std::size_t>(chain.base->hook)], chain.base->priority);
    }
    for (const Rule& rule : chain.rules) {
      emit_origins(rule);
      add("\t\t");
      for (const Expression& expression : rule.expressions) {
        if (&expression != rule.expressions.data()) add(" ");
        std::visit(*this, expression);
      }
      const bool is_stamped = chain.base && &rule == chain.rules.data();
      const std::string comment = is_stamped ? stamp_comment({0, digest_}) : rule.comment;
      if (!comment.empty()) add(" comment \"{}\"", comment);
      add("\n");
    }
    add("\t}}\n{}", &chain == &table_.chains.back() ? "" : "\n");
  }

  const Table& table_;
  std::string digest_;
  fmt::memory_buffer out_;
};

}  // namespace

std::string emit(const Table& table) { return Emitter(table).run(); }

}  // namespace netpolc::nft_text
