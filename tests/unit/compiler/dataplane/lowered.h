// SPDX-License-Identifier: Apache-2.0
// Lowers a small model and shows parts of the table as text, for the tests of compiler/dataplane.
#pragma once

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "compiler/dataplane/lower.h"
#include "compiler/dataplane/print.h"
#include "compiler/policy/resolve.h"
#include "tests/unit/compiler/policy/world.h"

namespace netpolc::dataplane {

using Lines = std::vector<std::string>;

struct Lowered {
  ruleset::Table table;
  std::string text;

  // No passes are run: what a test writes is what it sees.
  explicit Lowered(policy::World world, const CompileOptions& options = {},
                   const diag::SourceManager& sources = {}) {
    world.model.polices_local_node = options.police_local_node;
    table = lower(policy::resolve(world.model, options.placement), options, sources);
    text = print(table);
  }

  // The lines below the one that starts with `title`, without their indentation; comments on where
  // a rule comes from are left out.
  Lines below(const std::string& title) const {
    std::istringstream in(text);
    Lines out;
    bool is_inside = false;
    for (std::string line; std::getline(in, line);) {
      if (!line.starts_with(' ')) {
        is_inside = line == title || line.starts_with(title + " ") || line.starts_with(title + ":");
      } else if (is_inside && !line.starts_with("    #")) {
        out.push_back(line.substr(2));
      }
    }
    return out;
  }

  Lines chain_names() const {
    Lines out;
    for (const ruleset::Chain& chain : table.chains) out.push_back(chain.name);
    return out;
  }
  Lines set_names() const {
    Lines out;
    for (const ruleset::Set& set : table.sets) out.push_back(set.name);
    return out;
  }
  const ruleset::Chain& chain(const std::string& name) const {
    for (const ruleset::Chain& chain : table.chains) {
      if (chain.name == name) return chain;
    }
    ADD_FAILURE() << "no chain " << name << "\n" << text;
    return table.chains.front();
  }
};

}  // namespace netpolc::dataplane
