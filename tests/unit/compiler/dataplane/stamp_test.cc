// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "netpolc/ruleset.h"

namespace netpolc::ruleset {
namespace {

TEST(Stamp, ComesBackAsItWasWritten) {
  for (const std::uint64_t generation : {0ULL, 1ULL, 42ULL, 0xffffffffffffffffULL}) {
    const Stamp stamp{generation, "0123456789abcdef"};
    EXPECT_EQ(parse_stamp(stamp_comment(stamp)), stamp);
  }
  EXPECT_EQ(stamp_comment({3, "0123456789abcdef"}),
            "netpolc generation 3 content 0123456789abcdef");
}

TEST(Stamp, IsShortEnoughForAComment) {
  EXPECT_LT(stamp_comment({~0ULL, content_digest({})}).size(), kMaxComment);
}

TEST(Stamp, OtherCommentsAreNone) {
  for (const char* text :
       {"", "netpolc", "netpolc generation ", "netpolc generation 3",
        "netpolc generation 3 content", "netpolc generation 3 content ",
        "netpolc generation x content 01", "netpolc generation -1 content 01",
        "netpolc generation +1 content 01", "netpolc generation 3  content 01",
        "netpolc generation 3 content 01 02", "netpolc generation 18446744073709551616 content 01",
        " netpolc generation 3 content 01", "Netpolc generation 3 content 01",
        "shop/api ingress[0] policies/shop.yaml:14"}) {
    EXPECT_FALSE(parse_stamp(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace netpolc::ruleset
