// SPDX-License-Identifier: Apache-2.0
// A YAML stream to Values. parse_yaml() is the only entry; yaml.cc alone includes yaml-cpp.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "compiler/diag/sink.h"
#include "compiler/document/parse.h"
#include "compiler/document/value.h"

namespace netpolc::document {

// `text` is the UTF-8 of `source`, smaller than 2 GiB. Null documents are left out.
std::vector<Value> parse_yaml(std::string_view text, std::uint32_t source, const Limits& limits,
                              diag::Sink& sink);

}  // namespace netpolc::document
