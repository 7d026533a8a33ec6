// SPDX-License-Identifier: Apache-2.0
#include "compiler/diag/sink.h"

#include <utility>

namespace netpolc::diag {

Builder& Builder::path(std::string field_path) {
  diagnostic_.field_path = std::move(field_path);
  return *this;
}

Builder& Builder::object(std::string name) {
  diagnostic_.object = std::move(name);
  return *this;
}

Builder& Builder::note(std::string text) {
  diagnostic_.notes.push_back(std::move(text));
  return *this;
}

Builder& Builder::related(Span span, std::string text) {
  diagnostic_.related.push_back(Label{span, std::move(text)});
  return *this;
}

Builder Sink::report(Code code, Span span, std::string message) {
  return report(code, catalogue_row(code).severity, span, std::move(message));
}

Builder Sink::report(Code code, Severity severity, Span span, std::string message) {
  Diagnostic diagnostic;
  diagnostic.code = catalogue_row(code).id;
  diagnostic.severity = severity;
  diagnostic.message = std::move(message);
  diagnostic.span = span;
  diagnostics_.push_back(std::move(diagnostic));
  if (severity == Severity::kError) ++errors_;
  return Builder(diagnostics_.back());
}

}  // namespace netpolc::diag
