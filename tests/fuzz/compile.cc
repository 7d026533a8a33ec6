// SPDX-License-Identifier: Apache-2.0
// Any bytes as manifests through the whole compiler: it must neither crash nor throw, and what it
// accepts must have a text form.
#include <cstddef>
#include <cstdint>
#include <string>

#include "backends/nft_text/emit.h"
#include "compiler/diag/render.h"
#include "compiler/driver/compile.h"
#include "netpolc/compile.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  netpolc::CompileInput input;
  // Objects of the inventory are read from the policies' text, too.
  input.policies.push_back({"fuzz.yaml", std::string(reinterpret_cast<const char*>(data), size)});
  const auto compilation = netpolc::driver::compile(input, {});
  netpolc::diag::render_text(compilation.sink.all(), compilation.sources, true);
  netpolc::diag::render_json(compilation.sink.all(), compilation.sources);
  if (compilation.is_ok()) netpolc::nft_text::emit(compilation.table);
  return 0;
}
