// SPDX-License-Identifier: Apache-2.0
#include "compiler/document/compose.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "compiler/support/utf8.h"

namespace netpolc::document {
namespace {

constexpr std::size_t kMaxQuoted = 60;  // code points

// The members of one map by key. Small maps are searched as they stand.
class KeyIndex {
 public:
  explicit KeyIndex(const std::vector<Member>& members) : members_(members) {}

  const Member* find(const std::string& key) const {
    if (members_.size() < kLarge) {
      const auto found = std::find_if(members_.begin(), members_.end(),
                                      [&](const Member& member) { return member.key == key; });
      return found == members_.end() ? nullptr : &*found;
    }
    for (; indexed_ < members_.size(); ++indexed_) by_key_[members_[indexed_].key] = indexed_;
    const auto found = by_key_.find(key);
    return found == by_key_.end() ? nullptr : &members_[found->second];
  }

 private:
  static constexpr std::size_t kLarge = 16;
  const std::vector<Member>& members_;
  mutable std::map<std::string, std::size_t, std::less<>> by_key_;
  mutable std::size_t indexed_ = 0;
};

class Composer {
 public:
  Composer(Graph& graph, std::uint32_t source, const Limits& limits, std::size_t& alias_nodes,
           diag::Sink& sink)
      : graph_(graph), source_(source), limits_(limits), alias_nodes_(alias_nodes), sink_(sink) {}

  std::optional<Value> run() {
    list_items_ = items_of_list();
    Value result = value(0, 0, false);
    if (is_over_) return std::nullopt;
    return result;
  }

 private:
  Span span(const Node& node) const { return Span{source_, node.begin, node.end}; }

  NodeIndex resolved(NodeIndex index) const {
    const Node& node = graph_.at(index);
    return node.form == Form::kAlias ? node.target : index;
  }

  // `items` of a root whose kind is List, or some kind's list: its elements are objects of their
  // own, whose paths begin anew.
  NodeIndex items_of_list() const {
    const Node& root = graph_.at(resolved(0));
    if (root.form != Form::kMap) return kNoNode;
    NodeIndex items = kNoNode;
    bool is_list = false;
    for (NodeIndex key = root.first_child; key != kNoNode;) {
      const NodeIndex child = graph_.at(key).next;
      const Node& node = graph_.at(resolved(child));
      if (graph_.at(key).text == "kind") is_list = node.text.ends_with("List");
      if (graph_.at(key).text == "items") items = resolved(child);
      key = graph_.at(child).next;
    }
    return is_list ? items : kNoNode;
  }

  // Depth counts the lists and maps around the node. `is_copy`: reached through an alias.
  Value value(NodeIndex index, std::size_t depth, bool is_copy) {
    is_copy = is_copy || graph_.at(index).form == Form::kAlias;
    const NodeIndex alias = index;
    index = resolved(index);
    Node& node = graph_.at(index);
    Value out;
    out.span = span(node);
    if (is_over_ || (is_copy && !count_alias_node(graph_.at(alias)))) return out;
    if (node.form == Form::kScalar) {
      fill_scalar(node, out);
      return out;
    }
    if (depth >= limits_.max_depth) {
      is_over_ = true;
      sink_
          .report(diag::Code::kTooDeep, span(graph_.at(alias)),
                  fmt::format("lists and maps are nested more than {} deep", limits_.max_depth))
          .path(path_);
      return out;
    }
    if (node.form == Form::kList) {
      fill_list(index, out, depth, is_copy);
    } else {
      fill_map(index, out, depth, is_copy);
    }
    return out;
  }

  bool count_alias_node(const Node& node) {
    if (++alias_nodes_ <= limits_.max_alias_nodes) return true;
    is_over_ = true;
    sink_
        .report(diag::Code::kAliasLimit, span(node),
                fmt::format("aliases expand to more than {} nodes", limits_.max_alias_nodes))
        .path(path_)
        .note("write the values out, or split the file");
    return false;
  }

  void fill_scalar(Node& node, Value& out) {
    out.kind = node.scalar.kind;
    out.boolean = node.scalar.boolean;
    out.integer = node.scalar.integer;
    out.floating = node.scalar.floating;
    // Each node is used once unless there are aliases.
    out.text = graph_.has_aliases() ? node.text : std::move(node.text);
  }

  void fill_list(NodeIndex index, Value& out, std::size_t depth, bool is_copy) {
    out.kind = Kind::kList;
    const std::string outer = path_;
    std::size_t position = 0;
    for (NodeIndex item = graph_.at(index).first_child; item != kNoNode && !is_over_;
         item = graph_.at(item).next) {
      path_ = index == list_items_ ? "" : fmt::format("{}[{}]", outer, position);
      out.items.push_back(value(item, depth + 1, is_copy));
      ++position;
    }
    path_ = outer;
  }

  void fill_map(NodeIndex index, Value& out, std::size_t depth, bool is_copy) {
    out.kind = Kind::kMap;
    const KeyIndex keys(out.members);
    NodeIndex merge_key = kNoNode;
    for (NodeIndex key = graph_.at(index).first_child; key != kNoNode && !is_over_;) {
      const NodeIndex child = graph_.at(key).next;
      if (graph_.at(key).is_merge_key) {
        if (merge_key != kNoNode) {
          duplicate("<<", graph_.at(key), span(graph_.at(merge_key)));
        } else {
          merge_key = key;
        }
      } else {
        add_member(key, child, out, keys, depth, is_copy);
      }
      key = graph_.at(child).next;
    }
    if (merge_key != kNoNode && !is_over_) {
      merge(graph_.at(merge_key).next, out, keys, depth, is_copy);
    }
  }

  void add_member(NodeIndex key, NodeIndex child, Value& out, const KeyIndex& keys,
                  std::size_t depth, bool is_copy) {
    std::optional<std::string> text = key_of(key);
    if (!text) return;
    const std::size_t outer = path_.size();
    if (outer != 0) path_ += '.';
    path_ += *text;
    if (const Member* first = keys.find(*text)) {
      duplicate(*text, graph_.at(key), first->key_span);
    } else {
      const Span key_span = span(graph_.at(key));
      Value member = value(child, depth + 1, is_copy);
      out.members.push_back(Member{std::move(*text), key_span, std::move(member)});
    }
    path_.resize(outer);
  }

  void duplicate(std::string_view key, const Node& node, Span first) {
    sink_
        .report(diag::Code::kDuplicateKey, span(node),
                fmt::format("key {} stands twice in one mapping", quoted(key)))
        .path(path_)
        .note(key == "<<" ? "merge several maps by one list: `<<: [*first, *second]`"
                          : "keep one of the two")
        .related(first, "first defined here");
  }

  std::optional<std::string> key_of(NodeIndex index) {
    const Node& node = graph_.at(resolved(index));
    Kind kind = node.scalar.kind;
    if (node.form == Form::kScalar) {
      if (kind == Kind::kString) return node.text;
      if (std::optional<std::string> text = key_text(node.scalar)) return text;
    } else {
      kind = node.form == Form::kList ? Kind::kList : Kind::kMap;
    }
    sink_
        .report(diag::Code::kBadKey, span(graph_.at(index)),
                fmt::format("a mapping's key is {}", describe(kind)))
        .path(path_)
        .note("keys of manifests are strings; quote the key if its text is meant");
    return std::nullopt;
  }

  // Adds what `<<` names to `out`; the map's own keys win, then those of earlier maps.
  void merge(NodeIndex index, Value& out, const KeyIndex& keys, std::size_t depth, bool is_copy) {
    is_copy = is_copy || graph_.at(index).form == Form::kAlias;
    const Node& node = graph_.at(resolved(index));
    if (node.form == Form::kMap) {
      merge_map(index, out, keys, depth, is_copy);
    } else if (node.form == Form::kList) {
      for (NodeIndex item = node.first_child; item != kNoNode && !is_over_;
           item = graph_.at(item).next) {
        if (graph_.at(resolved(item)).form == Form::kMap) {
          merge_map(item, out, keys, depth, is_copy);
        } else {
          bad_merge(item);
        }
      }
    } else {
      bad_merge(index);
    }
  }

  void merge_map(NodeIndex index, Value& out, const KeyIndex& keys, std::size_t depth,
                 bool is_copy) {
    // One deeper, so that a chain of merges is limited like any other nesting.
    Value merged = value(index, depth + 1, is_copy);
    for (Member& member : merged.members) {
      if (keys.find(member.key) == nullptr) out.members.push_back(std::move(member));
    }
  }

  void bad_merge(NodeIndex index) {
    const Node& node = graph_.at(resolved(index));
    const Kind kind = node.form == Form::kList ? Kind::kList : node.scalar.kind;
    sink_
        .report(diag::Code::kBadMergeKey, span(graph_.at(index)),
                fmt::format("merge key `<<` names {}", describe(kind)))
        .path(path_)
        .note("it takes an alias of a mapping, a mapping, or a list of them");
  }

  Graph& graph_;
  std::uint32_t source_;
  const Limits& limits_;
  std::size_t& alias_nodes_;
  diag::Sink& sink_;
  NodeIndex list_items_ = kNoNode;
  std::string path_;
  bool is_over_ = false;  // a limit was passed
};

}  // namespace

std::optional<Value> compose(Graph& graph, std::uint32_t source, const Limits& limits,
                             std::size_t& alias_nodes, diag::Sink& sink) {
  return Composer(graph, source, limits, alias_nodes, sink).run();
}

std::string quoted(std::string_view text) {
  return fmt::format("`{}`", shorten_utf8(text, kMaxQuoted));
}

}  // namespace netpolc::document
