// SPDX-License-Identifier: Apache-2.0
// The inventory's objects, one by one and against each other.
#include "compiler/model/print.h"
#include "tests/unit/compiler/api/loaded.h"

namespace netpolc::api {
namespace {

std::string joined(const Strings& objects) {
  std::string out;
  for (const std::string& object : objects) out += "---\n" + object + "\n";
  return out;
}

const std::string kNamespace = "{apiVersion: v1, kind: Namespace, metadata: {name: shop}}";

// A pod of namespace shop; `rest` is flow text behind the metadata.
std::string pod(const std::string& name, const std::string& rest) {
  return "{apiVersion: v1, kind: Pod, metadata: {name: " + name +
         ", namespace: shop, labels: {app: " + name + "}}, " + rest + "}";
}

TEST(Inventory, NamespacesAlwaysHaveTheirNameAsLabel) {
  const Loaded loaded("",
                      "{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {a: b, "
                      "kubernetes.io/metadata.name: wrong}}}");
  EXPECT_EQ(model::print(loaded.model),
            "namespace shop\n  label a=b\n  label kubernetes.io/metadata.name=shop\n");
}

TEST(Inventory, PodsWithAnAddressAreEndpoints) {
  const Loaded loaded(
      "", joined({kNamespace,
                  pod("b",
                      "spec: {nodeName: n1, dnsPolicy: x, containers: [{name: c, ports: [{name: "
                      "http, containerPort: 80}, {containerPort: 81}, {name: dns, containerPort: "
                      "53, protocol: UDP}]}], initContainers: [{name: i, ports: [{name: init, "
                      "containerPort: 1}]}, {name: s, restartPolicy: Always, ports: [{name: side, "
                      "containerPort: 2}]}]}, status: {phase: Running, podIP: 10.0.0.2, podIPs: "
                      "[{ip: 10.0.0.2}, {ip: 'fd00::2'}]}"),
                  pod("a", "status: {phase: Pending, podIP: 10.0.0.1}"),
                  pod("finished", "status: {phase: Succeeded, podIP: 10.0.0.1}"),
                  pod("failed", "status: {phase: Failed, podIP: 10.0.0.1}"),
                  pod("pending", "status: {phase: Pending}"), pod("bare", "spec: {}"),
                  pod("host", "spec: {hostNetwork: true}, status: {podIP: 10.0.0.1}")}));
  EXPECT_EQ(loaded.found(), Strings{}) << loaded.text();
  EXPECT_EQ(model::print(loaded.model),
            "namespace shop\n"
            "  label kubernetes.io/metadata.name=shop\n"
            "endpoint shop/a\n"
            "  label app=a\n"
            "  address 10.0.0.1\n"
            "endpoint shop/b\n"
            "  label app=b\n"
            "  address 10.0.0.2\n"
            "  address fd00::2\n"
            "  port dns UDP 53\n"
            "  port http TCP 80\n"
            "  port side TCP 2\n"
            "  node n1\n"
            "host-network-pod shop/host\n");
  EXPECT_EQ(loaded.model.inventory.pods_on_host_network.size(), 7U);
}

TEST(Inventory, TerminatingPodsStay) {
  const Loaded loaded("",
                      "{apiVersion: v1, kind: Pod, metadata: {name: a, deletionTimestamp: "
                      "'2026-01-01T00:00:00Z'}, status: {phase: Running, podIP: 10.0.0.1}}");
  EXPECT_EQ(loaded.model.inventory.endpoints.size(), 1U);
}

struct FaultCase {
  Strings objects;
  Strings found;
};

TEST(Inventory, FaultsAreReported) {
  const std::string node =
      "{apiVersion: v1, kind: Node, metadata: {name: n1}, status: {addresses: [{type: "
      "InternalIP, address: 10.0.0.9}, {type: Hostname, address: n1}]}}";
  const FaultCase cases[] = {
      {{kNamespace, pod("a", "status: {phase: Running}")}, {"NP1304 status.podIPs"}},
      {{kNamespace, pod("a", "spec: {hostNetwork: true}, status: {phase: Running}")}, {}},
      {{pod("a", "status: {podIP: 10.0.0.1}"), pod("b", "status: {podIP: 10.0.0.2}")},
       {"NP1305 metadata.namespace"}},
      {{kNamespace, pod("a", "status: {podIP: 10.0.0.1}"), pod("b", "status: {podIP: 10.0.0.1}")},
       {"NP1302 status.podIP"}},
      {{kNamespace, pod("a", "status: {podIPs: [{ip: 10.0.0.1}, {ip: '::ffff:10.0.0.1'}]}")}, {}},
      {{kNamespace, node, pod("a", "status: {podIP: 10.0.0.9}")}, {"NP1303 status.podIP"}},
      {{kNamespace, node, pod("a", "spec: {hostNetwork: true}, status: {podIP: 10.0.0.9}")}, {}},
      {{kNamespace, pod("a", "status: {podIP: 10.0.0.1/32}")}, {"NP1301 status.podIP"}},
      {{kNamespace, pod("a", "status: {podIPs: [{ip: x}]}")}, {"NP1301 status.podIPs[0].ip"}},
      {{kNamespace, pod("a", "spec: {hostNetwork: 'true'}")}, {"NP1102 spec.hostNetwork"}},
      {{kNamespace, pod("a", "spec: {containers: {}}")}, {"NP1102 spec.containers"}},
      {{kNamespace, pod("a", "spec: {containers: [{ports: [{containerPort: 0}]}]}")},
       {"NP1208 spec.containers[0].ports[0].containerPort"}},
      {{kNamespace, pod("a", "spec: {containers: [{ports: [{name: a--b, containerPort: 1}]}]}")},
       {"NP1209 spec.containers[0].ports[0].name"}},
      {{kNamespace,
        pod("a", "spec: {containers: [{ports: [{name: h, containerPort: 1, protocol: tcp}]}]}")},
       {"NP1211 spec.containers[0].ports[0].protocol"}},
      {{kNamespace, pod("a",
                        "spec: {containers: [{ports: [{name: h, containerPort: 1}]}, {ports: "
                        "[{name: h, containerPort: 2}]}]}")},
       {"NP1306 spec.containers[1].ports[0].name"}},
      {{kNamespace, pod("a",
                        "spec: {containers: [{ports: [{name: h, containerPort: 1}, {name: h, "
                        "containerPort: 1, protocol: UDP}]}]}")},
       {}},
      {{kNamespace, kNamespace}, {"NP1109 metadata.name"}},
      {{"{apiVersion: v1, kind: Namespace, metadata: {name: a.b}}"}, {"NP1106 metadata.name"}},
      {{"{apiVersion: v1, kind: Node, metadata: {name: n1}, status: {addresses: [{type: "
        "ExternalIP, "
        "address: x}]}}"},
       {"NP1301 status.addresses[0].address"}},
      {{"{apiVersion: v1, kind: Service, metadata: {name: s}, spec: {ports: [{}]}}"},
       {"NP1103 spec.ports[0].port"}},
  };
  for (const FaultCase& item : cases) {
    const Loaded loaded("", joined(item.objects));
    EXPECT_EQ(loaded.found(), item.found) << joined(item.objects) << "\n" << loaded.text();
  }
}

TEST(Inventory, ServicesHaveTheBackendsOfTheirSelector) {
  const std::string port = "spec: {containers: [{ports: [{name: http, containerPort: ";
  const Loaded loaded(
      "", joined({kNamespace,
                  "{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop}, spec: "
                  "{clusterIP: 10.96.0.1, clusterIPs: [10.96.0.1, 'fd96::1'], selector: {app: a}, "
                  "ports: [{port: 80, targetPort: http}, {port: 81}, {port: 82, targetPort: 8082, "
                  "protocol: UDP}]}}",
                  "{apiVersion: v1, kind: Service, metadata: {name: headless, namespace: shop}, "
                  "spec: {clusterIP: None, selector: {app: a}, ports: [{port: 80}]}}",
                  "{apiVersion: v1, kind: Service, metadata: {name: ext, namespace: shop}, spec: "
                  "{type: ExternalName, externalName: example.com}}",
                  pod("a", port + "8080}]}]}, status: {podIP: 10.0.0.1}"),
                  pod("b", port + "8080}]}]}, status: {podIP: 10.0.0.2}")}));
  EXPECT_EQ(loaded.found(), Strings{}) << loaded.text();
  const std::string text = model::print(loaded.model);
  EXPECT_EQ(text.substr(text.find("service")),
            "service shop/headless\n"
            "  port TCP 80\n"
            "    backend 10.0.0.1:80\n"
            "service shop/web\n"
            "  cluster-ip 10.96.0.1\n"
            "  cluster-ip fd96::1\n"
            "  port TCP 80\n"
            "    backend 10.0.0.1:8080\n"
            "  port TCP 81\n"
            "    backend 10.0.0.1:81\n"
            "  port UDP 82\n"
            "    backend 10.0.0.1:8082\n");
}

TEST(Inventory, EndpointSlicesGoBeforeTheSelector) {
  const Loaded loaded(
      "",
      joined({kNamespace, pod("a", "status: {podIP: 10.0.0.1}"),
              "{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop}, spec: "
              "{clusterIP: 10.96.0.1, selector: {app: a}, ports: [{name: http, port: 80}]}}",
              "{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, addressType: IPv4, metadata: "
              "{name: web-1, namespace: shop, labels: {kubernetes.io/service-name: web}}, ports: "
              "[{name: http, port: 8080}, {name: other, port: 1}], endpoints: [{addresses: "
              "[10.0.0.5], conditions: {ready: true}}, {addresses: [10.0.0.6], conditions: {ready: "
              "false}}, {addresses: [10.0.0.7]}]}"}));
  EXPECT_EQ(loaded.found(), Strings{}) << loaded.text();
  const std::string text = model::print(loaded.model);
  EXPECT_EQ(text.substr(text.find("service")),
            "service shop/web\n"
            "  cluster-ip 10.96.0.1\n"
            "  port TCP 80\n"
            "    backend 10.0.0.5:8080\n"
            "    backend 10.0.0.7:8080\n");
}

TEST(Workload, IsReadStrictly) {
  const auto workload = [](const std::string& spec) {
    return "{apiVersion: netpolc.io/v1alpha1, kind: Workload, metadata: {name: w, labels: {app: "
           "web}}, spec: " +
           spec + "}";
  };
  const std::pair<const char*, Strings> cases[] = {
      {"{addresses: [10.0.0.5, 'fd00::5'], ports: [{name: http, port: 8080, protocol: TCP}], "
       "netns: web1, node: host-a}",
       {}},
      {"{}", {"NP1103 spec.addresses"}},
      {"null", {"NP1103 spec"}},
      {"{addresses: []}", {"NP1103 spec.addresses"}},
      {"{addresses: 10.0.0.5}", {"NP1102 spec.addresses"}},
      {"{addresses: [10.0.0.5/24]}", {"NP1301 spec.addresses[0]"}},
      {"{adresses: [10.0.0.5]}", {"NP1101 spec.adresses", "NP1103 spec.addresses"}},
      {"{addresses: [10.0.0.5], ports: [{}]}",
       {"NP1103 spec.ports[0].name", "NP1103 spec.ports[0].port"}},
      {"{addresses: [10.0.0.5], ports: [null]}", {"NP1102 spec.ports[0]"}},
      {"{addresses: [10.0.0.5], ports: [{name: a, port: 70000}]}", {"NP1208 spec.ports[0].port"}},
      {"{addresses: [10.0.0.5], netns: ../x}", {"NP1106 spec.netns"}},
      {"{addresses: [10.0.0.5], node: A_b}", {"NP1106 spec.node"}},
  };
  for (const auto& [spec, found] : cases) {
    const Loaded loaded("", workload(spec));
    EXPECT_EQ(loaded.found(), found) << spec << "\n" << loaded.text();
  }
  const Loaded loaded("", workload(cases[0].first));
  const std::string text = model::print(loaded.model);
  EXPECT_EQ(text,
            "namespace default (not declared)\n"
            "  label kubernetes.io/metadata.name=default\n"
            "endpoint default/w\n"
            "  label app=web\n"
            "  address 10.0.0.5\n"
            "  address fd00::5\n"
            "  port http TCP 8080\n"
            "  node host-a\n"
            "  netns web1\n");
}

}  // namespace
}  // namespace netpolc::api
