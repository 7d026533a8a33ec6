// SPDX-License-Identifier: Apache-2.0
#include "backends/nft_netlink/encode.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netlink.h>

#include <algorithm>
#include <array>

#include "backends/nft_netlink/expressions.h"
#include "backends/nft_netlink/userdata.h"
#include "compiler/support/check.h"

namespace netpolc::nft_netlink {

namespace {

using ruleset::FieldType;

// Bytes of elements in one message; an attribute's length has 16 bits, one element < 1 KiB.
constexpr std::size_t kMaxElementBytes = 60'000;

// nft's numbers of data types, and of byte orders.
constexpr std::uint32_t kTypeMark = 19;
constexpr std::uint32_t kTypeClassId = 23;
constexpr unsigned kTypeBits = 6;
constexpr std::uint32_t kOrderNone = 0;
constexpr std::uint32_t kOrderHost = 1;
constexpr std::uint32_t kOrderBig = 2;

// Types of nft's userdata of sets and elements.
constexpr std::uint8_t kSetKeyOrder = 0;
constexpr std::uint8_t kSetDataOrder = 1;
constexpr std::uint8_t kSetKeyTypeof = 3;
constexpr std::uint8_t kSetDataIsInterval = 6;
constexpr std::uint8_t kElementFlags = 1;
constexpr std::uint32_t kElementOpenInterval = 1;
// "the key's type is a concatenation", nft's serialized form of it.
constexpr std::array<std::uint8_t, 8> kTypeofConcatenation{0, 4, 13, 0, 0, 0, 1, 0};

// One padded key: a concatenation of at most 8 words.
struct WireKey {
  std::array<std::uint8_t, 32> bytes{};
  std::size_t length = 0;
  Bytes span() const { return Bytes(bytes).first(length); }
};

std::uint32_t type_number(FieldType type, ruleset::Scratch scratch) {
  switch (type) {
    case FieldType::kIpv4Addr:
      return 7;
    case FieldType::kIpv6Addr:
      return 8;
    case FieldType::kInetProto:
      return 12;
    case FieldType::kInetService:
      return 13;
    case FieldType::kIcmpType:
      return 14;
    case FieldType::kIcmpv6Type:
      return 29;
    case FieldType::kClassId:
      return scratch == ruleset::Scratch::kMark ? kTypeMark : kTypeClassId;
  }
  NETPOLC_CHECK(false, "unknown field type");
}

std::uint32_t byte_order(const std::vector<FieldType>& key) {
  if (key.size() != 1 || key.front() == FieldType::kInetProto) return kOrderNone;
  return key.front() == FieldType::kClassId ? kOrderHost : kOrderBig;
}

std::size_t key_length(const std::vector<FieldType>& key) {
  if (key.size() == 1) return ruleset::field_size(key.front());
  std::size_t words = 0;
  for (const FieldType type : key) words += field_words(type);
  return words * 4;
}

// Fields padded to words, class ids in the kernel's (host) byte order.
WireKey wire_key(const std::vector<FieldType>& fields, const ruleset::Key& key) {
  WireKey out;
  std::size_t from = 0;
  std::size_t to = 0;
  for (const FieldType type : fields) {
    const std::size_t size = ruleset::field_size(type);
    NETPOLC_CHECK(from + size <= key.bytes.size() && to + size <= out.bytes.size(),
                  "a key is too long");
    std::copy_n(key.bytes.begin() + static_cast<std::ptrdiff_t>(from), size,
                out.bytes.begin() + static_cast<std::ptrdiff_t>(to));
    if (type == FieldType::kClassId) {
      const std::uint32_t number = static_cast<std::uint32_t>(out.bytes[to]) << 24U |
                                   static_cast<std::uint32_t>(out.bytes[to + 1]) << 16U |
                                   static_cast<std::uint32_t>(out.bytes[to + 2]) << 8U |
                                   static_cast<std::uint32_t>(out.bytes[to + 3]);
      std::memcpy(out.bytes.data() + to, &number, sizeof number);
    }
    from += size;
    to += fields.size() == 1 ? size : field_words(type) * 4;
  }
  out.length = to;
  return out;
}

// The key behind `key`; false if that was the last one.
bool increment(WireKey& key) {
  for (std::size_t index = key.length; index-- > 0;) {
    if (++key.bytes[index] != 0) return true;
  }
  return false;
}

void put_key(MessageWriter& out, const WireKey& key) {
  const std::size_t nest = out.begin_nest(NFTA_SET_ELEM_KEY);
  out.put(NFTA_DATA_VALUE, key.span());
  out.end_nest(nest);
}

void put_interval_end(MessageWriter& out, const WireKey& key) {
  const std::size_t nest = out.begin_nest(NFTA_LIST_ELEM);
  out.put_u32(NFTA_SET_ELEM_FLAGS, NFT_SET_ELEM_INTERVAL_END);
  put_key(out, key);
  out.end_nest(nest);
}

Userdata set_userdata(const ruleset::Set& set) {
  Userdata out;
  const bool is_map = set.data != ruleset::SetData::kNone;
  out.add_u32(kSetKeyOrder, byte_order(set.key));
  if (is_map) {
    out.add_u32(kSetDataOrder, set.data == ruleset::SetData::kVerdict ? kOrderNone : kOrderHost);
  }
  if (set.key.size() > 1) out.add(kSetKeyTypeof, kTypeofConcatenation);
  if (is_map) out.add_u32(kSetDataIsInterval, 0);
  out.add_comment(kCommentOfSet, set.comment);
  return out;
}

std::uint32_t set_flags(const ruleset::Set& set) {
  std::uint32_t flags = 0;
  if (set.is_interval) flags |= NFT_SET_INTERVAL;
  if (set.data != ruleset::SetData::kNone) flags |= NFT_SET_MAP;
  return flags;
}

void put_userdata(MessageWriter& out, std::uint16_t type, std::string_view comment) {
  Userdata userdata;
  userdata.add_comment(kCommentOfRule, comment);
  if (!userdata.empty()) out.put(type, userdata.bytes());
}

void put_element_data(MessageWriter& out, const ruleset::Set& set, const ruleset::Element& element,
                      const std::string& chain) {
  if (set.data == ruleset::SetData::kNone) return;
  const std::size_t nest = out.begin_nest(NFTA_SET_ELEM_DATA);
  if (set.data == ruleset::SetData::kVerdict) {
    encode_verdict(out, element.verdict, chain);
  } else {
    const std::uint32_t value = element.value;
    out.put(NFTA_DATA_VALUE, {reinterpret_cast<const std::uint8_t*>(&value), sizeof value});
  }
  out.end_nest(nest);
}

// One element of ours: for an interval its start and, unless it is open, its end.
void put_element(MessageWriter& out, const ruleset::Set& set, const ruleset::Element& element,
                 const std::string& chain) {
  WireKey end = wire_key(set.key, element.last);
  const bool has_end = set.is_interval && !element.is_catch_all && increment(end);
  Userdata userdata;
  userdata.add_comment(kCommentOfRule, element.comment);
  if (set.is_interval && !element.is_catch_all && !has_end) {
    userdata.add_u32(kElementFlags, kElementOpenInterval);
  }
  const std::size_t nest = out.begin_nest(NFTA_LIST_ELEM);
  if (element.is_catch_all) {
    out.put_u32(NFTA_SET_ELEM_FLAGS, NFT_SET_ELEM_CATCHALL);
  } else {
    put_key(out, wire_key(set.key, element.first));
  }
  put_element_data(out, set, element, chain);
  if (!userdata.empty()) out.put(NFTA_SET_ELEM_USERDATA, userdata.bytes());
  out.end_nest(nest);
  if (has_end) put_interval_end(out, end);
}

void begin_object(MessageWriter& out, std::uint8_t type, std::uint16_t flags,
                  std::string_view table) {
  out.begin(type, flags, NFPROTO_INET);
  out.put_text(NFTA_TABLE_NAME, table);  // the first attribute of every kind of object
}

void put_hook(MessageWriter& out, const ruleset::BaseChain& base) {
  static constexpr std::array<std::uint32_t, 3> kHooks{NF_INET_LOCAL_IN, NF_INET_FORWARD,
                                                       NF_INET_LOCAL_OUT};
  out.put_text(NFTA_CHAIN_TYPE, "filter");
  out.put_u32(NFTA_CHAIN_POLICY, NF_ACCEPT);
  const std::size_t nest = out.begin_nest(NFTA_CHAIN_HOOK);
  out.put_u32(NFTA_HOOK_HOOKNUM, kHooks.at(static_cast<std::size_t>(base.hook)));
  out.put_u32(NFTA_HOOK_PRIORITY, static_cast<std::uint32_t>(base.priority));
  out.end_nest(nest);
}

}  // namespace

Encoder::Encoder(const ruleset::Table& table, const ruleset::Stamp& stamp)
    : table_(table),
      generation_(stamp.generation),
      suffix_(ruleset::generation_suffix(stamp.generation)),
      stamp_(ruleset::stamp_comment(stamp)) {}

std::string Encoder::chain_name(std::uint32_t chain) const {
  const ruleset::Chain& object = table_.chains.at(chain);
  return ruleset::is_permanent(object) ? object.name : object.name + suffix_;
}

std::string Encoder::set_name(std::uint32_t set) const {
  return table_.sets.at(set).name + suffix_;
}

void Encoder::table(MessageWriter& out) const {
  begin_object(out, NFT_MSG_NEWTABLE, NLM_F_CREATE, table_.name);
  out.put_u32(NFTA_TABLE_FLAGS, 0);
  out.end();
}

void Encoder::chain(MessageWriter& out, std::uint32_t chain, std::uint16_t flags) const {
  const ruleset::Chain& object = table_.chains.at(chain);
  begin_object(out, NFT_MSG_NEWCHAIN, flags, table_.name);
  out.put_text(NFTA_CHAIN_NAME, chain_name(chain));
  if (object.base) put_hook(out, *object.base);
  put_userdata(out, NFTA_CHAIN_USERDATA, object.comment);
  out.end();
}

void Encoder::set(MessageWriter& out, std::uint32_t set) const {
  const ruleset::Set& object = table_.sets.at(set);
  NETPOLC_CHECK(
      !object.is_interval || (object.key.size() == 1 && object.key.front() != FieldType::kClassId),
      "intervals of a concatenation or of class ids");
  std::uint32_t type = 0;
  for (const FieldType field : object.key) {
    type = type << kTypeBits | type_number(field, table_.scratch);
  }
  begin_object(out, NFT_MSG_NEWSET, NLM_F_CREATE | NLM_F_EXCL, table_.name);
  out.put_text(NFTA_SET_NAME, set_name(set));
  out.put_u32(NFTA_SET_FLAGS, set_flags(object));
  out.put_u32(NFTA_SET_KEY_TYPE, type);
  out.put_u32(NFTA_SET_KEY_LEN, static_cast<std::uint32_t>(key_length(object.key)));
  if (object.data == ruleset::SetData::kVerdict) {
    out.put_u32(NFTA_SET_DATA_TYPE, NFT_DATA_VERDICT);
    out.put_u32(NFTA_SET_DATA_LEN, 0);
  } else if (object.data == ruleset::SetData::kClassId) {
    out.put_u32(NFTA_SET_DATA_TYPE, type_number(FieldType::kClassId, table_.scratch));
    out.put_u32(NFTA_SET_DATA_LEN, sizeof(std::uint32_t));
  }
  out.put_u32(NFTA_SET_ID, set + 1);
  if (object.size != 0) {
    const std::size_t nest = out.begin_nest(NFTA_SET_DESC);
    out.put_u32(NFTA_SET_DESC_SIZE, object.size);
    out.end_nest(nest);
  }
  out.put(NFTA_SET_USERDATA, set_userdata(object).bytes());
  out.end();
}

std::size_t Encoder::elements(MessageWriter& out, std::uint32_t set, std::size_t from) const {
  const ruleset::Set& object = table_.sets.at(set);
  begin_object(out, NFT_MSG_NEWSETELEM, NLM_F_CREATE | NLM_F_EXCL, table_.name);
  out.put_text(NFTA_SET_ELEM_LIST_SET, set_name(set));
  const std::size_t nest = out.begin_nest(NFTA_SET_ELEM_LIST_ELEMENTS);
  if (from == 0 && object.is_interval && !object.elements.front().is_catch_all) {
    // nft states that what precedes the first interval is not in the set.
    const WireKey first = wire_key(object.key, object.elements.front().first);
    const WireKey zero{{}, first.length};
    if (first.bytes != zero.bytes) put_interval_end(out, zero);
  }
  std::size_t index = from;
  while (index < object.elements.size() && out.size() - nest < kMaxElementBytes) {
    const ruleset::Element& element = object.elements[index++];
    const bool has_chain = object.data == ruleset::SetData::kVerdict &&
                           (element.verdict.kind == ruleset::VerdictKind::kJump ||
                            element.verdict.kind == ruleset::VerdictKind::kGoto);
    put_element(out, object, element,
                has_chain ? chain_name(element.verdict.chain) : std::string());
  }
  out.end_nest(nest);
  out.end();
  return index;
}

void Encoder::rule(MessageWriter& out, std::uint32_t chain, std::uint32_t rule) const {
  const ruleset::Chain& owner = table_.chains.at(chain);
  const ruleset::Rule& object = owner.rules.at(rule);
  begin_object(out, NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND, table_.name);
  out.put_text(NFTA_RULE_CHAIN, chain_name(chain));
  const Names names{[this](std::uint32_t index) { return set_name(index); },
                    [this](std::uint32_t index) { return chain_name(index); }};
  const std::size_t nest = out.begin_nest(NFTA_RULE_EXPRESSIONS);
  encode_expressions(out, object.expressions, table_.scratch, names);
  out.end_nest(nest);
  put_userdata(out, NFTA_RULE_USERDATA, owner.base && rule == 0 ? stamp_ : object.comment);
  out.end();
}

void encode_delete_table(MessageWriter& out, std::string_view table) {
  begin_object(out, NFT_MSG_DELTABLE, 0, table);
  out.end();
}

void encode_delete_chain(MessageWriter& out, std::string_view table, std::string_view chain) {
  begin_object(out, NFT_MSG_DELCHAIN, 0, table);
  out.put_text(NFTA_CHAIN_NAME, chain);
  out.end();
}

void encode_delete_set(MessageWriter& out, std::string_view table, std::string_view set) {
  begin_object(out, NFT_MSG_DELSET, 0, table);
  out.put_text(NFTA_SET_NAME, set);
  out.end();
}

void encode_flush_chain(MessageWriter& out, std::string_view table, std::string_view chain) {
  begin_object(out, NFT_MSG_DELRULE, 0, table);
  out.put_text(NFTA_RULE_CHAIN, chain);
  out.end();
}

void encode_raw_rule(MessageWriter& out, std::string_view table, std::string_view chain,
                     Bytes expressions, Bytes userdata) {
  begin_object(out, NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND, table);
  out.put_text(NFTA_RULE_CHAIN, chain);
  out.put(NFTA_RULE_EXPRESSIONS | NLA_F_NESTED, expressions);
  if (!userdata.empty()) out.put(NFTA_RULE_USERDATA, userdata);
  out.end();
}

}  // namespace netpolc::nft_netlink
