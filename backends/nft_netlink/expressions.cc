// SPDX-License-Identifier: Apache-2.0
#include "backends/nft_netlink/expressions.h"

#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_tables.h>

#include <array>
#include <optional>
#include <variant>
#include <vector>

#include "compiler/support/check.h"

namespace netpolc::nft_netlink {

namespace {

using ruleset::Field;

constexpr std::uint32_t kIcmp = 1;
constexpr std::uint32_t kTcp = 6;
constexpr std::uint32_t kUdp = 17;
constexpr std::uint32_t kIcmpv6 = 58;
constexpr std::uint32_t kSctp = 132;
constexpr std::uint8_t kPortUnreachable4 = 3;
constexpr std::uint8_t kPortUnreachable6 = 4;
constexpr std::uint32_t kLoopbackIndex = 1;

// Where a field of a header stands.
struct Payload {
  std::uint32_t base;
  std::uint32_t offset;
  std::uint32_t length;
};

// A value of at most 4 bytes as the register holds it.
struct Value {
  std::array<std::uint8_t, 4> bytes{};
  std::size_t length = 0;
  Bytes span() const { return Bytes(bytes).first(length); }
};

Value host_order(std::uint32_t number) {
  Value out;
  out.length = sizeof number;
  std::memcpy(out.bytes.data(), &number, sizeof number);
  return out;
}

Value network_order(std::uint32_t number, std::size_t length) {
  Value out;
  out.length = length;
  for (std::size_t index = 0; index < length; ++index) {
    out.bytes[index] = static_cast<std::uint8_t>(number >> (8 * (length - 1 - index)));
  }
  return out;
}

// The register that begins `word` words of 4 bytes into the register file, as nft names it.
std::uint32_t register_at(std::size_t word) {
  const auto number = static_cast<std::uint32_t>(word);
  return number % 4 == 0 ? NFT_REG_1 + number / 4 : NFT_REG32_00 + number;
}

bool is_ipv4(Field field) { return field == Field::kIpSaddr || field == Field::kIpDaddr; }
bool is_ipv6(Field field) { return field == Field::kIp6Saddr || field == Field::kIp6Daddr; }

class Linearizer {
 public:
  Linearizer(MessageWriter& out, ruleset::Scratch scratch, const Names& names)
      : out_(out),
        names_(names),
        scratch_key_(scratch == ruleset::Scratch::kMark ? NFT_META_MARK : NFT_META_PRIORITY) {}

  void operator()(const ruleset::Match& match) {
    need(match.field);
    load(match.field, NFT_REG_1);
    const bool is_range = match.first != match.last;
    const auto value = [&](std::uint32_t number) {
      if (match.field == Field::kScratch && !is_range) return host_order(number);
      return network_order(number, ruleset::field_size(ruleset::field_type(match.field)));
    };
    if (!is_range) {
      compare(NFT_CMP_EQ, value(match.first));
      if (match.field == Field::kNfProto) network_ = match.first;
      if (match.field == Field::kL4Proto) transport_ = match.first;
      return;
    }
    // Comparisons are bytewise; only network order sorts like numbers.
    if (match.field == Field::kScratch) swap_bytes();
    compare(NFT_CMP_GTE, value(match.first));
    compare(NFT_CMP_LTE, value(match.last));
  }

  void operator()(const ruleset::Lookup& lookup) {
    load_key(lookup.key);
    look_up(names_.set(lookup.set), std::nullopt);
  }

  void operator()(const ruleset::MapToScratch& map) {
    load_key(map.key);
    look_up(names_.set(map.set), NFT_REG_1);
    expression("meta", [&] {
      out_.put_u32(NFTA_META_KEY, scratch_key_);
      out_.put_u32(NFTA_META_SREG, NFT_REG_1);
    });
  }

  void operator()(const ruleset::VerdictMap& map) {
    load_key(map.key);
    look_up(names_.set(map.set), NFT_REG_VERDICT);
  }

  void operator()(const ruleset::CtEstablishedOrRelated&) {
    constexpr std::uint32_t kStates = 1U << (IP_CT_ESTABLISHED + 1) | 1U << (IP_CT_RELATED + 1);
    expression("ct", [&] {
      out_.put_u32(NFTA_CT_KEY, NFT_CT_STATE);
      out_.put_u32(NFTA_CT_DREG, NFT_REG_1);
    });
    expression("bitwise", [&] {
      out_.put_u32(NFTA_BITWISE_SREG, NFT_REG_1);
      out_.put_u32(NFTA_BITWISE_DREG, NFT_REG_1);
      out_.put_u32(NFTA_BITWISE_LEN, sizeof kStates);
      put_data(NFTA_BITWISE_MASK, host_order(kStates));
      put_data(NFTA_BITWISE_XOR, host_order(0));
    });
    compare(NFT_CMP_NEQ, host_order(0));
  }

  void operator()(const ruleset::LoopbackInterface& loopback) {
    load_meta(loopback.is_input ? NFT_META_IIF : NFT_META_OIF, NFT_REG_1);
    compare(NFT_CMP_EQ, host_order(kLoopbackIndex));
  }

  void operator()(const ruleset::Counter&) {
    expression("counter", [] {});
  }

  void operator()(const ruleset::Verdict& verdict) {
    if (verdict.kind == ruleset::VerdictKind::kReject) {
      reject();
      return;
    }
    const bool has_chain =
        verdict.kind == ruleset::VerdictKind::kJump || verdict.kind == ruleset::VerdictKind::kGoto;
    expression("immediate", [&] {
      out_.put_u32(NFTA_IMMEDIATE_DREG, NFT_REG_VERDICT);
      const std::size_t data = out_.begin_nest(NFTA_IMMEDIATE_DATA);
      encode_verdict(out_, verdict, has_chain ? names_.chain(verdict.chain) : std::string());
      out_.end_nest(data);
    });
  }

 private:
  template <typename Body>
  void expression(std::string_view name, Body body) {
    const std::size_t element = out_.begin_nest(NFTA_LIST_ELEM);
    out_.put_text(NFTA_EXPR_NAME, name);
    const std::size_t data = out_.begin_nest(NFTA_EXPR_DATA);
    body();
    out_.end_nest(data);
    out_.end_nest(element);
  }

  void put_data(std::uint16_t type, const Value& value) {
    const std::size_t nest = out_.begin_nest(type);
    out_.put(NFTA_DATA_VALUE, value.span());
    out_.end_nest(nest);
  }

  void compare(std::uint32_t operation, const Value& value) {
    expression("cmp", [&] {
      out_.put_u32(NFTA_CMP_SREG, NFT_REG_1);
      out_.put_u32(NFTA_CMP_OP, operation);
      put_data(NFTA_CMP_DATA, value);
    });
  }

  void load_meta(std::uint32_t key, std::uint32_t destination) {
    expression("meta", [&] {
      out_.put_u32(NFTA_META_KEY, key);
      out_.put_u32(NFTA_META_DREG, destination);
    });
  }

  void load_payload(const Payload& payload, std::uint32_t destination) {
    expression("payload", [&] {
      out_.put_u32(NFTA_PAYLOAD_DREG, destination);
      out_.put_u32(NFTA_PAYLOAD_BASE, payload.base);
      out_.put_u32(NFTA_PAYLOAD_OFFSET, payload.offset);
      out_.put_u32(NFTA_PAYLOAD_LEN, payload.length);
    });
  }

  void swap_bytes() {
    expression("byteorder", [&] {
      out_.put_u32(NFTA_BYTEORDER_SREG, NFT_REG_1);
      out_.put_u32(NFTA_BYTEORDER_DREG, NFT_REG_1);
      out_.put_u32(NFTA_BYTEORDER_OP, NFT_BYTEORDER_HTON);
      out_.put_u32(NFTA_BYTEORDER_LEN, sizeof(std::uint32_t));
      out_.put_u32(NFTA_BYTEORDER_SIZE, sizeof(std::uint32_t));
    });
  }

  void need_network(std::uint32_t protocol) {
    if (network_ == protocol) return;
    load_meta(NFT_META_NFPROTO, NFT_REG_1);
    compare(NFT_CMP_EQ, network_order(protocol, 1));
    network_ = protocol;
  }

  void need_transport(std::uint32_t protocol) {
    if (transport_ == protocol) return;
    if (protocol == kIcmp && !network_) need_network(NFPROTO_IPV4);
    if (protocol == kIcmpv6 && !network_) need_network(NFPROTO_IPV6);
    load_meta(NFT_META_L4PROTO, NFT_REG_1);
    compare(NFT_CMP_EQ, network_order(protocol, 1));
    transport_ = protocol;
  }

  // The protocols that a field is read under, unless the rule has asked for them already.
  void need(Field field) {
    if (is_ipv4(field)) need_network(NFPROTO_IPV4);
    if (is_ipv6(field)) need_network(NFPROTO_IPV6);
    if (field == Field::kTcpDport) need_transport(kTcp);
    if (field == Field::kUdpDport) need_transport(kUdp);
    if (field == Field::kSctpDport) need_transport(kSctp);
    if (field == Field::kIcmpType) need_transport(kIcmp);
    if (field == Field::kIcmpv6Type) need_transport(kIcmpv6);
  }

  void load(Field field, std::uint32_t destination) {
    switch (field) {
      case Field::kIpSaddr:
        return load_payload({NFT_PAYLOAD_NETWORK_HEADER, 12, 4}, destination);
      case Field::kIpDaddr:
        return load_payload({NFT_PAYLOAD_NETWORK_HEADER, 16, 4}, destination);
      case Field::kIp6Saddr:
        return load_payload({NFT_PAYLOAD_NETWORK_HEADER, 8, 16}, destination);
      case Field::kIp6Daddr:
        return load_payload({NFT_PAYLOAD_NETWORK_HEADER, 24, 16}, destination);
      case Field::kTcpDport:
      case Field::kUdpDport:
      case Field::kSctpDport:
        return load_payload({NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2}, destination);
      case Field::kIcmpType:
      case Field::kIcmpv6Type:
        return load_payload({NFT_PAYLOAD_TRANSPORT_HEADER, 0, 1}, destination);
      case Field::kL4Proto:
        return load_meta(NFT_META_L4PROTO, destination);
      case Field::kNfProto:
        return load_meta(NFT_META_NFPROTO, destination);
      case Field::kScratch:
        return load_meta(scratch_key_, destination);
    }
    NETPOLC_CHECK(false, "unknown field");
  }

  void load_key(const std::vector<Field>& key) {
    for (const Field field : key) need(field);
    std::size_t word = 0;
    for (const Field field : key) {
      load(field, register_at(word));
      word += field_words(ruleset::field_type(field));
    }
  }

  void look_up(const std::string& set, std::optional<std::uint32_t> destination) {
    expression("lookup", [&] {
      out_.put_u32(NFTA_LOOKUP_SREG, NFT_REG_1);
      if (destination) out_.put_u32(NFTA_LOOKUP_DREG, *destination);
      out_.put_text(NFTA_LOOKUP_SET, set);
    });
  }

  // nft's plain `reject`: port unreachable, in the family's own ICMP where the rule knows it.
  void reject() {
    std::uint32_t type = NFT_REJECT_ICMPX_UNREACH;
    std::uint8_t code = NFT_REJECT_ICMPX_PORT_UNREACH;
    if (network_ == NFPROTO_IPV4 || network_ == NFPROTO_IPV6) {
      type = NFT_REJECT_ICMP_UNREACH;
      code = network_ == NFPROTO_IPV4 ? kPortUnreachable4 : kPortUnreachable6;
    }
    expression("reject", [&] {
      out_.put_u32(NFTA_REJECT_TYPE, type);
      out_.put_u8(NFTA_REJECT_ICMP_CODE, code);
    });
  }

  MessageWriter& out_;
  const Names& names_;
  std::uint32_t scratch_key_;
  // What the rule has established so far.
  std::optional<std::uint32_t> network_;
  std::optional<std::uint32_t> transport_;
};

}  // namespace

std::size_t field_words(ruleset::FieldType type) { return (ruleset::field_size(type) + 3) / 4; }

void encode_verdict(MessageWriter& out, const ruleset::Verdict& verdict, std::string_view chain) {
  const auto code = [&]() -> int {
    switch (verdict.kind) {
      case ruleset::VerdictKind::kAccept:
        return NF_ACCEPT;
      case ruleset::VerdictKind::kDrop:
        return NF_DROP;
      case ruleset::VerdictKind::kReturn:
        return NFT_RETURN;
      case ruleset::VerdictKind::kJump:
        return NFT_JUMP;
      case ruleset::VerdictKind::kGoto:
        return NFT_GOTO;
      case ruleset::VerdictKind::kReject:
        break;
    }
    NETPOLC_CHECK(false, "reject is a statement, not a verdict of a map");
  }();
  const std::size_t nest = out.begin_nest(NFTA_DATA_VERDICT);
  out.put_u32(NFTA_VERDICT_CODE, static_cast<std::uint32_t>(code));
  if (!chain.empty()) out.put_text(NFTA_VERDICT_CHAIN, chain);
  out.end_nest(nest);
}

void encode_expressions(MessageWriter& out, std::span<const ruleset::Expression> expressions,
                        ruleset::Scratch scratch, const Names& names) {
  Linearizer linearizer(out, scratch, names);
  for (const ruleset::Expression& expression : expressions) std::visit(linearizer, expression);
}

}  // namespace netpolc::nft_netlink
