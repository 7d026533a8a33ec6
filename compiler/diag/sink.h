// SPDX-License-Identifier: Apache-2.0
// Collects diagnostics; every stage reports all it finds and goes on.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/diag/catalogue.h"
#include "netpolc/diagnostic.h"

namespace netpolc::diag {

// Fills in one diagnostic; valid until the next report() on the same sink.
class Builder {
 public:
  explicit Builder(Diagnostic& diagnostic) : diagnostic_(diagnostic) {}
  Builder& path(std::string field_path);
  Builder& object(std::string name);
  Builder& note(std::string text);
  Builder& related(Span span, std::string text);

 private:
  Diagnostic& diagnostic_;
};

class Sink {
 public:
  // Severity comes from the catalogue's row.
  Builder report(Code code, Span span, std::string message);
  // As above with the severity raised or lowered (an option turns a warning into an error).
  Builder report(Code code, Severity severity, Span span, std::string message);

  bool has_errors() const { return errors_ != 0; }
  std::size_t error_count() const { return errors_; }

  // Everything so far, in order of report.
  const std::vector<Diagnostic>& all() const { return diagnostics_; }

 private:
  std::vector<Diagnostic> diagnostics_;
  std::size_t errors_ = 0;
};

}  // namespace netpolc::diag
