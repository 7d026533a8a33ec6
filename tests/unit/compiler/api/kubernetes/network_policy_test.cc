// SPDX-License-Identifier: Apache-2.0
#include "compiler/api/kubernetes/network_policy.h"

#include "tests/unit/compiler/api/loaded.h"

namespace netpolc::api {
namespace {

// A policy with that spec, written in flow style.
std::string policy_with(const std::string& spec) {
  return "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n"
         "metadata: {name: p, namespace: shop}\nspec: " +
         spec + "\n";
}

struct FaultCase {
  const char* spec;
  Strings found;
};

TEST(NetworkPolicy, FaultsAreReportedAtTheApisPath) {
  const FaultCase cases[] = {
      {"{}", {}},
      {"null", {}},
      {"[]", {"NP1102 spec"}},
      {"{ingress: {}}", {"NP1102 spec.ingress"}},
      {"{ingress: [3]}", {"NP1102 spec.ingress[0]"}},
      {"{ingress: [null], egress: [{ports: [null]}]}", {}},
      {"{ingress: [{from: [null]}]}", {"NP1201 spec.ingress[0].from[0]"}},
      {"{ingress: [{from: [{}, {podSelector: null}]}]}",
       {"NP1201 spec.ingress[0].from[0]", "NP1201 spec.ingress[0].from[1]"}},
      {"{ingress: [{from: [{podSelector: {}, ipBlock: null}]}]}", {}},
      {"{egress: [{to: [{podSelector: {}, ipBlock: {cidr: 10.0.0.0/8}}]}]}",
       {"NP1202 spec.egress[0].to[0]"}},
      {"{egress: [{from: []}]}", {"NP1101 spec.egress[0].from"}},
      {"{ingress: [{from: [{ipBlock: {cidr: '', except: [x]}}]}]}",
       {"NP1103 spec.ingress[0].from[0].ipBlock.cidr"}},
      {"{ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.0.0.1]}}]}]}",
       {"NP1203 spec.ingress[0].from[0].ipBlock.except[0]"}},
      {"{ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: ['::/64']}}]}]}",
       {"NP1204 spec.ingress[0].from[0].ipBlock.except[0]"}},
      {"{ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: 10.1.0.0/16}}]}]}",
       {"NP1102 spec.ingress[0].from[0].ipBlock.except"}},
      {"{ingress: [{from: [{ipBlock: {cidr: 10.0.0.1/8, except: [10.1.0.1/16]}}]}]}",
       {"NP1205 spec.ingress[0].from[0].ipBlock.cidr",
        "NP1205 spec.ingress[0].from[0].ipBlock.except[0]"}},
      {"{ingress: [{ports: [{port: yes}]}]}", {"NP1102 spec.ingress[0].ports[0].port"}},
      {"{ingress: [{ports: [{port: 80.5}]}]}", {"NP1102 spec.ingress[0].ports[0].port"}},
      {"{ingress: [{ports: [{port: ''}]}]}", {"NP1209 spec.ingress[0].ports[0].port"}},
      {"{ingress: [{ports: [{port: '80'}]}]}", {"NP1209 spec.ingress[0].ports[0].port"}},
      {"{ingress: [{ports: [{port: 80, endPort: '90'}]}]}",
       {"NP1102 spec.ingress[0].ports[0].endPort"}},
      {"{ingress: [{ports: [{port: http, endPort: 90}]}]}",
       {"NP1210 spec.ingress[0].ports[0].endPort"}},
      {"{ingress: [{ports: [{port: 80, endPort: 65536}]}]}",
       {"NP1210 spec.ingress[0].ports[0].endPort"}},
      {"{ingress: [{ports: [{port: 0, endPort: 8}]}]}", {"NP1208 spec.ingress[0].ports[0].port"}},
      {"{ingress: [{ports: [{protocol: tcp}, {protocol: ''}]}]}",
       {"NP1211 spec.ingress[0].ports[0].protocol", "NP1211 spec.ingress[0].ports[1].protocol"}},
      {"{policyTypes: [Ingress, null]}", {"NP1212 spec.policyTypes[1]"}},
      {"{policyTypes: Ingress}", {"NP1102 spec.policyTypes"}},
      {"{policyTypes: [a, b, c]}", {"NP1213 spec.policyTypes"}},
      {"{policyTypes: [Ingress, Ingress]}", {}},
      {"{policyTypes: [Ingress], egress: [{}]}", {"NP1216 spec.egress"}},
      {"{policyTypes: [Egress], ingress: [{}]}", {"NP1216 spec.ingress"}},
      {"{podSelector: {matchLabels: {a: yes}}}", {"NP1102 spec.podSelector.matchLabels.a"}},
      {"{podSelector: {matchLabels: {a: null}}}", {}},
      {"{podSelector: {matchExpressions: [null]}}",
       {"NP1103 spec.podSelector.matchExpressions[0].key",
        "NP1103 spec.podSelector.matchExpressions[0].operator"}},
      {"{podSelector: {matchExpressions: [{key: a, operator: In, values: [y]}]}}",
       {"NP1102 spec.podSelector.matchExpressions[0].values[0]"}},
      {"{podSelector: {matchExpressions: [{key: a, operator: In, values: ['a b']}]}}",
       {"NP1108 spec.podSelector.matchExpressions[0].values[0]"}},
      {"{podSelector: {matchExpressions: [{key: a, operator: in, values: [b]}]}}",
       {"NP1214 spec.podSelector.matchExpressions[0].operator"}},
      {"{podSelector: {matchExpressions: [{key: a, operator: In}]}}",
       {"NP1215 spec.podSelector.matchExpressions[0].values"}},
      {"{podSelector: {matchExpressions: [{key: a, operator: DoesNotExist, values: []}]}}", {}},
      {"{podSelector: {matchlabels: {}}}", {"NP1101 spec.podSelector.matchlabels"}},
      {"{podSelector: {matchLabels: {'a b': 'c d'}}}",
       {"NP1107 spec.podSelector.matchLabels", "NP1108 spec.podSelector.matchLabels"}},
  };
  for (const FaultCase& item : cases) {
    const Loaded loaded(policy_with(item.spec));
    EXPECT_EQ(loaded.found(), item.found) << item.spec << "\n" << loaded.text();
    for (const Diagnostic& diagnostic : loaded.sink.all()) {
      EXPECT_EQ(diagnostic.object, "NetworkPolicy shop/p");
      EXPECT_TRUE(diagnostic.span.is_known());
    }
  }
}

struct IsolationCase {
  const char* spec;
  bool ingress;
  bool egress;
};

TEST(NetworkPolicy, PolicyTypesAreDefaulted) {
  constexpr IsolationCase kCases[] = {
      {"null", true, false},
      {"{}", true, false},
      {"{policyTypes: []}", true, false},
      {"{policyTypes: null, egress: []}", true, false},
      {"{egress: [{}]}", true, true},
      {"{policyTypes: [], egress: [{}]}", true, true},
      {"{policyTypes: [Egress]}", false, true},
      {"{policyTypes: [Egress, Ingress]}", true, true},
      {"{policyTypes: [Ingress], egress: [{}]}", true, false},
  };
  for (const IsolationCase& item : kCases) {
    const Loaded loaded(policy_with(item.spec));
    ASSERT_EQ(loaded.model.policies.size(), 1U) << item.spec;
    EXPECT_EQ(loaded.model.policies[0].ingress.isolates, item.ingress) << item.spec;
    EXPECT_EQ(loaded.model.policies[0].egress.isolates, item.egress) << item.spec;
  }
}

model::Rule only_rule(const std::string& rule) {
  const Loaded loaded(policy_with("{ingress: [" + rule + "]}"));
  EXPECT_FALSE(loaded.sink.has_errors()) << loaded.text();
  return loaded.model.policies.at(0).ingress.rules.at(0);
}

TEST(NetworkPolicy, EmptyAndMissingListsAllowEverything) {
  for (const char* rule : {"{}", "null", "{from: null, ports: null}", "{from: [], ports: []}"}) {
    const model::Rule read = only_rule(rule);
    EXPECT_TRUE(read.any_peer && read.any_port && read.peers.empty() && read.ports.empty()) << rule;
    EXPECT_EQ(read.path, "ingress[0]");
  }
  const model::Rule tcp = only_rule("{ports: [null]}");
  EXPECT_FALSE(tcp.any_port);
  ASSERT_EQ(tcp.ports.size(), 1U);
  EXPECT_EQ(tcp.ports[0], model::PortMatch{});
}

TEST(NetworkPolicy, PortsMayBeWrittenInEveryYamlForm) {
  for (const char* port : {"80", "80.0", "0x50", "0120", "8e1"}) {
    const model::Rule rule = only_rule(std::string("{ports: [{port: ") + port + "}]}");
    EXPECT_EQ(rule.ports.at(0).port,
              (std::variant<model::PortRange, std::string>(model::PortRange{80, 80})))
        << port;
  }
  const model::Rule range = only_rule("{ports: [{protocol: UDP, port: 80, endPort: 80}]}");
  EXPECT_EQ(range.ports.at(0).protocol, model::Protocol::kUdp);
  const model::Rule name = only_rule("{ports: [{protocol: SCTP, port: http}]}");
  EXPECT_EQ(std::get<std::string>(name.ports.at(0).port), "http");
}

TEST(NetworkPolicy, OddCidrsAreMaskedUnlessStrict) {
  const std::string policy = policy_with(
      "{ingress: [{from: [{ipBlock: {cidr: '::ffff:10.0.0.0/104', except: [010.1.0.0/16]}}]}]}");
  const Loaded lenient(policy);
  EXPECT_FALSE(lenient.sink.has_errors()) << lenient.text();
  const auto& peer =
      std::get<model::CidrPeer>(lenient.model.policies.at(0).ingress.rules.at(0).peers.at(0));
  EXPECT_EQ(peer.cidr.to_string(), "10.0.0.0/8");
  EXPECT_EQ(peer.except.at(0).to_string(), "10.1.0.0/16");
  const Loaded strict(policy, "", {.strict_api_1_36 = true});
  EXPECT_EQ(strict.sink.error_count(), 2U) << strict.text();
  EXPECT_EQ(strict.found(), lenient.found());
}

TEST(NetworkPolicy, MetadataIsChecked) {
  const auto with_metadata = [](const std::string& metadata) {
    return "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: " + metadata + "\n";
  };
  const std::pair<const char*, Strings> cases[] = {
      {"{name: a.b}", {}},
      {"{name: p, uid: x, generation: 1, creationTimestamp: null, managedFields: [{a: b}], "
       "annotations: {A.b/c: '{}'}, labels: {a: b}, finalizers: [x], ownerReferences: []}",
       {}},
      {"null", {"NP1103 metadata.name"}},
      {"{}", {"NP1103 metadata.name"}},
      {"{name: ''}", {"NP1103 metadata.name"}},
      {"{generateName: p-}", {"NP1103 metadata.name"}},
      {"{name: 12}", {"NP1102 metadata.name"}},
      {"{name: A}", {"NP1106 metadata.name"}},
      {"{name: p, namespace: a.b}", {"NP1106 metadata.namespace"}},
      {"{name: p, nmaespace: a}", {"NP1101 metadata.nmaespace"}},
      {"{name: p, labels: {'a b': c}}", {"NP1107 metadata.labels"}},
      {"{name: p, annotations: {'a b': c}}", {"NP1106 metadata.annotations"}},
      {"{name: p, annotations: {a: 1}}", {"NP1102 metadata.annotations.a"}},
      {"[]", {"NP1102 metadata"}},
  };
  for (const auto& [metadata, found] : cases) {
    const Loaded loaded(with_metadata(metadata));
    EXPECT_EQ(loaded.found(), found) << metadata << "\n" << loaded.text();
  }
  const Loaded loaded(with_metadata("{name: p}"));
  EXPECT_EQ(loaded.model.policies.at(0).full_name(), "default/p");
}

TEST(NetworkPolicy, StatusOfOlderClustersIsAccepted) {
  const Loaded loaded(policy_with("{}") + "status: {}\nstats: {}\n");
  EXPECT_EQ(loaded.found(), Strings{"NP1101 stats"});
}

}  // namespace
}  // namespace netpolc::api
