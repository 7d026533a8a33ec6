// SPDX-License-Identifier: Apache-2.0
// The dataplane IR: one nftables table as typed values, between the compiler and the backends.
// Every backend (nft text, netlink) and the evaluator read this and nothing else. Meaning of each
// expression: nft(8).
//
// Objects that are replaced on every apply are named without their generation here; a backend
// appends generation_suffix(). Base chains are for ever and have no generation.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace netpolc::ruleset {

// Types of the fields that sets are keyed by. Sizes in bytes: 4, 16, 1, 2, 1, 1, 4.
enum class FieldType : std::uint8_t {
  kIpv4Addr,
  kIpv6Addr,
  kInetProto,
  kInetService,
  kIcmpType,
  kIcmpv6Type,
  kClassId,  // nftables' classid, host byte order in the kernel: carries our class and profile ids
};

std::size_t field_size(FieldType type);
// "ipv4_addr", as nft spells it.
const char* field_type_name(FieldType type);

// What an expression reads from a packet.
enum class Field : std::uint8_t {
  kIpSaddr,
  kIpDaddr,
  kIp6Saddr,
  kIp6Daddr,
  kL4Proto,   // meta l4proto
  kNfProto,   // meta nfproto: 2 is IPv4, 10 is IPv6
  kTcpDport,  // these three imply their protocol
  kUdpDport,
  kSctpDport,
  kIcmpType,    // implies icmp
  kIcmpv6Type,  // implies icmpv6
  kScratch,     // meta priority (or meta mark): carries ids between lookups
};

FieldType field_type(Field field);  // kNfProto has the type kInetProto
// "ip saddr", as nft spells it ("meta priority" for the scratch field).
const char* field_name(Field field);

// One key of a set, or one bound of an interval: the fields of the key one after the other, each in
// network byte order (also class ids) and without padding; the rest is zero.
struct Key {
  std::array<std::uint8_t, 24> bytes{};
  auto operator<=>(const Key&) const = default;
};

enum class VerdictKind : std::uint8_t { kAccept, kDrop, kReject, kReturn, kJump, kGoto };

struct Verdict {
  VerdictKind kind = VerdictKind::kAccept;
  std::uint32_t chain = 0;  // kJump, kGoto: index into Table::chains
  auto operator<=>(const Verdict&) const = default;
};

struct Element {
  Key first{};
  Key last{};                 // equals `first` unless the set is an interval set; inclusive
  bool is_catch_all = false;  // `*`: the value of keys that no other element has
  std::uint32_t value = 0;    // maps with data kClassId
  Verdict verdict{};          // verdict maps
  std::string comment{};      // at most kMaxComment bytes; may be empty
};

enum class SetData : std::uint8_t { kNone, kClassId, kVerdict };

struct Set {
  std::string name{};
  std::vector<FieldType> key{};  // one, or a concatenation
  SetData data = SetData::kNone;
  bool is_interval = false;  // elements are ranges, disjoint and ascending; single-field keys only
  std::uint32_t size = 0;    // capacity told to the kernel; 0: none (interval sets)
  std::string comment{};
  std::vector<Element> elements{};  // ascending by `first`, catch-all last
};

// field in first..last (one value when they are equal). Values are numbers in host byte order.
struct Match {
  Field field = Field::kL4Proto;
  std::uint32_t first = 0;
  std::uint32_t last = 0;
  bool operator==(const Match&) const = default;
};

// fields @set (data kNone): goes on only if the set has the key.
struct Lookup {
  std::vector<Field> key{};
  std::uint32_t set = 0;
  bool operator==(const Lookup&) const = default;
};

// meta priority set <fields> map @set: goes on only if the map has the key.
struct MapToScratch {
  std::vector<Field> key{};
  std::uint32_t set = 0;
  bool operator==(const MapToScratch&) const = default;
};

// <fields> vmap @set: goes on only if the map has the key.
struct VerdictMap {
  std::vector<Field> key{};
  std::uint32_t set = 0;
  bool operator==(const VerdictMap&) const = default;
};

// ct state established,related.
struct CtEstablishedOrRelated {
  bool operator==(const CtEstablishedOrRelated&) const = default;
};

// iif "lo" / oif "lo" (by index 1, which is the loopback device of every network namespace).
struct LoopbackInterface {
  bool is_input = true;
  bool operator==(const LoopbackInterface&) const = default;
};

// counter: packets and bytes that came this far.
struct Counter {
  bool operator==(const Counter&) const = default;
};

using Expression = std::variant<Match, Lookup, MapToScratch, VerdictMap, CtEstablishedOrRelated,
                                LoopbackInterface, Counter, Verdict>;

struct Rule {
  std::vector<Expression> expressions{};  // a Verdict can only be the last one
  std::string comment{};                  // at most kMaxComment bytes; may be empty
  std::vector<std::uint32_t> origins{};   // indices into Table::origins, sorted
};

enum class Hook : std::uint8_t { kInput, kForward, kOutput };

struct BaseChain {
  Hook hook = Hook::kForward;
  std::int32_t priority = 0;  // NF_IP_PRI_FILTER
};

struct Chain {
  std::string name{};
  std::optional<BaseChain> base{};  // policy accept: what nothing drops passes
  std::string comment{};
  std::vector<Rule> rules{};
};

// The line of a policy that a rule comes from.
struct Origin {
  std::string object{};    // "NetworkPolicy shop/allow-api"
  std::string path{};      // "ingress[0]"; empty for the policy as a whole
  std::string location{};  // "policies/shop.yaml:14"
  auto operator<=>(const Origin&) const = default;
};

enum class Scratch : std::uint8_t { kPriority, kMark };

// One table of family inet.
struct Table {
  std::string name = "netpolc";
  Scratch scratch = Scratch::kPriority;
  std::vector<Set> sets{};      // sets and maps
  std::vector<Chain> chains{};  // base chains last; a verdict only leads to an earlier one
  std::vector<Origin> origins{};
};

inline constexpr std::size_t kMaxComment = 128;  // bytes, NFTNL_UDATA_COMMENT_MAXLEN
inline constexpr std::size_t kMaxElementsPerSet = 0xffffffff;

// "" for generation 0, else "_g7".
std::string generation_suffix(std::uint64_t generation);

// Whether a chain is the same object in every generation.
inline bool is_permanent(const Chain& chain) { return chain.base.has_value(); }

// 64 bits over everything that the kernel would hold (names, keys, rules, comments), in hex. Equal
// tables have equal digests; generations do not count.
std::string content_digest(const Table& table);

// What marks a loaded generation in the kernel: the comment of the first rule of every base chain.
struct Stamp {
  std::uint64_t generation = 0;
  std::string digest;  // content_digest() of the table
  bool operator==(const Stamp&) const = default;
};

// "netpolc generation 3 content 0123456789abcdef"; every backend writes it instead of that rule's
// own comment.
std::string stamp_comment(const Stamp& stamp);
// Nothing when `comment` is no stamp.
std::optional<Stamp> parse_stamp(const std::string& comment);

}  // namespace netpolc::ruleset
