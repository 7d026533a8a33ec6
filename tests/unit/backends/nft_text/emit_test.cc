// SPDX-License-Identifier: Apache-2.0
#include "backends/nft_text/emit.h"

#include <gtest/gtest.h>

#include "compiler/dataplane/key.h"
#include "compiler/dataplane/verify.h"

namespace netpolc::nft_text {
namespace {

using namespace ruleset;  // NOLINT(google-build-using-namespace): this file speaks of nothing else
using dataplane::KeyBuilder;

Key address(const char* text) { return KeyBuilder().address(IpAddress::parse(text).value()).key(); }
Key number(std::uint32_t value, std::size_t bytes) {
  return KeyBuilder().number(value, bytes).key();
}
Element one(Key key) { return {.first = key, .last = key}; }

// Sets of every sort of key and data.
std::vector<Set> sets() {
  Element api = one(address("10.0.0.1"));
  api.value = 0x40000010;
  api.comment = "shop/api";
  Element pair =
      one(KeyBuilder().address(IpAddress::parse("fd00::1").value()).number(0x40000010, 4).key());
  pair.value = 0x7fffffff;
  Element leads = one(number(0x40000002, 4));
  leads.verdict = {VerdictKind::kGoto, 0};
  Element ends = one(number(0x40000003, 4));
  ends.verdict = {VerdictKind::kDrop, 0};
  return {
      Set{.name = "peer4",
          .key = {FieldType::kIpv4Addr},
          .data = SetData::kClassId,
          .size = 64,
          .comment = "endpoint address : class",
          .elements = {api, {.is_catch_all = true}}},
      Set{.name = "in6",
          .key = {FieldType::kIpv6Addr, FieldType::kClassId},
          .data = SetData::kClassId,
          .size = 128,
          .elements = {pair}},
      Set{.name = "in_profiles",
          .key = {FieldType::kClassId},
          .data = SetData::kVerdict,
          .size = 64,
          .elements = {leads, ends}},
      Set{.name = "cidr4",
          .key = {FieldType::kIpv4Addr},
          .is_interval = true,
          .elements = {{address("10.0.0.0"), address("10.255.255.255")},
                       {address("192.0.2.1"), address("192.0.2.1")},
                       {address("192.0.2.3"), address("192.0.2.9")}}},
      Set{.name = "cidr6",
          .key = {FieldType::kIpv6Addr},
          .is_interval = true,
          .elements = {{address("::"), address("::1")},
                       {address("2001:db8::1"), address("2001:db8::3")}}},
      Set{.name = "ports",
          .key = {FieldType::kInetService},
          .is_interval = true,
          .elements = {{number(80, 2), number(90, 2)}, one(number(443, 2))}},
      Set{.name = "nd_types",
          .key = {FieldType::kIcmpv6Type},
          .size = 64,
          .elements = {one(number(135, 1))}},
      Set{.name = "empty", .key = {FieldType::kInetProto, FieldType::kIcmpType}, .size = 64},
  };
}

Table every_kind() {
  Table table;
  table.sets = sets();
  table.origins = {{"NetworkPolicy shop/p", "ingress[0]", "a.yaml:1"},
                   {"NetworkPolicy shop/q", "", "odd\nname.yaml:2"},
                   {"NetworkPolicy shop/r", "", ""}};
  Chain profile{.name = "in_web", .comment = "a comment"};
  profile.rules = {
      Rule{.expressions = {Match{Field::kTcpDport, 80, 80}, Counter{}, Verdict{}},
           .comment = "shop/p ingress[0] a.yaml:1",
           .origins = {0}},
      Rule{.expressions = {Match{Field::kUdpDport, 1000, 2000}, Verdict{}}, .origins = {0, 1, 2}},
      Rule{.expressions = {Lookup{{Field::kSctpDport}, 5}, Verdict{VerdictKind::kReturn, 0}}},
      Rule{.expressions = {Match{Field::kL4Proto, 6, 6}, Verdict{VerdictKind::kDrop, 0}}},
      Rule{.expressions = {Match{Field::kL4Proto, 17, 17}, Verdict{VerdictKind::kDrop, 0}}},
      Rule{.expressions = {Match{Field::kL4Proto, 132, 132}, Verdict{VerdictKind::kDrop, 0}}},
      Rule{.expressions = {Match{Field::kL4Proto, 1, 1}, Verdict{VerdictKind::kDrop, 0}}},
      Rule{.expressions = {Match{Field::kIcmpType, 8, 8}, Verdict{VerdictKind::kReject, 0}}},
  };
  Chain ingress{.name = "ingress4"};
  ingress.rules = {
      Rule{.expressions = {Match{Field::kScratch, 0, 0}, MapToScratch{{Field::kIpSaddr}, 0},
                           VerdictMap{{Field::kScratch}, 2}}},
      Rule{.expressions = {MapToScratch{{Field::kIp6Daddr, Field::kScratch}, 1}}},
      Rule{.expressions = {Lookup{{Field::kIpDaddr}, 3}, Verdict{VerdictKind::kJump, 0}}},
  };
  Chain input{.name = "input", .base = BaseChain{Hook::kInput, 0}};
  input.rules = {
      Rule{.expressions = {CtEstablishedOrRelated{}, Verdict{}},
           .comment = "the stamp stands here"},
      Rule{.expressions = {LoopbackInterface{true}, Verdict{}}},
      Rule{.expressions = {LoopbackInterface{false}, Verdict{}}},
      Rule{.expressions = {Match{Field::kNfProto, 2, 2}, Verdict{VerdictKind::kGoto, 1}}},
      Rule{.expressions = {Match{Field::kNfProto, 10, 10}, Lookup{{Field::kIcmpv6Type}, 6},
                           Verdict{VerdictKind::kDrop, 0}}},
  };
  Chain output{.name = "output", .base = BaseChain{Hook::kOutput, -10}};
  table.chains = {profile, ingress, input, output};
  return table;
}

constexpr const char* kHeaderText =
    R"(#!/usr/sbin/nft -f
# Made by netpolc. Loading this file replaces table inet netpolc and touches no other table.
# It is right once loaded; to switch rulesets under traffic without a gap use `netpolc apply`.
table inet netpolc
delete table inet netpolc
table inet netpolc {
)";

constexpr const char* kSetsText =
    R"(	map peer4 {
		type ipv4_addr : classid
		size 64
		comment "endpoint address : class"
		elements = {
			10.0.0.1 comment "shop/api" : 4000:10,
			* : 0:0,
		}
	}

	map in6 {
		type ipv6_addr . classid : classid
		size 128
		elements = {
			fd00::1 . 4000:10 : 7fff:ffff,
		}
	}

	map in_profiles {
		type classid : verdict
		size 64
		elements = {
			4000:2 : goto in_web,
			4000:3 : drop,
		}
	}

	set cidr4 {
		type ipv4_addr
		flags interval
		elements = {
			10.0.0.0/8,
			192.0.2.1,
			192.0.2.3-192.0.2.9,
		}
	}

	set cidr6 {
		type ipv6_addr
		flags interval
		elements = {
			::/127,
			2001:db8::1-2001:db8::3,
		}
	}

	set ports {
		type inet_service
		flags interval
		elements = {
			80-90,
			443,
		}
	}

	set nd_types {
		type icmpv6_type
		size 64
		elements = {
			135,
		}
	}

	set empty {
		type inet_proto . icmp_type
		size 64
	}

)";

constexpr const char* kChainsText =
    R"(	chain in_web {
		comment "a comment"
		tcp dport 80 counter accept comment "shop/p ingress[0] a.yaml:1"
		# NetworkPolicy shop/p ingress[0] a.yaml:1
		# NetworkPolicy shop/q odd_name.yaml:2
		# NetworkPolicy shop/r
		udp dport 1000-2000 accept
		sctp dport @ports return
		meta l4proto tcp drop
		meta l4proto udp drop
		meta l4proto sctp drop
		meta l4proto 1 drop
		icmp type 8 reject
	}

	chain ingress4 {
		meta priority 0:0 meta priority set ip saddr map @peer4 meta priority vmap @in_profiles
		meta priority set ip6 daddr . meta priority map @in6
		ip daddr @cidr4 jump in_web
	}

	chain input {
		type filter hook input priority 0; policy accept;
		ct state established,related accept comment "STAMP"
		iif "lo" accept
		oif "lo" accept
		meta nfproto ipv4 goto ingress4
		meta nfproto ipv6 icmpv6 type @nd_types drop
	}

	chain output {
		type filter hook output priority -10; policy accept;
	}
}
)";

TEST(Emit, WritesEveryKindOfSetAndExpression) {
  const Table table = every_kind();
  dataplane::verify(table);
  std::string expected = std::string(kHeaderText) + kSetsText + kChainsText;
  expected.replace(expected.find("STAMP"), 5, stamp_comment({0, content_digest(table)}));
  EXPECT_EQ(emit(table), expected);
}

TEST(Emit, WritesIdsAsMarksWhereTheMarkCarriesThem) {
  Table table;
  table.scratch = Scratch::kMark;
  Element api = one(address("10.0.0.1"));
  api.value = 0x40000010;
  table.sets = {Set{.name = "peer4",
                    .key = {FieldType::kIpv4Addr},
                    .data = SetData::kClassId,
                    .size = 64,
                    .elements = {api, {.is_catch_all = true}}}};
  Chain chain{.name = "ingress4"};
  chain.rules = {
      Rule{.expressions = {Match{Field::kScratch, 0, 0}, MapToScratch{{Field::kIpSaddr}, 0}}}};
  table.chains = {chain};
  const std::string text = emit(table);
  EXPECT_NE(text.find("type ipv4_addr : mark\n"), std::string::npos) << text;
  EXPECT_NE(text.find("10.0.0.1 : 0x40000010,\n"), std::string::npos) << text;
  EXPECT_NE(text.find("* : 0x00000000,\n"), std::string::npos) << text;
  EXPECT_NE(text.find("\t\tmeta mark 0x00000000 meta mark set ip saddr map @peer4\n"),
            std::string::npos)
      << text;
  EXPECT_EQ(text.find("priority"), std::string::npos) << text;
}

TEST(Emit, AnEmptyTableStillReplacesTheOldOne) {
  Table table;
  table.name = "other";
  std::string expected = kHeaderText;
  for (std::size_t at = expected.find("inet netpolc"); at != std::string::npos;
       at = expected.find("inet netpolc")) {
    expected.replace(at, 12, "inet other");
  }
  EXPECT_EQ(emit(table), expected + "}\n");
}

TEST(Emit, CountsOriginsThatAreTooManyToList) {
  Table table;
  Rule rule{.expressions = {Verdict{}}};
  for (std::uint32_t index = 0; index < 20; ++index) {
    table.origins.push_back({"NetworkPolicy shop/p" + std::to_string(index), "", ""});
    rule.origins.push_back(index);
  }
  table.chains = {Chain{.name = "in_web", .rules = {rule}}};
  const std::string text = emit(table);
  EXPECT_NE(text.find("# NetworkPolicy shop/p15\n\t\t# and 4 more\n\t\taccept\n"),
            std::string::npos)
      << text;
}

}  // namespace
}  // namespace netpolc::nft_text
