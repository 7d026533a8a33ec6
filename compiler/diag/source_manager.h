// SPDX-License-Identifier: Apache-2.0
// Owns the text of every input and turns byte offsets into lines and columns.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "netpolc/diagnostic.h"

namespace netpolc::diag {

// 1-based line and column; columns count UTF-8 code points.
struct Position {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
};

class SourceManager {
 public:
  // Returns the id to put into Span::source (never 0). Sources keep their address and id for ever.
  // `bytes` must be smaller than 4 GiB.
  std::uint32_t add(std::string name, std::string bytes);

  std::size_t count() const { return sources_.size(); }
  std::string_view name(std::uint32_t source) const;
  std::string_view text(std::uint32_t source) const;

  // Position of the first byte of `span`. Reads its line up to there.
  Position position(const Span& span) const;
  // The line alone, without that reading.
  std::uint32_t line(const Span& span) const;
  // The whole line that holds byte `offset`, without its end.
  std::string_view line_text(std::uint32_t source, std::uint32_t offset) const;
  // "file:line:column", or "-" for an unknown place.
  std::string describe(const Span& span) const;

 private:
  struct Source {
    std::string name;
    std::string bytes;
    // Offsets of line starts; built when first asked for.
    mutable std::vector<std::uint32_t> line_starts;
  };
  const Source& get(std::uint32_t source) const;
  static const std::vector<std::uint32_t>& line_starts(const Source& source);

  std::deque<Source> sources_;
};

}  // namespace netpolc::diag
