// SPDX-License-Identifier: Apache-2.0
// One document as its parser found it: nodes by index, aliases not yet expanded, keys not yet
// compared. Parsers add nodes in the order of writing; compose() turns the whole into a Value.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "compiler/document/scalar.h"

namespace netpolc::document {

using NodeIndex = std::uint32_t;
inline constexpr NodeIndex kNoNode = std::numeric_limits<NodeIndex>::max();

enum class Form : std::uint8_t { kScalar, kList, kMap, kAlias };

struct Node {
  Form form = Form::kScalar;
  bool is_merge_key = false;  // a plain `<<`
  std::uint32_t begin = 0;    // bytes of the source
  std::uint32_t end = 0;
  NodeIndex first_child = kNoNode;  // lists: the items; maps: key, value, key, value...
  NodeIndex last_child = kNoNode;
  NodeIndex next = kNoNode;    // the next child of the same parent
  NodeIndex target = kNoNode;  // kAlias; a node that is complete before this one
  Scalar scalar;               // kScalar
  std::string text;            // kScalar: as Value::text
};

class Graph {
 public:
  // The first node without a parent is the root.
  NodeIndex add(Node node, NodeIndex parent) {
    const auto index = static_cast<NodeIndex>(nodes_.size());
    has_aliases_ = has_aliases_ || node.form == Form::kAlias;
    nodes_.push_back(std::move(node));
    if (parent != kNoNode) {
      Node& list = nodes_[parent];
      (list.last_child == kNoNode ? list.first_child : nodes_[list.last_child].next) = index;
      list.last_child = index;
    }
    return index;
  }

  void clear() {
    nodes_.clear();
    has_aliases_ = false;
  }

  bool is_empty() const { return nodes_.empty(); }
  bool has_aliases() const { return has_aliases_; }
  Node& at(NodeIndex index) { return nodes_[index]; }
  const Node& at(NodeIndex index) const { return nodes_[index]; }

 private:
  std::vector<Node> nodes_;
  bool has_aliases_ = false;
};

}  // namespace netpolc::document
