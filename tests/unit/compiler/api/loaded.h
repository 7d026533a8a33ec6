// SPDX-License-Identifier: Apache-2.0
// Loads manifests from text and shows what came of it, for the tests of compiler/api.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/api/load.h"
#include "compiler/diag/render.h"
#include "compiler/document/parse.h"

namespace netpolc::api {

struct Loaded {
  diag::SourceManager sources;
  diag::Sink sink;
  model::Model model;

  Loaded() = default;
  explicit Loaded(const std::string& policies, const std::string& inventory = {},
                  const LoadOptions& options = {}) {
    load(policies, inventory, options);
  }

  void load(const std::string& policies, const std::string& inventory, const LoadOptions& options) {
    const auto parse = [&](const std::string& name, const std::string& text) {
      return document::parse_documents(sources, sources.add(name, text), {}, sink);
    };
    const std::vector<document::Value> policy_documents = parse("policy.yaml", policies);
    const std::vector<document::Value> inventory_documents = parse("inventory.yaml", inventory);
    model = load_model(policy_documents, inventory_documents, options, sink);
  }

  // "NP1204 spec.ingress[0].from[0].ipBlock.except[0]" for each diagnostic, sorted.
  std::vector<std::string> found() const {
    std::vector<std::string> out;
    for (const Diagnostic& item : sink.all()) {
      out.push_back(std::string(item.code) +
                    (item.field_path.empty() ? "" : " " + item.field_path));
    }
    std::sort(out.begin(), out.end());
    return out;
  }

  std::string text() const { return diag::render_text(sink.all(), sources, false); }
};

using Strings = std::vector<std::string>;

}  // namespace netpolc::api
