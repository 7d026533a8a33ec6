// SPDX-License-Identifier: Apache-2.0
#include "compiler/cases/read_probes.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "compiler/diag/source_manager.h"
#include "compiler/document/parse.h"

namespace netpolc::cases {
namespace {

// A parsed text together with what was said of it.
struct Parsed {
  diag::SourceManager sources;
  diag::Sink sink;
  ProbesFile probes;
  ExpectFile expect;

  std::vector<std::string> codes() const {
    std::vector<std::string> all;
    for (const Diagnostic& diagnostic : sink.all()) all.emplace_back(diagnostic.code);
    return all;
  }
};

Parsed read(const std::string& text, bool is_expectation = false) {
  Parsed parsed;
  const std::uint32_t source = parsed.sources.add("probes.yaml", text);
  const auto documents = document::parse_documents(parsed.sources, source, {}, parsed.sink);
  EXPECT_EQ(documents.size(), 1U);
  if (documents.empty()) return parsed;
  if (is_expectation) {
    parsed.expect = read_expect(documents.front(), parsed.sink);
  } else {
    parsed.probes = read_probes(documents.front(), parsed.sink);
  }
  return parsed;
}

// One row, given as the inside of its braces.
Parsed read_row(const std::string& row) { return read("probes:\n  - {" + row + "}\n"); }

using Codes = std::vector<std::string>;

TEST(ReadProbes, ScalarsAndDefaults) {
  const Parsed parsed = read_row("from: a/b, to: 192.0.2.7, port: 80, expect: allow");
  EXPECT_TRUE(parsed.sink.all().empty());
  ASSERT_EQ(parsed.probes.rows.size(), 1U);
  const ProbeRow& row = parsed.probes.rows[0];
  EXPECT_EQ(row.from, std::vector<std::string>{"a/b"});
  EXPECT_EQ(row.to, std::vector<std::string>{"192.0.2.7"});
  EXPECT_EQ(row.ports, std::vector<std::uint16_t>{80});
  EXPECT_EQ(row.protocols, std::vector<std::uint8_t>{6});
  EXPECT_TRUE(row.expect_allowed);
  EXPECT_TRUE(row.span.is_known());
}

TEST(ReadProbes, ListsStandForEveryCombination) {
  const Parsed parsed = read_row(
      "from: [a/x, a/y], to: [b/x, b/y, b/z], port: [80, 81], protocol: [TCP, sctp], expect: deny");
  ASSERT_EQ(parsed.probes.rows.size(), 1U);
  const ProbeRow& row = parsed.probes.rows[0];
  ASSERT_EQ(row.count(), 24U);
  EXPECT_EQ(row.probe(0).to_string(), "a/x -> b/x TCP 80");
  EXPECT_EQ(row.probe(1).to_string(), "a/x -> b/x TCP 81");
  EXPECT_EQ(row.probe(2).to_string(), "a/x -> b/x SCTP 80");
  EXPECT_EQ(row.probe(4).to_string(), "a/x -> b/y TCP 80");
  EXPECT_EQ(row.probe(12).to_string(), "a/y -> b/x TCP 80");
  EXPECT_EQ(row.probe(23).to_string(), "a/y -> b/z SCTP 81");
  EXPECT_FALSE(row.probe(23).expect_allowed);
}

TEST(ReadProbes, IcmpTypesAndPortlessProtocols) {
  const Parsed icmp = read_row("from: a, to: b, protocol: ICMP, icmp: {type: 13}, expect: deny");
  ASSERT_EQ(icmp.probes.rows.size(), 1U);
  EXPECT_EQ(icmp.probes.rows[0].probe(0).to_string(), "a -> b ICMP type 13");
  const Parsed gre = read_row("from: a, to: b, protocol: [GRE, VRRP, 99], expect: deny");
  ASSERT_EQ(gre.probes.rows.size(), 1U);
  EXPECT_EQ(gre.probes.rows[0].protocols, (std::vector<std::uint8_t>{47, 112, 99}));
  EXPECT_EQ(gre.probes.rows[0].probe(2).to_string(), "a -> b protocol 99");
}

TEST(ReadProbes, CommentKeysAreAllowedEverywhere) {
  const Parsed parsed = read(
      "source: upstream\nderived: true\nnote: n\noracle: skip\ndiffers: d\nprobes:\n"
      "  - {from: a, to: b, port: 1, expect: deny, derived: true, note: x}\n");
  EXPECT_TRUE(parsed.sink.all().empty());
  EXPECT_TRUE(parsed.probes.needs.empty());
}

TEST(ReadProbes, UnbuiltFeaturesAreNeeds) {
  const Parsed parsed = read(
      "config: {hostFirewall: false}\nat: node-1\nunsupported: authentication\nprobes:\n"
      "  - {from: a, to: b, port: 80, http: {method: GET}, expect: allow}\n"
      "  - {from: a, to: b, port: 80, http: {method: PUT}, expect: allow}\n"
      "  - {from: a, to: b, port: 80, fqdn: [x.example, y.example], expect: allow}\n");
  EXPECT_TRUE(parsed.sink.all().empty());
  EXPECT_EQ(parsed.probes.rows.size(), 3U);
  EXPECT_EQ(parsed.probes.unsupported, "authentication");
  EXPECT_EQ(parsed.probes.needs,
            (std::vector<std::string>{"`fqdn` probes", "`http` probes", "the option `hostFirewall`",
                                      "the view of one node (`at`)"}));
}

TEST(ReadProbes, UnknownKeysAreErrors) {
  EXPECT_EQ(read_row("from: a, to: b, port: 1, expects: deny, expect: deny").codes(),
            Codes{"NP1502"});
  EXPECT_EQ(read("probes: []\nprobe: []\n").codes(), Codes{"NP1502"});
  EXPECT_EQ(
      read_row("from: a, to: b, protocol: ICMP, icmp: {type: 8, code: 0}, expect: deny").codes(),
      Codes{"NP1502"});
}

TEST(ReadProbes, MissingKeysAreErrors) {
  EXPECT_EQ(read_row("to: b, port: 1, expect: deny").codes(), Codes{"NP1504"});
  EXPECT_EQ(read_row("from: a, to: b, port: 1").codes(), Codes{"NP1504"});
  EXPECT_EQ(read_row("from: a, to: b, expect: deny").codes(), Codes{"NP1504"});
  EXPECT_EQ(read("source: x\n").codes(), Codes{"NP1504"});
}

TEST(ReadProbes, BadValuesAreErrors) {
  for (const char* row : {
           "from: a, to: b, port: 0, expect: deny",
           "from: a, to: b, port: 65536, expect: deny",
           "from: a, to: b, port: http, expect: deny",
           "from: a, to: b, port: [], expect: deny",
           "from: [], to: b, port: 1, expect: deny",
           "from: 7, to: b, port: 1, expect: deny",
           "from: a, to: b, port: 1, protocol: TPC, expect: deny",
           "from: a, to: b, port: 1, protocol: ICMP, expect: deny",
           "from: a, to: b, port: 1, icmp: {type: 8}, expect: deny",
           "from: a, to: b, protocol: ICMP, icmp: {type: 256}, expect: deny",
           "from: a, to: b, port: 1, expect: yes",
       }) {
    EXPECT_EQ(read_row(row).codes(), Codes{"NP1503"}) << row;
  }
}

TEST(ReadProbes, FaultyRowsAreLeftOutAndOthersKept) {
  const Parsed parsed = read(
      "probes:\n  - {from: a, to: b, port: 0, expect: deny}\n"
      "  - {from: a, to: b, port: 1, expect: deny}\n");
  EXPECT_EQ(parsed.probes.rows.size(), 1U);
  ASSERT_EQ(parsed.sink.all().size(), 1U);
  EXPECT_EQ(parsed.sources.position(parsed.sink.all()[0].span).line, 2U);
}

TEST(ReadExpect, ReadsPathAndError) {
  const Parsed parsed = read("error: 'Required value'\npath: spec.subject\nstage: crd\n", true);
  EXPECT_TRUE(parsed.sink.all().empty());
  EXPECT_EQ(parsed.expect.rejection.path, "spec.subject");
  EXPECT_EQ(parsed.expect.rejection.error, "Required value");
  EXPECT_EQ(read("error: x\n", true).codes(), Codes{"NP1504"});
  EXPECT_EQ(read("path: x\npaths: y\n", true).codes(), Codes{"NP1502"});
}

}  // namespace
}  // namespace netpolc::cases
