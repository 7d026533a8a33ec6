// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/compile.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "compiler/optimize/passes.h"

namespace netpolc::driver {
namespace {

constexpr const char* kShop = R"(apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: Node
metadata: {name: n1}
status: {addresses: [{type: InternalIP, address: 172.18.0.1}]}
---
apiVersion: v1
kind: Pod
metadata: {name: api, namespace: shop, labels: {app: api}}
spec: {nodeName: n2}
status: {phase: Running, podIPs: [{ip: 10.0.0.1}]}
---
apiVersion: v1
kind: Pod
metadata: {name: db, namespace: shop, labels: {app: db}}
spec: {nodeName: n1}
status: {phase: Running, podIPs: [{ip: 10.0.0.2}]}
)";

constexpr const char* kGuardDb = R"(apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db, namespace: shop}
spec:
  podSelector: {matchLabels: {app: db}}
  ingress:
    - {from: [{podSelector: {matchLabels: {app: api}}}], ports: [{port: 5432}, {port: 5432}]}
)";

CompileInput shop() { return {{{"db.yaml", kGuardDb}}, {{"shop.yaml", kShop}}}; }

// "NP1601 the message" for each diagnostic.
std::vector<std::string> found(const Compilation& compilation) {
  std::vector<std::string> out;
  for (const Diagnostic& item : compilation.sink.all()) {
    out.push_back(std::string(item.code) + " " + item.message);
  }
  return out;
}

using Strings = std::vector<std::string>;

CompileOptions dumping(const char* stage) {
  CompileOptions options;
  options.dump_stage = stage;
  return options;
}

CompileOptions at(PlacementKind kind, const std::string& endpoint, const std::string& node) {
  CompileOptions options;
  options.placement = {kind, endpoint, node};
  return options;
}

TEST(Compile, GoesTheWholeWay) {
  const Compilation compilation = compile(shop(), {});
  EXPECT_TRUE(compilation.is_ok());
  EXPECT_EQ(found(compilation), Strings{});
  EXPECT_EQ(compilation.model.policies.size(), 1U);
  EXPECT_EQ(compilation.table.chains.back().name, "input");
  EXPECT_TRUE(std::ranges::any_of(compilation.table.chains, [](const ruleset::Chain& chain) {
    return chain.name == "in_tcp_5432";
  }));
  EXPECT_EQ(compilation.dump, "");
}

TEST(Compile, StopsAtErrorsInTheInput) {
  CompileInput input = shop();
  input.policies.push_back({"bad.yaml", "kind: NetworkPolicy\napiVersion: networking.k8s.io/v1\n"});
  const Compilation compilation = compile(input, {});
  EXPECT_FALSE(compilation.is_ok());
  EXPECT_TRUE(compilation.table.chains.empty());
}

TEST(Check, EndsWithTheModel) {
  const Compilation compilation = check(shop(), dumping("model"));
  EXPECT_TRUE(compilation.is_ok());
  EXPECT_TRUE(compilation.dump.starts_with("namespace shop\n")) << compilation.dump;
  EXPECT_TRUE(compilation.table.chains.empty());
}

TEST(Input, AFileThatIsNamedTwiceIsReadOnce) {
  CompileInput input = shop();
  const Compilation once = compile(input, {});
  for (const SourceText& text : CompileInput(input).inventory) input.policies.push_back(text);
  input.policies.push_back(input.policies.front());
  const Compilation twice = compile(input, {});
  EXPECT_EQ(found(twice), Strings{});
  EXPECT_EQ(ruleset::content_digest(twice.table), ruleset::content_digest(once.table));
}

TEST(EmptyInput, IsToldOf) {
  const CompileInput empty{{{"p.yaml", "# nothing\n"}}, {{"i.yaml", "---\n---\n"}}};
  const Compilation told = compile(empty, {});
  EXPECT_TRUE(told.is_ok());
  EXPECT_EQ(found(told), (Strings{"NP1011 there are no policies in the input",
                                  "NP1011 there are no inventory objects in the input"}));
  ASSERT_EQ(told.sink.all().size(), 2U);
  EXPECT_EQ(told.sources.name(told.sink.all()[0].span.source), "p.yaml");
  EXPECT_EQ(told.sources.name(told.sink.all()[1].span.source), "i.yaml");
  EXPECT_EQ(told.sink.all()[0].notes.size(), 1U);
}

TEST(EmptyInput, OneManifestAmongTheFilesIsEnough) {
  CompileInput input = shop();
  input.policies.push_back({"empty.yaml", ""});
  input.inventory.push_back({"empty.yaml", ""});
  EXPECT_EQ(found(compile(input, {})), Strings{});
}

TEST(EmptyInput, NoFilesAtAllAreNotAnEmptyInput) {
  EXPECT_EQ(found(compile({}, {})), Strings{});
  CompileInput input = shop();
  input.policies.clear();
  EXPECT_EQ(found(compile(input, {})), Strings{});
}

TEST(EmptyInput, ASyntaxErrorIsToldAlone) {
  const Compilation refused = compile({{{"p.yaml", "a: [\n"}}, {}}, {});
  ASSERT_EQ(refused.sink.all().size(), 1U);
  EXPECT_EQ(refused.sink.all()[0].code, "NP1001");
}

TEST(Placement, AnEndpointMustBeInTheInventory) {
  EXPECT_TRUE(compile(shop(), at(PlacementKind::kEndpoint, "shop/db", "")).is_ok());
  const Compilation refused = compile(shop(), at(PlacementKind::kEndpoint, "shop/web", ""));
  EXPECT_EQ(found(refused), Strings{"NP1601 no endpoint of the inventory is called `shop/web`"});
  EXPECT_EQ(refused.sink.all()[0].notes.size(), 1U);
  EXPECT_FALSE(refused.is_ok());
  EXPECT_EQ(found(check(shop(), at(PlacementKind::kEndpoint, "", ""))),
            Strings{"NP1601 no endpoint of the inventory is called ``"});
}

TEST(Placement, ANodeIsOneWithAnObjectOrWithEndpoints) {
  for (const char* name : {"", "n1", "n2"}) {
    EXPECT_TRUE(compile(shop(), at(PlacementKind::kRouter, "", name)).is_ok()) << name;
  }
  EXPECT_EQ(found(compile(shop(), at(PlacementKind::kRouter, "", "n3"))),
            Strings{"NP1601 no node of the inventory is called `n3`"});
}

TEST(DumpStages, EachShowsItsIr) {
  const struct {
    const char* stage;
    const char* first_line;
  } cases[] = {{"model", "namespace shop\n"},
               {"policy", "class 0\n"},
               {"optimized", "class 0\n"},
               {"dataplane", "map peer4: ipv4_addr size 64\n"}};
  for (const auto& item : cases) {
    const Compilation compilation = compile(shop(), dumping(item.stage));
    EXPECT_TRUE(compilation.dump.starts_with(item.first_line)) << compilation.dump;
    EXPECT_FALSE(compilation.table.chains.empty()) << "the rest is done as well";
  }
}

TEST(DumpStages, WithoutPassesTheProgramStaysAsItWasResolved) {
  CompileOptions options = dumping("optimized");
  for (const optimize::Pass& pass : optimize::pass_list()) {
    options.disabled_passes.emplace_back(pass.name);
  }
  const std::string resolved = compile(shop(), dumping("policy")).dump;
  EXPECT_EQ(compile(shop(), options).dump, resolved);
  EXPECT_NE(compile(shop(), dumping("optimized")).dump, resolved);
}

TEST(Options, ReachTheStagesThatTheyAreFor) {
  CompileOptions options;
  options.police_local_node = true;
  EXPECT_FALSE(compile(shop(), {}).model.polices_local_node);
  EXPECT_TRUE(compile(shop(), options).model.polices_local_node);
  CompileInput input = shop();
  input.policies[0].bytes = R"(apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db, namespace: shop}
spec: {podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.1/8}}]}]}
)";
  EXPECT_TRUE(compile(input, {}).is_ok());
  options.strict_api_1_36 = true;
  EXPECT_FALSE(compile(input, options).is_ok());
}

}  // namespace
}  // namespace netpolc::driver
