// SPDX-License-Identifier: Apache-2.0
// What the compiled text depends on: not on the order of sources, and a line only on what it is
// about.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <sstream>

#include "backends/nft_text/emit.h"
#include "compiler/diag/render.h"
#include "compiler/driver/compile.h"

namespace netpolc::driver {
namespace {

using Lines = std::vector<std::string>;

std::string pod(const char* space, const char* app, const char* address) {
  return fmt::format(
      "apiVersion: v1\nkind: Pod\nmetadata: {{name: {1}, namespace: {0}, labels: {{app: {1}}}}}\n"
      "spec: {{nodeName: n1}}\nstatus: {{phase: Running, podIPs: [{{ip: {2}}}]}}\n",
      space, app, address);
}

std::string guard(const char* space, const char* app, const char* peer, int port) {
  return fmt::format(
      "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n"
      "metadata: {{name: guard-{1}, namespace: {0}}}\n"
      "spec:\n  podSelector: {{matchLabels: {{app: {1}}}}}\n"
      "  ingress: [{{from: [{{podSelector: {{matchLabels: {{app: {2}}}}}}}], "
      "ports: [{{port: {3}}}]}}]\n",
      space, app, peer, port);
}

// Two namespaces alike; the shop's db is guarded.
CompileInput shops() {
  CompileInput input;
  for (const char* space : {"bank", "shop"}) {
    input.inventory.push_back(
        {std::string(space) + ".yaml",
         fmt::format("apiVersion: v1\nkind: Namespace\nmetadata: {{name: {}}}\n", space)});
  }
  input.inventory.push_back({"1.yaml", pod("bank", "api", "10.0.1.1")});
  input.inventory.push_back({"2.yaml", pod("bank", "db", "10.0.1.2")});
  input.inventory.push_back({"3.yaml", pod("bank", "web", "10.0.1.3")});
  input.inventory.push_back({"4.yaml", pod("shop", "api", "10.0.0.1")});
  input.inventory.push_back({"5.yaml", pod("shop", "db", "10.0.0.2")});
  input.policies.push_back({"shop-db.yaml", guard("shop", "db", "api", 5432)});
  return input;
}

std::string compiled(const CompileInput& input) {
  const Compilation compilation = compile(input, {});
  EXPECT_TRUE(compilation.is_ok())
      << diag::render_text(compilation.sink.all(), compilation.sources, false);
  return nft_text::emit(compilation.table);
}

std::multiset<std::string> lines(const std::string& text) {
  std::istringstream in(text);
  std::multiset<std::string> out;
  for (std::string line; std::getline(in, line);) {
    if (line.find(" content ") == std::string::npos) out.insert(line);  // the stamp is of the whole
  }
  return out;
}

Lines without(const std::multiset<std::string>& some, const std::multiset<std::string>& others) {
  Lines out;
  std::ranges::set_difference(some, others, std::back_inserter(out));
  return out;
}

TEST(Stability, TheOrderOfSourcesDoesNotMatter) {
  CompileInput input = shops();
  input.policies.push_back({"bank.yaml", guard("bank", "db", "api", 5433)});
  const std::string expected = compiled(input);
  std::ranges::reverse(input.policies);
  std::ranges::reverse(input.inventory);
  EXPECT_EQ(compiled(input), expected);
}

TEST(Stability, DiagnosticsComeInOrderOfSourceNames) {
  const SourceText first{"a.yaml", "a: [\n"};
  const SourceText second{"b.yaml", "b: [\n"};
  for (const auto& policies : {std::vector{first, second}, std::vector{second, first}}) {
    const Compilation refused = check({policies, {}}, {});
    ASSERT_EQ(refused.sink.all().size(), 2U);
    EXPECT_EQ(refused.sources.name(refused.sink.all()[0].span.source), "a.yaml");
    EXPECT_EQ(refused.sources.name(refused.sink.all()[1].span.source), "b.yaml");
  }
}

TEST(Stability, AnUnrelatedPolicyLeavesTheOthersLinesAlone) {
  CompileInput input = shops();
  const auto before = lines(compiled(input));
  // A policy of its own profile, peers and subject: nothing of the shop's may move.
  input.policies.push_back({"bank-db.yaml", guard("bank", "db", "web", 5433)});
  const auto after = lines(compiled(input));
  // The denial is one profile of both: its comment counts the policies, and all of them are listed.
  EXPECT_EQ(without(before, after),
            (Lines{"\t\tdrop comment \"isolated by shop/guard-db shop-db.yaml:3\""}))
      << "of the old lines";
  const Lines shared = {"", "\t}", "\t\t# NetworkPolicy shop/guard-db shop-db.yaml:3"};
  for (const std::string& line : without(after, before)) {
    const bool is_new = line.find("10.0.1.") != std::string::npos ||
                        line.find("5433") != std::string::npos ||
                        line.find("bank/guard-db") != std::string::npos;
    EXPECT_TRUE(is_new || std::ranges::find(shared, line) != shared.end()) << line;
  }
}

}  // namespace
}  // namespace netpolc::driver
