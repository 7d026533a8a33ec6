// SPDX-License-Identifier: Apache-2.0
// Diagnostics as text for people and as JSON for programs.
#pragma once

#include <string>
#include <vector>

#include "compiler/diag/source_manager.h"
#include "netpolc/diagnostic.h"

namespace netpolc::diag {

// Sorted by source name, position and code, each once, in the one format of netpolc:
//   policies/db.yaml:14:19: error: ipBlock except `10.1.0.0/16` is not inside cidr `10.0.0.0/24`
//   [NP1204]
//      14 |         except: [10.1.0.0/16]
//         |                  ^~~~~~~~~~~
//     field: spec.ingress[0].from[0].ipBlock.except[0] of NetworkPolicy shop/db
//     note: every except block must be a proper subnet of cidr
std::string render_text(const std::vector<Diagnostic>& diagnostics, const SourceManager& sources,
                        bool color);

// A JSON array, same order: {code, severity, message, file, line, column, field, object, notes,
// related}.
std::string render_json(const std::vector<Diagnostic>& diagnostics, const SourceManager& sources);

}  // namespace netpolc::diag
