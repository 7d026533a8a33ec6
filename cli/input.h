// SPDX-License-Identifier: Apache-2.0
// Reads what -f and -i name: files, directories (their .yaml, .yml and .json files, by name,
// subdirectories too) and "-" (standard input).
#pragma once

#include <string>
#include <vector>

#include "netpolc/compile.h"

namespace netpolc::cli {

// Appends to `out`. Returns an empty string, or what could not be read and what to do.
std::string read_sources(const std::vector<std::string>& paths, std::vector<SourceText>& out);

}  // namespace netpolc::cli
