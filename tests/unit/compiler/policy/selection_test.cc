// SPDX-License-Identifier: Apache-2.0
#include "compiler/policy/selection.h"

#include <gtest/gtest.h>

#include "tests/unit/compiler/policy/world.h"

namespace netpolc::policy {
namespace {

using model::LabelSelector;
using model::SelectorOperator;
using Groups = std::vector<std::uint32_t>;

// Groups: 0 = a/{x,z} app=web, 1 = a/y app=db, 2 = b/x app=web, 3 = c/x app=db env=prod.
World make_world() {
  World world;
  world.add_namespace("a", {{"team", "red"}});
  world.add_namespace("b", {{"team", "blue"}});
  world.endpoint("a", "x", "web", {"10.0.0.1"});
  world.endpoint("a", "y", "db", {"10.0.0.2"});
  world.endpoint("a", "z", "web", {"10.0.0.3"});
  world.endpoint("b", "x", "web", {"10.0.0.4"});
  world.endpoint("c", "x", "db", {"10.0.0.5"}).labels["env"] = "prod";
  return world;
}

LabelSelector one_of(const char* key, SelectorOperator op, std::vector<std::string> values) {
  return {{{key, op, std::move(values)}}};
}

TEST(Selection, GroupsEndpointsWithEqualNamespaceAndLabels) {
  const World world = make_world();
  const Selection selection(world.model.inventory);
  ASSERT_EQ(selection.group_count(), 4U);
  EXPECT_EQ(selection.members(0), (Groups{0, 2}));
  EXPECT_EQ(selection.members(1), (Groups{1}));
  EXPECT_EQ(selection.members(2), (Groups{3}));
  EXPECT_EQ(selection.members(3), (Groups{4}));
}

TEST(Selection, SelectsInOneNamespace) {
  const World world = make_world();
  const Selection selection(world.model.inventory);
  EXPECT_EQ(selection.in_namespace("a", everything()), (Groups{0, 1}));
  EXPECT_EQ(selection.in_namespace("a", having("app", "web")), (Groups{0}));
  EXPECT_EQ(selection.in_namespace("b", having("app", "web")), (Groups{2}));
  EXPECT_EQ(selection.in_namespace("b", having("app", "db")), (Groups{}));
  EXPECT_EQ(selection.in_namespace("nowhere", everything()), (Groups{}));
}

TEST(Selection, SelectsByEveryOperator) {
  const World world = make_world();
  const Selection selection(world.model.inventory);
  const struct {
    LabelSelector selector;
    Groups expected;
  } cases[] = {
      {one_of("app", SelectorOperator::kIn, {"db", "web"}), {0, 1, 2, 3}},
      {one_of("app", SelectorOperator::kIn, {"db", "none"}), {1, 3}},
      {one_of("app", SelectorOperator::kIn, {"none"}), {}},
      {one_of("app", SelectorOperator::kIn, {"no", "none"}), {}},
      {one_of("app", SelectorOperator::kNotIn, {"web"}), {1, 3}},
      {one_of("env", SelectorOperator::kNotIn, {"prod"}), {0, 1, 2}},
      {one_of("env", SelectorOperator::kExists, {}), {3}},
      {one_of("env", SelectorOperator::kDoesNotExist, {}), {0, 1, 2}},
  };
  for (const auto& item : cases) {
    EXPECT_EQ(selection.in_namespaces(everything(), item.selector), item.expected)
        << item.selector.to_string();
  }
}

TEST(Selection, RequirementsHoldTogetherWhicheverIsIndexed) {
  const World world = make_world();
  const Selection selection(world.model.inventory);
  LabelSelector both = having("app", "db");
  both.requirements.push_back({"env", SelectorOperator::kDoesNotExist, {}});
  EXPECT_EQ(selection.in_namespaces(everything(), both), (Groups{1}));
  LabelSelector narrow = one_of("app", SelectorOperator::kIn, {"db", "web"});
  narrow.requirements.push_back({"env", SelectorOperator::kIn, {"prod"}});
  EXPECT_EQ(selection.in_namespaces(everything(), narrow), (Groups{3}));
  narrow.requirements.push_back({"env", SelectorOperator::kIn, {"dev"}});
  EXPECT_EQ(selection.in_namespaces(everything(), narrow), (Groups{}));
}

TEST(Selection, SelectsNamespacesByTheirLabels) {
  const World world = make_world();
  const Selection selection(world.model.inventory);
  EXPECT_EQ(selection.in_namespaces(having("team", "red"), everything()), (Groups{0, 1}));
  EXPECT_EQ(
      selection.in_namespaces(one_of("team", SelectorOperator::kExists, {}), having("app", "web")),
      (Groups{0, 2}));
  EXPECT_EQ(
      selection.in_namespaces(one_of("team", SelectorOperator::kDoesNotExist, {}), everything()),
      (Groups{3}));
}

TEST(Selection, ANamespaceThatIsNotKnownHasNoLabels) {
  World world = make_world();
  world.model.inventory.namespaces.erase("a");
  const Selection selection(world.model.inventory);
  EXPECT_EQ(selection.in_namespaces(having("team", "red"), everything()), (Groups{}));
  EXPECT_EQ(
      selection.in_namespaces(one_of("team", SelectorOperator::kDoesNotExist, {}), everything()),
      (Groups{0, 1, 3}));
}

TEST(Selection, AnEmptyInventoryHasNothingToSelect) {
  const model::Inventory inventory;
  const Selection selection(inventory);
  EXPECT_EQ(selection.group_count(), 0U);
  EXPECT_EQ(selection.in_namespaces(everything(), everything()), (Groups{}));
}

}  // namespace
}  // namespace netpolc::policy
