// SPDX-License-Identifier: Apache-2.0
#include "netpolc/ruleset.h"

#include <fmt/format.h>

#include <string_view>

#include "compiler/support/check.h"

namespace netpolc::ruleset {

namespace {

// FNV-1a, 64 bits: a change detector, not a defence.
class Digest {
 public:
  void add(std::string_view bytes) {
    for (const char byte : bytes) {
      state_ = (state_ ^ static_cast<unsigned char>(byte)) * 0x100000001b3ULL;
    }
    add_number(bytes.size());
  }
  void add_number(std::uint64_t number) {
    for (unsigned shift = 0; shift < 64; shift += 8) {
      state_ = (state_ ^ ((number >> shift) & 0xffU)) * 0x100000001b3ULL;
    }
  }
  std::string hex() const { return fmt::format("{:016x}", state_); }

  void add(const Match& match) {
    add_number(static_cast<std::uint64_t>(match.field));
    add_number(match.first);
    add_number(match.last);
  }
  void add(const Lookup& lookup) { add_keyed(lookup.key, lookup.set); }
  void add(const MapToScratch& map) { add_keyed(map.key, map.set); }
  void add(const VerdictMap& map) { add_keyed(map.key, map.set); }
  void add(const CtEstablishedOrRelated&) {}
  void add(const LoopbackInterface& loopback) { add_number(loopback.is_input ? 1 : 0); }
  void add(const Counter&) {}
  void add(const Verdict& verdict) {
    add_number(static_cast<std::uint64_t>(verdict.kind));
    add_number(verdict.chain);
  }

 private:
  void add_keyed(const std::vector<Field>& key, std::uint32_t set) {
    for (const Field field : key) add_number(static_cast<std::uint64_t>(field));
    add_number(set);
  }

  std::uint64_t state_ = 0xcbf29ce484222325ULL;
};

void add_set(Digest& digest, const Set& set) {
  digest.add(set.name);
  for (const FieldType type : set.key) digest.add_number(static_cast<std::uint64_t>(type));
  digest.add_number(static_cast<std::uint64_t>(set.data));
  digest.add_number(set.is_interval ? 1 : 0);
  digest.add_number(set.size);
  digest.add(set.comment);
  for (const Element& element : set.elements) {
    const auto bytes = [](const Key& key) {
      return std::string_view(reinterpret_cast<const char*>(key.bytes.data()), key.bytes.size());
    };
    digest.add(bytes(element.first));
    digest.add(bytes(element.last));
    digest.add_number(element.is_catch_all ? 1 : 0);
    digest.add_number(element.value);
    if (set.data == SetData::kVerdict) digest.add(element.verdict);
    digest.add(element.comment);
  }
}

void add_chain(Digest& digest, const Chain& chain) {
  digest.add(chain.name);
  digest.add(chain.comment);
  digest.add_number(chain.base ? static_cast<std::uint64_t>(chain.base->hook) + 1 : 0);
  if (chain.base) digest.add_number(static_cast<std::uint32_t>(chain.base->priority));
  for (const Rule& rule : chain.rules) {
    digest.add(rule.comment);
    for (const Expression& expression : rule.expressions) {
      digest.add_number(expression.index());
      std::visit([&](const auto& value) { digest.add(value); }, expression);
    }
  }
}

}  // namespace

std::size_t field_size(FieldType type) {
  switch (type) {
    case FieldType::kIpv4Addr:
    case FieldType::kClassId:
      return 4;
    case FieldType::kIpv6Addr:
      return 16;
    case FieldType::kInetService:
      return 2;
    case FieldType::kInetProto:
    case FieldType::kIcmpType:
    case FieldType::kIcmpv6Type:
      return 1;
  }
  NETPOLC_CHECK(false, "unknown field type");
}

const char* field_type_name(FieldType type) {
  switch (type) {
    case FieldType::kIpv4Addr:
      return "ipv4_addr";
    case FieldType::kIpv6Addr:
      return "ipv6_addr";
    case FieldType::kInetProto:
      return "inet_proto";
    case FieldType::kInetService:
      return "inet_service";
    case FieldType::kIcmpType:
      return "icmp_type";
    case FieldType::kIcmpv6Type:
      return "icmpv6_type";
    case FieldType::kClassId:
      return "classid";
  }
  NETPOLC_CHECK(false, "unknown field type");
}

FieldType field_type(Field field) {
  switch (field) {
    case Field::kIpSaddr:
    case Field::kIpDaddr:
      return FieldType::kIpv4Addr;
    case Field::kIp6Saddr:
    case Field::kIp6Daddr:
      return FieldType::kIpv6Addr;
    case Field::kL4Proto:
    case Field::kNfProto:
      return FieldType::kInetProto;
    case Field::kTcpDport:
    case Field::kUdpDport:
    case Field::kSctpDport:
      return FieldType::kInetService;
    case Field::kIcmpType:
      return FieldType::kIcmpType;
    case Field::kIcmpv6Type:
      return FieldType::kIcmpv6Type;
    case Field::kScratch:
      return FieldType::kClassId;
  }
  NETPOLC_CHECK(false, "unknown field");
}

const char* field_name(Field field) {
  switch (field) {
    case Field::kIpSaddr:
      return "ip saddr";
    case Field::kIpDaddr:
      return "ip daddr";
    case Field::kIp6Saddr:
      return "ip6 saddr";
    case Field::kIp6Daddr:
      return "ip6 daddr";
    case Field::kL4Proto:
      return "meta l4proto";
    case Field::kNfProto:
      return "meta nfproto";
    case Field::kTcpDport:
      return "tcp dport";
    case Field::kUdpDport:
      return "udp dport";
    case Field::kSctpDport:
      return "sctp dport";
    case Field::kIcmpType:
      return "icmp type";
    case Field::kIcmpv6Type:
      return "icmpv6 type";
    case Field::kScratch:
      return "meta priority";
  }
  NETPOLC_CHECK(false, "unknown field");
}

std::string generation_suffix(std::uint64_t generation) {
  return generation == 0 ? std::string() : "_g" + std::to_string(generation);
}

std::string content_digest(const Table& table) {
  Digest digest;
  digest.add(table.name);
  digest.add_number(static_cast<std::uint64_t>(table.scratch));
  for (const Set& set : table.sets) add_set(digest, set);
  for (const Chain& chain : table.chains) add_chain(digest, chain);
  return digest.hex();
}

}  // namespace netpolc::ruleset
