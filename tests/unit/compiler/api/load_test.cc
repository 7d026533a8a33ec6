// SPDX-License-Identifier: Apache-2.0
#include "compiler/api/load.h"

#include "tests/unit/compiler/api/loaded.h"

namespace netpolc::api {
namespace {

const std::string kPolicy =
    "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: p}}\n";

struct KindCase {
  const char* object;
  Strings found;
};

TEST(LoadModel, KnowsWhatToDoWithEachKind) {
  const KindCase cases[] = {
      {"{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: p}}", {}},
      {"{apiVersion: networking.k8s.io/v1beta1, kind: NetworkPolicy, metadata: {name: p}}",
       {"NP1110 apiVersion"}},
      {"{apiVersion: extensions/v1beta1, kind: NetworkPolicy, metadata: {name: p}}",
       {"NP1110 apiVersion"}},
      {"{apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy, metadata: {name: p}}",
       {"NP1110 kind"}},
      {"{apiVersion: policy.networking.k8s.io/v1alpha1, kind: AdminNetworkPolicy}",
       {"NP1110 kind"}},
      {"{apiVersion: policy.networking.k8s.io/v1alpha2, kind: ClusterNetworkPolicy}",
       {"NP1110 kind"}},
      {"{apiVersion: networking.k8s.io/v1, kind: NetworkPolcy}", {"NP1110 kind"}},
      {"{apiVersion: networking.k8s.io/v1, kind: Ingress}", {"NP1105"}},
      {"{apiVersion: apps/v1, kind: Deployment}", {"NP1105"}},
      {"{apiVersion: v2, kind: Pod}", {"NP1105"}},
      {"{apiVersion: netpolc.io/v2, kind: Workload}", {"NP1110 apiVersion"}},
      {"{apiVersion: netpolc.io/v1alpha1, kind: Host}", {"NP1110 kind"}},
      {"{kind: NetworkPolicy}", {"NP1104 apiVersion"}},
      {"{apiVersion: v1}", {"NP1104 kind"}},
      {"{apiVersion: 1, kind: Pod}", {"NP1104 apiVersion"}},
      {"[]", {"NP1104"}},
      {"text", {"NP1104"}},
      {"{apiVersion: v1, kind: List, items: [null]}", {"NP1104"}},
      {"{apiVersion: v1, kind: List, items: {}}", {"NP1102 items"}},
      {"{apiVersion: v1, kind: List, itmes: []}", {"NP1101 itmes"}},
      {"{apiVersion: v1, kind: List, metadata: {resourceVersion: ''}, items: null}", {}},
      {"{apiVersion: networking.k8s.io/v1, kind: NetworkPolicyList, items: [{metadata: {}}]}",
       {"NP1103 metadata.name"}},
      {"{apiVersion: v1, kind: List, items: [{metadata: {name: a}}]}", {"NP1104 apiVersion"}},
      {"{apiVersion: apps/v1, kind: DeploymentList, items: [{}, {}]}", {"NP1105"}},
      {"{apiVersion: x.io/v1, kind: AllowList}", {"NP1105"}},
  };
  for (const KindCase& item : cases) {
    const Loaded loaded(item.object);
    EXPECT_EQ(loaded.found(), item.found) << item.object << "\n" << loaded.text();
  }
}

TEST(LoadModel, OpensListsOfLists) {
  const Loaded loaded(
      "{apiVersion: v1, kind: List, items: [{apiVersion: networking.k8s.io/v1, kind: "
      "NetworkPolicyList, items: [{metadata: {name: b}}, {metadata: {name: a}}]}]}");
  EXPECT_EQ(loaded.found(), Strings{});
  ASSERT_EQ(loaded.model.policies.size(), 2U);
  EXPECT_EQ(loaded.model.policies[0].full_name(), "default/a");
}

TEST(LoadModel, NotesUnknownKindsOnce) {
  const Loaded loaded("{apiVersion: v1, kind: Secret}\n---\n{apiVersion: v1, kind: Secret}\n",
                      "{apiVersion: v1, kind: Secret}\n");
  ASSERT_EQ(loaded.found(), Strings{"NP1105"});
  EXPECT_EQ(loaded.sink.all()[0].notes, Strings{"3 such objects, the first of them here"});
}

TEST(LoadModel, IgnoresPoliciesOfTheInventoryWithANote) {
  const Loaded loaded("", kPolicy);
  EXPECT_EQ(loaded.found(), Strings{"NP1111"});
  EXPECT_TRUE(loaded.model.policies.empty());
  EXPECT_FALSE(loaded.sink.has_errors());
}

TEST(LoadModel, ReportsDuplicatesOfAKindAndName) {
  const std::string pod = "{apiVersion: v1, kind: Pod, metadata: {name: p}}\n";
  const std::string service = "{apiVersion: v1, kind: Service, metadata: {name: p}}\n";
  const std::string workload =
      "{apiVersion: netpolc.io/v1alpha1, kind: Workload, metadata: {name: p}, "
      "spec: {addresses: [10.0.0.1]}}\n";
  EXPECT_EQ(Loaded(kPolicy + "---\n" + pod + "---\n" + service).found(), Strings{});
  for (const std::string& object : {kPolicy, pod, service, workload}) {
    const Loaded loaded(object + "---\n" + object);
    ASSERT_EQ(loaded.found(), Strings{"NP1109 metadata.name"}) << object;
    EXPECT_EQ(loaded.sink.all()[0].related.size(), 1U);
  }
  EXPECT_EQ(Loaded(pod, workload).found(), Strings{"NP1109 metadata.name"});
}

TEST(LoadModel, WarnsOfPoliciesInUnknownNamespaces) {
  const std::string other = "{apiVersion: v1, kind: Namespace, metadata: {name: other}}\n";
  EXPECT_EQ(Loaded(kPolicy).found(), Strings{});
  EXPECT_EQ(Loaded(kPolicy, other).found(), Strings{"NP1401 metadata.namespace"});
  const std::string host_pod =
      "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {hostNetwork: true}}\n";
  EXPECT_EQ(Loaded(kPolicy, other + "---\n" + host_pod).found(), Strings{});
}

}  // namespace
}  // namespace netpolc::api
