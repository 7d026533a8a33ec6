// SPDX-License-Identifier: Apache-2.0
// The catalogue of diagnostics; catalogue.def has one row for each.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "netpolc/diagnostic.h"

namespace netpolc::diag {

enum class Code : std::uint16_t {
#define NETPOLC_DIAGNOSTIC(number, name, severity, summary) name = number,
#include "compiler/diag/catalogue.def"
#undef NETPOLC_DIAGNOSTIC
};

struct CatalogueRow {
  Code code;
  std::string_view id;    // "NP1204"
  std::string_view name;  // "kExceptOutsideCidr"
  Severity severity;
  std::string_view summary;
};

std::span<const CatalogueRow> catalogue();
const CatalogueRow& catalogue_row(Code code);

}  // namespace netpolc::diag
