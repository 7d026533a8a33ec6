// SPDX-License-Identifier: Apache-2.0
#include "tests/live/tables.h"

#include <fmt/format.h>

#include <algorithm>

namespace netpolc::test {

using ruleset::Field;
using ruleset::FieldType;
using ruleset::SetData;
using ruleset::VerdictKind;

ruleset::Key key(std::initializer_list<std::uint8_t> bytes) {
  ruleset::Key out;
  std::ranges::copy(bytes, out.bytes.begin());
  return out;
}

namespace {

ruleset::Key ipv6(std::uint8_t first, std::uint8_t last) {
  ruleset::Key out;
  out.bytes[0] = first;
  out.bytes[15] = last;
  return out;
}

ruleset::Element one(ruleset::Key at, std::uint32_t value = 0, std::string comment = {}) {
  return {.first = at, .last = at, .value = value, .comment = std::move(comment)};
}

ruleset::Element verdict(ruleset::Key at, ruleset::Verdict what, std::string comment = {}) {
  return {.first = at, .last = at, .verdict = what, .comment = std::move(comment)};
}

ruleset::Element range(ruleset::Key first, ruleset::Key last, std::uint32_t value = 0,
                       std::string comment = {}) {
  return {.first = first, .last = last, .value = value, .comment = std::move(comment)};
}

ruleset::Element otherwise(std::uint32_t value, std::string comment = {}) {
  return {.is_catch_all = true, .value = value, .comment = std::move(comment)};
}

ruleset::Rule rule(std::vector<ruleset::Expression> expressions, std::string comment = {}) {
  return {.expressions = std::move(expressions), .comment = std::move(comment)};
}

void add_sets(ruleset::Table& table) {
  const ruleset::Key low = key({0, 0, 0, 0});
  table.sets = {
      {.name = "peer4",
       .key = {FieldType::kIpv4Addr},
       .data = SetData::kClassId,
       .size = 1024,
       .comment = "set comment",
       .elements = {one(key({10, 244, 0, 11}), 10, "prod/web-0"), one(key({10, 244, 0, 12}), 11),
                    otherwise(0, "others")}},
      {.name = "peer6",
       .key = {FieldType::kIpv6Addr},
       .data = SetData::kClassId,
       .size = 16,
       .elements = {one(ipv6(0xfd, 0x11), 10), otherwise(0)}},
      {.name = "cidr4",
       .key = {FieldType::kIpv4Addr},
       .data = SetData::kClassId,
       .is_interval = true,
       .elements = {range(low, key({0, 255, 255, 255}), 7),
                    range(key({192, 0, 2, 0}), key({192, 0, 2, 127}), 0x101, "half"),
                    range(key({192, 0, 2, 128}), key({192, 0, 2, 255}), 0x102),
                    range(key({255, 0, 0, 0}), key({255, 255, 255, 255}), 3, "last"),
                    otherwise(9)}},
      {.name = "nets6",
       .key = {FieldType::kIpv6Addr},
       .is_interval = true,
       .comment = "six",
       .elements = {range(ipv6(0xfd, 1), ipv6(0xfd, 5), 0, "a range")}},
      {.name = "in4",
       .key = {FieldType::kIpv4Addr, FieldType::kClassId},
       .data = SetData::kClassId,
       .size = 1024,
       .elements = {one(key({10, 244, 1, 7, 0, 0, 0, 10}), 0x12),
                    one(key({10, 244, 1, 7, 0, 0, 1, 1}), 0x13)}},
      {.name = "empty4", .key = {FieldType::kIpv4Addr}, .data = SetData::kClassId, .size = 16},
      {.name = "ports",
       .key = {FieldType::kInetService},
       .is_interval = true,
       .elements = {range(key({0, 80}), key({0, 80})), range(key({1, 187}), key({1, 189})),
                    range(key({0xea, 0x60}), key({0xff, 0xff}))}},
      {.name = "protocols",
       .key = {FieldType::kInetProto},
       .size = 4,
       .elements = {one(key({6})), one(key({17}))}},
      {.name = "echo4", .key = {FieldType::kIcmpType}, .size = 4, .elements = {one(key({8}))}},
      {.name = "echo6", .key = {FieldType::kIcmpv6Type}, .size = 4, .elements = {one(key({128}))}},
      {.name = "exact6",
       .key = {FieldType::kIpv6Addr, FieldType::kInetProto, FieldType::kInetService},
       .size = 4,
       .elements = {one(key({0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 17, 0, 53}))}},
      {.name = "profiles",
       .key = {FieldType::kClassId},
       .data = SetData::kVerdict,
       .size = 256,
       .elements = {verdict(key({0, 0, 0, 0x12}), {VerdictKind::kGoto, 0}),
                    verdict(key({0, 0, 0, 0x13}), {VerdictKind::kJump, 0}, "jumps"),
                    verdict(key({0, 0, 0, 0x14}), {VerdictKind::kDrop, 0}),
                    verdict(key({0, 0, 0, 0x15}), {VerdictKind::kReturn, 0}),
                    {.is_catch_all = true, .verdict = {VerdictKind::kAccept, 0}}}},
  };
}

std::vector<ruleset::Rule> profile_rules() {
  const ruleset::Verdict accept{VerdictKind::kAccept, 0};
  const auto match = [](Field field, std::uint32_t first, std::uint32_t last) {
    return ruleset::Match{field, first, last};
  };
  return {
      rule({match(Field::kTcpDport, 8080, 8080), accept}, "prod/allow-web ingress[0]"),
      rule({match(Field::kTcpDport, 30000, 32767), ruleset::Counter{}, accept}),
      rule({match(Field::kUdpDport, 53, 53), accept}),
      rule({match(Field::kSctpDport, 53, 54), accept}),
      rule({match(Field::kIcmpType, 8, 8), accept}),
      rule({match(Field::kIcmpType, 8, 9), accept}),
      rule({match(Field::kIcmpv6Type, 135, 136), accept}),
      rule({ruleset::Lookup{{Field::kIcmpType}, 8}, accept}),
      rule({ruleset::Lookup{{Field::kIcmpv6Type}, 9}, accept}),
      rule({ruleset::Lookup{{Field::kTcpDport}, 6}, accept}),
      rule({ruleset::Lookup{{Field::kL4Proto}, 7}, match(Field::kL4Proto, 6, 17), accept}),
      rule({ruleset::Lookup{{Field::kIp6Daddr}, 3}, match(Field::kTcpDport, 0, 65535), accept}),
      rule({ruleset::Lookup{{Field::kIp6Saddr, Field::kL4Proto, Field::kUdpDport}, 10}, accept}),
      rule({match(Field::kL4Proto, 132, 132),
            match(Field::kSctpDport, 5, 5),
            {ruleset::Verdict{VerdictKind::kReject, 0}}}),
      rule({match(Field::kIcmpType, 3, 3), {ruleset::Verdict{VerdictKind::kReject, 0}}}),
      rule({match(Field::kIcmpv6Type, 1, 1), {ruleset::Verdict{VerdictKind::kReject, 0}}}),
      rule({ruleset::Verdict{VerdictKind::kReject, 0}}, "the rest"),
  };
}

}  // namespace

ruleset::Table every_kind() {
  ruleset::Table table;
  add_sets(table);
  using ruleset::Match;
  const ruleset::Verdict jump{VerdictKind::kJump, 0};
  const std::vector<Field> subject{Field::kIpDaddr, Field::kScratch};
  table.chains = {
      {.name = "in_p1", .comment = "a profile", .rules = profile_rules()},
      {.name = "ingress4",
       .rules = {rule({ruleset::MapToScratch{{Field::kIpSaddr}, 0},
                       ruleset::MapToScratch{subject, 4},
                       ruleset::VerdictMap{{Field::kScratch}, 11}}),
                 rule({Match{Field::kScratch, 0, 0}, ruleset::MapToScratch{{Field::kIpSaddr}, 2},
                       ruleset::MapToScratch{{Field::kIpDaddr}, 5}}),
                 rule({Match{Field::kScratch, 5, 0x10007}, ruleset::Counter{}, jump}),
                 rule({ruleset::MapToScratch{{Field::kIp6Saddr}, 1}}),
                 rule({ruleset::Verdict{VerdictKind::kDrop, 0}})}},
      {.name = "input",
       .base = ruleset::BaseChain{ruleset::Hook::kInput, -5},
       .comment = "base",
       .rules = {rule({ruleset::LoopbackInterface{true}, {ruleset::Verdict{}}}, "gives way"),
                 rule({ruleset::CtEstablishedOrRelated{}, {ruleset::Verdict{}}}, "stays")}},
      {.name = "output",
       .base = ruleset::BaseChain{ruleset::Hook::kOutput, 10},
       .rules = {rule({ruleset::LoopbackInterface{false}, {ruleset::Verdict{}}})}},
      {.name = "forward",
       .base = ruleset::BaseChain{ruleset::Hook::kForward, 0},
       .rules = {rule({ruleset::CtEstablishedOrRelated{}, {ruleset::Verdict{}}}),
                 rule({Match{Field::kNfProto, 2, 2}, {ruleset::Verdict{VerdictKind::kGoto, 1}}}),
                 rule({Match{Field::kNfProto, 10, 10},
                       {ruleset::Verdict{VerdictKind::kReturn, 0}}})}},
  };
  return table;
}

namespace {

constexpr char kSetsAsText[] = R"(table inet netpolc {
  map peer4 {
    type ipv4_addr : classid; size 1024; comment "set comment"
    elements = { 10.244.0.11 comment "prod/web-0" : 0:a, 10.244.0.12 : 0:b, * comment "others" : 0:0 }
  }
  map peer6 { type ipv6_addr : classid; size 16; elements = { fd00::11 : 0:a, * : 0:0 } }
  map cidr4 {
    type ipv4_addr : classid; flags interval
    elements = { 0.0.0.0/8 : 0:7, 192.0.2.0/25 comment "half" : 0:101, 192.0.2.128/25 : 0:102,
                 255.0.0.0/8 comment "last" : 0:3, * : 0:9 }
  }
  set nets6 {
    type ipv6_addr; flags interval; comment "six"
    elements = { fd00::1-fd00::5 comment "a range" }
  }
  map in4 {
    type ipv4_addr . classid : classid; size 1024
    elements = { 10.244.1.7 . 0:a : 0:12, 10.244.1.7 . 0:101 : 0:13 }
  }
  map empty4 { type ipv4_addr : classid; size 16; }
  set ports { type inet_service; flags interval; elements = { 80, 443-445, 60000-65535 } }
  set protocols { type inet_proto; size 4; elements = { tcp, udp } }
  set echo4 { type icmp_type; size 4; elements = { echo-request } }
  set echo6 { type icmpv6_type; size 4; elements = { echo-request } }
  set exact6 {
    type ipv6_addr . inet_proto . inet_service; size 4; elements = { fd00::1 . udp . 53 }
  }
  map profiles {
    type classid : verdict; size 256
    elements = { 0:12 : goto in_p1, 0:13 comment "jumps" : jump in_p1, 0:14 : drop, 0:15 : return,
                 * : accept }
  }
)";

constexpr char kRegularChainsAsText[] = R"(  chain in_p1 {
    comment "a profile"
    tcp dport 8080 accept comment "prod/allow-web ingress[0]"
    tcp dport 30000-32767 counter accept
    udp dport 53 accept
    sctp dport 53-54 accept
    icmp type 8 accept
    icmp type 8-9 accept
    icmpv6 type 135-136 accept
    icmp type @echo4 accept
    icmpv6 type @echo6 accept
    tcp dport @ports accept
    meta l4proto @protocols meta l4proto 6-17 accept
    ip6 daddr @nets6 tcp dport 0-65535 accept
    ip6 saddr . meta l4proto . udp dport @exact6 accept
    meta l4proto sctp sctp dport 5 reject
    icmp type 3 reject
    icmpv6 type 1 reject
    reject comment "the rest"
  }
  chain ingress4 {
    meta priority set ip saddr map @peer4 meta priority set ip daddr . meta priority map @in4 meta priority vmap @profiles
    meta priority 0:0 meta priority set ip saddr map @cidr4 meta priority set ip daddr map @empty4
    meta priority 0:5-1:7 counter jump in_p1
    meta priority set ip6 saddr map @peer6
    drop
  }
)";

}  // namespace

std::string every_kind_as_text() {
  const std::string stamp = ruleset::stamp_comment({0, ruleset::content_digest(every_kind())});
  return std::string(kSetsAsText) + kRegularChainsAsText + R"(  chain input {
    comment "base"
    type filter hook input priority -5; policy accept;
    iif "lo" accept comment ")" +
         stamp + R"("
    ct state established,related accept comment "stays"
  }
  chain output {
    type filter hook output priority 10; policy accept;
    oif "lo" accept comment ")" +
         stamp + R"("
  }
  chain forward {
    type filter hook forward priority 0; policy accept;
    ct state established,related accept comment ")" +
         stamp + R"("
    meta nfproto ipv4 goto ingress4
    meta nfproto ipv6 return
  }
}
)";
}

ruleset::Table endpoints_table(std::uint32_t endpoints, std::uint32_t variant) {
  const auto address = [](std::uint32_t index) {
    return key({10, static_cast<std::uint8_t>(index >> 16), static_cast<std::uint8_t>(index >> 8),
                static_cast<std::uint8_t>(index)});
  };
  ruleset::Table table;
  ruleset::Set peers{.name = "peer4",
                     .key = {FieldType::kIpv4Addr},
                     .data = SetData::kClassId,
                     .size = endpoints * 2};
  ruleset::Set pairs{.name = "in4",
                     .key = {FieldType::kIpv4Addr, FieldType::kClassId},
                     .data = SetData::kClassId,
                     .size = endpoints * 4};
  ruleset::Set any{.name = "in4_any",
                   .key = {FieldType::kIpv4Addr},
                   .data = SetData::kClassId,
                   .size = endpoints * 2};
  for (std::uint32_t index = 0; index < endpoints; ++index) {
    peers.elements.push_back(one(address(index), index / 10 + 1));
    any.elements.push_back(one(address(index), 1 + variant));
    for (std::uint32_t peer = 1; peer <= 2; ++peer) {
      ruleset::Key pair = address(index);
      const std::uint32_t id = (index / 10 + peer) % 0xffff + 1;
      pair.bytes[6] = static_cast<std::uint8_t>(id >> 8);
      pair.bytes[7] = static_cast<std::uint8_t>(id);
      pairs.elements.push_back(one(pair, 1 + variant));
    }
    std::ranges::sort(pairs.elements.end() - 2, pairs.elements.end(), {}, &ruleset::Element::first);
  }
  ruleset::Set out_pairs = pairs;
  out_pairs.name = "out4";
  ruleset::Set profiles{.name = "profiles",
                        .key = {FieldType::kClassId},
                        .data = SetData::kVerdict,
                        .size = 16,
                        .elements = {verdict(key({0, 0, 0, static_cast<std::uint8_t>(1 + variant)}),
                                             {VerdictKind::kGoto, 0})}};
  table.sets = {std::move(peers), std::move(pairs), std::move(any), std::move(profiles),
                std::move(out_pairs)};
  table.origins = {{"NetworkPolicy shop/allow-api", "ingress[0]", "policies/shop.yaml:14"}};
  table.chains = {
      {.name = "in_p1",
       .rules = {{.expressions = {ruleset::Match{Field::kTcpDport, 80 + variant, 80 + variant},
                                  ruleset::Verdict{}},
                  .comment = "shop/allow-api ingress[0]",
                  .origins = {0}},
                 rule({ruleset::Verdict{VerdictKind::kDrop, 0}})}},
      {.name = "ingress4",
       .rules = {rule({ruleset::MapToScratch{{Field::kIpSaddr}, 0},
                       ruleset::MapToScratch{{Field::kIpDaddr, Field::kScratch}, 1},
                       ruleset::VerdictMap{{Field::kScratch}, 3}}),
                 rule({ruleset::MapToScratch{{Field::kIpDaddr}, 2},
                       ruleset::VerdictMap{{Field::kScratch}, 3}}),
                 rule({ruleset::Verdict{}})}},
      {.name = "forward",
       .base = ruleset::BaseChain{},
       .rules = {rule({ruleset::CtEstablishedOrRelated{}, ruleset::Verdict{}}),
                 rule({ruleset::Match{Field::kNfProto, 2, 2},
                       ruleset::Verdict{VerdictKind::kGoto, 1}})}},
  };
  return table;
}

}  // namespace netpolc::test
