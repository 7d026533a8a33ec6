// SPDX-License-Identifier: Apache-2.0
// Text to located documents. parse_documents() is the only entry; YAML goes through yaml-cpp's
// events, JSON through RapidJSON's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "compiler/diag/sink.h"
#include "compiler/diag/source_manager.h"
#include "compiler/document/value.h"

namespace netpolc::document {

struct Limits {
  std::size_t max_bytes = std::size_t{1} << 30;  // of one source
  std::size_t max_depth = 100;                   // nested lists and maps
  std::size_t max_alias_nodes = 100'000;         // nodes that aliases add to one source
};

// All documents of one source; empty ones (only comments, or null) are left out. A syntax error
// ends the source: what stands before it is returned and the error reported. JSON is chosen when
// the text starts with `{` or `[` and is well-formed JSON, or when the source's name ends in
// `.json` (then YAML is not tried).
std::vector<Value> parse_documents(const diag::SourceManager& sources, std::uint32_t source,
                                   const Limits& limits, diag::Sink& sink);

}  // namespace netpolc::document
