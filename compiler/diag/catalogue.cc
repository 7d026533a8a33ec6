// SPDX-License-Identifier: Apache-2.0
#include "compiler/diag/catalogue.h"

#include <array>
#include <cstddef>

#include "compiler/support/check.h"

namespace netpolc::diag {
namespace {

constexpr auto kRows = std::to_array<CatalogueRow>({
#define NETPOLC_DIAGNOSTIC(number, name, severity, summary) \
  {Code::name, "NP" #number, #name, Severity::severity, summary},
#include "compiler/diag/catalogue.def"
#undef NETPOLC_DIAGNOSTIC
});

constexpr std::size_t kCodes = 10000;

// Row + 1 of each number; 0 where there is none. Two rows of one number do not compile.
constexpr auto kRowOfCode = [] {
  std::array<std::uint16_t, kCodes> rows{};
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    auto& slot = rows[static_cast<std::size_t>(kRows[i].code)];
    if (slot != 0) throw "a number stands twice in the catalogue";
    slot = static_cast<std::uint16_t>(i + 1);
  }
  return rows;
}();

}  // namespace

std::span<const CatalogueRow> catalogue() { return kRows; }

const CatalogueRow& catalogue_row(Code code) {
  const auto number = static_cast<std::size_t>(code);
  NETPOLC_CHECK(number < kCodes && kRowOfCode[number] != 0, "no such diagnostic");
  return kRows[kRowOfCode[number] - 1U];
}

}  // namespace netpolc::diag
