// SPDX-License-Identifier: Apache-2.0
// Any bytes as YAML and as JSON: no crash, no hang, and every place lies inside of the source.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "compiler/diag/render.h"
#include "compiler/diag/sink.h"
#include "compiler/diag/source_manager.h"
#include "compiler/document/parse.h"
#include "compiler/support/check.h"

namespace netpolc {
namespace {

void check_span(const Span& span, std::size_t size) {
  NETPOLC_CHECK(span.is_known() && span.begin <= span.end && span.end <= size,
                "a place outside of the source");
}

void check_places(const document::Value& value, std::size_t size) {
  check_span(value.span, size);
  for (const document::Value& item : value.items) check_places(item, size);
  for (const document::Member& member : value.members) {
    check_span(member.key_span, size);
    check_places(member.value, size);
  }
}

void parse(const std::string& name, const std::string& bytes) {
  diag::SourceManager sources;
  diag::Sink sink;
  const std::uint32_t source = sources.add(name, bytes);
  for (const document::Value& value : document::parse_documents(sources, source, {}, sink)) {
    check_places(value, bytes.size());
  }
  diag::render_text(sink.all(), sources, true);
  diag::render_json(sink.all(), sources);
}

}  // namespace
}  // namespace netpolc

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  netpolc::parse("input.yaml", bytes);
  netpolc::parse("input.json", bytes);
  return 0;
}
