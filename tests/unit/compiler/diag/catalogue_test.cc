// SPDX-License-Identifier: Apache-2.0
#include "compiler/diag/catalogue.h"

#include <gtest/gtest.h>

#include <cctype>
#include <set>
#include <string_view>

#include "compiler/support/check.h"

namespace netpolc::diag {
namespace {

TEST(Catalogue, FindsEveryRow) {
  ASSERT_FALSE(catalogue().empty());
  for (const CatalogueRow& row : catalogue()) EXPECT_EQ(&catalogue_row(row.code), &row);
}

TEST(Catalogue, RowsAreWellFormed) {
  std::set<std::string_view> names;
  for (const CatalogueRow& row : catalogue()) {
    EXPECT_EQ(row.id.size(), 6U) << row.id;
    EXPECT_TRUE(row.id.starts_with("NP")) << row.id;
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_TRUE(row.name.starts_with("k")) << row.name;
    EXPECT_FALSE(row.summary.empty() || row.summary.ends_with('.')) << row.id;
  }
}

TEST(Catalogue, KnowsItsText) {
  const CatalogueRow& row = catalogue_row(Code::kDuplicateKey);
  EXPECT_EQ(row.id, "NP1003");
  EXPECT_EQ(row.name, "kDuplicateKey");
  EXPECT_EQ(row.severity, Severity::kError);
}

TEST(Catalogue, RefusesUnknownCodes) {
  EXPECT_THROW(catalogue_row(static_cast<Code>(1)), InternalError);
  EXPECT_THROW(catalogue_row(static_cast<Code>(65535)), InternalError);
}

}  // namespace
}  // namespace netpolc::diag
