// SPDX-License-Identifier: Apache-2.0
#include "compiler/api/fields.h"

#include <array>

#include "tests/unit/compiler/api/loaded.h"

namespace netpolc::api {
namespace {

class Fields : public ::testing::Test {
 protected:
  const document::Value& parse(const std::string& text) {
    documents_ = document::parse_documents(loaded_.sources, loaded_.sources.add("x.yaml", text), {},
                                           loaded_.sink);
    return documents_.at(0);
  }

  Loaded loaded_;
  std::vector<document::Value> documents_;
  ObjectContext context_{loaded_.sink, "Thing a/b", true};
};

TEST_F(Fields, NamePathsAsTheApiServerDoes) {
  const Field root(context_, parse("{spec: {list: [{}, {name: x}]}}"));
  const std::optional<Field> spec = root.member("spec");
  const std::optional<Field> list = spec->member("list");
  Strings paths;
  list->for_each_item([&](const Field& item) {
    paths.push_back(item.path());
    if (const std::optional<Field> name = item.member("name")) paths.push_back(name->path());
  });
  EXPECT_EQ(paths, (Strings{"spec.list[0]", "spec.list[1]", "spec.list[1].name"}));
  EXPECT_EQ(root.path(), "");
}

TEST_F(Fields, NullIsAbsentAndTypesAreChecked) {
  const Field root(context_,
                   parse("{none: null, yes: yes, number: 12, whole: 80.0, half: 0.5, text: 'y'}"));
  constexpr auto kKnown =
      std::to_array<std::string_view>({"none", "true", "number", "whole", "half", "text"});
  const Object object(root, kKnown);
  EXPECT_FALSE(object.find("none"));
  EXPECT_EQ(object.string("text"), "y");
  EXPECT_EQ(object.integer("whole"), 80);
  EXPECT_EQ(object.integer("number"), 12);
  EXPECT_EQ(loaded_.found(), Strings{});
  EXPECT_FALSE(object.integer("half"));
  EXPECT_FALSE(object.string("number"));
  EXPECT_FALSE(object.boolean("text"));
  EXPECT_FALSE(object.find("text")->is_list());
  EXPECT_EQ(loaded_.found(),
            (Strings{"NP1102 half", "NP1102 number", "NP1102 text", "NP1102 text"}));
  EXPECT_NE(loaded_.text().find("expected a string, found an integer"), std::string::npos);
  EXPECT_NE(loaded_.text().find("quote it to make it a string: \"12\""), std::string::npos);
}

TEST_F(Fields, UnknownOnesAreErrorsOfStrictObjectsOnly) {
  const document::Value& value = parse("{spec: {ingres: 1}}");
  constexpr auto kKnown = std::to_array<std::string_view>({"ingress", "egress"});
  const ObjectContext lenient{loaded_.sink, "Thing a/b", false};
  {
    const Field root(lenient, value);
    const std::optional<Field> spec = root.member("spec");
    const Object object(*spec, kKnown);
    EXPECT_EQ(loaded_.found(), Strings{});
  }
  const Field root(context_, value);
  const std::optional<Field> spec = root.member("spec");
  const Object object(*spec, kKnown);
  EXPECT_EQ(loaded_.found(), Strings{"NP1101 spec.ingres"});
  EXPECT_EQ(loaded_.sink.all().at(0).notes, Strings{"did you mean `ingress`?"});
  EXPECT_EQ(loaded_.sink.all().at(0).object, "Thing a/b");
}

}  // namespace
}  // namespace netpolc::api
