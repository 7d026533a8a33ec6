// SPDX-License-Identifier: Apache-2.0
// One strict JSON text (RFC 8259) to its graph. parse_json() is the only entry; json.cc alone
// includes RapidJSON.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "compiler/document/graph.h"

namespace netpolc::document {

struct JsonFault {
  bool is_too_deep = false;
  std::string message;
  std::uint32_t offset = 0;
};

// `text` is UTF-8 and smaller than 4 GiB; parsing begins at byte `begin`. Offsets count from the
// text's own begin. Nesting uses no C stack. The graph stays empty for a text of only white space.
std::optional<JsonFault> parse_json(std::string_view text, std::size_t begin, std::size_t max_depth,
                                    Graph& graph);

}  // namespace netpolc::document
