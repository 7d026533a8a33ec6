// SPDX-License-Identifier: Apache-2.0
// One text, parsed, with all that the tests look at.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "compiler/diag/render.h"
#include "compiler/diag/sink.h"
#include "compiler/diag/source_manager.h"
#include "compiler/document/parse.h"

namespace netpolc::document {

struct Parsed {
  diag::SourceManager sources;
  diag::Sink sink;
  std::vector<Value> documents;

  explicit Parsed(std::string text, const Limits& limits = {}, std::string name = "f.yaml") {
    const std::uint32_t source = sources.add(std::move(name), std::move(text));
    documents = parse_documents(sources, source, limits, sink);
  }

  // "NP1003 3:1 spec.ingress; NP1001 4:1 ": code, place and path of all diagnostics.
  std::string faults() const {
    std::string out;
    for (const Diagnostic& d : sink.all()) {
      if (!out.empty()) out += "; ";
      const diag::Position at = sources.position(d.span);
      out += std::string(d.code) + " " + std::to_string(at.line) + ":" + std::to_string(at.column);
      if (!d.field_path.empty()) out += " " + d.field_path;
    }
    return out;
  }

  std::string_view written(Span span) const {
    return sources.text(span.source).substr(span.begin, span.end - span.begin);
  }

  // Without faults, the first document's `key`.
  const Value& at(std::string_view key) const {
    static const Value kNothing;
    if (documents.empty()) return kNothing;
    const Value* found = documents[0].find(key);
    return found == nullptr ? kNothing : *found;
  }
};

// JSON-like: without places, floats with a mark.
inline std::string dump(const Value& value) {
  switch (value.kind) {
    case Kind::kNull:
      return "null";
    case Kind::kBool:
      return value.boolean ? "true" : "false";
    case Kind::kInteger:
      return std::to_string(value.integer);
    case Kind::kFloat:
      return "f" + std::to_string(value.floating);
    case Kind::kString:
      return "\"" + value.text + "\"";
    case Kind::kList: {
      std::string out = "[";
      for (const Value& item : value.items) out += (out.size() > 1 ? "," : "") + dump(item);
      return out + "]";
    }
    case Kind::kMap:
      break;
  }
  std::string out = "{";
  for (const Member& member : value.members) {
    out += (out.size() > 1 ? "," : "") + member.key + ":" + dump(member.value);
  }
  return out + "}";
}

inline std::string dump(const Parsed& parsed) {
  std::string out;
  for (const Value& document : parsed.documents) {
    out += (out.empty() ? "" : " | ") + dump(document);
  }
  return out;
}

}  // namespace netpolc::document
