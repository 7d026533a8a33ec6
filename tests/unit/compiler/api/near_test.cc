// SPDX-License-Identifier: Apache-2.0
#include "compiler/api/near.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace netpolc::api {
namespace {

TEST(Nearest, FindsSlipsOnly) {
  constexpr auto kWords = std::to_array<std::string_view>({"podSelector", "ingress", "from", "to"});
  EXPECT_EQ(nearest("podselector", kWords), "podSelector");
  EXPECT_EQ(nearest("podSelectors", kWords), "podSelector");
  EXPECT_EQ(nearest("ingres", kWords), "ingress");
  EXPECT_EQ(nearest("form", kWords), "from");
  EXPECT_EQ(nearest("too", kWords), "to");
  EXPECT_EQ(nearest("x", kWords), "");
  EXPECT_EQ(nearest("", kWords), "");
  EXPECT_EQ(nearest("selector", kWords), "");
  EXPECT_EQ(nearest(std::string(100'000, 'a'), kWords), "");
}

}  // namespace
}  // namespace netpolc::api
