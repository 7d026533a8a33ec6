// SPDX-License-Identifier: Apache-2.0
// yaml-cpp's events build the graph of one document after the other. yaml-cpp takes some texts that
// YAML does not allow (unclosed quotes, keys without a colon, documents without a separator); those
// are found here.
#include "compiler/document/yaml.h"

#include <fmt/format.h>
#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <istream>
#include <optional>
#include <span>
#include <spanstream>
#include <string>
#include <unordered_map>
#include <utility>

#include "compiler/document/compose.h"
#include "compiler/document/graph.h"
#include "compiler/document/yaml_source.h"
#include "compiler/support/utf8.h"

namespace netpolc::document {
namespace {

constexpr std::string_view kTagPrefix = "tag:yaml.org,2002:";

// Leaves the parser after a fault that ends the source and is reported already.
struct Abandoned {};

std::string short_tag(const std::string& tag) {
  return tag.starts_with(kTagPrefix) ? "!!" + tag.substr(kTagPrefix.size()) : tag;
}

struct Reading {
  std::string_view parser_message;
  std::string_view message;
  std::string_view note;
};

// What yaml-cpp's sentences mean to someone who writes manifests.
constexpr Reading kReadings[] = {
    {"unknown token", "no value can begin with this character", "quote the text"},
    {"illegal map value", "a `:` cannot stand here",
     "check the indentation; quote a text that holds `: `"},
    {"illegal map key", "a key cannot stand here", "check the indentation"},
    {"illegal block entry", "a list item cannot begin here",
     "begin it on a line of its own, indented like its neighbours"},
    {"illegal flow end", "closing bracket without its opening one", ""},
    {"end of map not found", "a key is expected here", "check the indentation"},
    {"end of map flow not found", "`,` or `}` is expected here", ""},
    {"end of sequence not found", "a list item is expected here", "check the indentation"},
    {"end of sequence flow not found", "`,` or `]` is expected here", ""},
    {"illegal document indicator in scalar", "a document ends within quotes", "close the quotes"},
    {"illegal EOF in scalar", "the text ends within quotes", "close the quotes"},
};

class Handler : public YAML::EventHandler {
 public:
  Handler(const YamlSource& text, std::uint32_t source, std::uint32_t shift, const Limits& limits,
          diag::Sink& sink)
      : text_(text), source_(source), shift_(shift), limits_(limits), sink_(sink) {}

  std::vector<Value> take() { return std::move(documents_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    const std::uint32_t at = offset(mark);
    if (has_document_ && !text_.has_separator(last_end_, at)) {
      fail(Range{at, at + 1}, "this does not belong to what stands before it",
           "check the indentation; separate documents by a line `---`");
    }
    has_document_ = true;
    last_end_ = at;
    graph_.clear();
    open_.clear();
    anchors_.clear();
  }

  void OnDocumentEnd() override {
    if (graph_.is_empty()) return;
    const Node& root = graph_.at(0);
    if (root.form == Form::kScalar && root.scalar.kind == Kind::kNull) return;
    std::optional<Value> document = compose(graph_, source_, limits_, alias_nodes_, sink_);
    if (!document) throw Abandoned();
    documents_.push_back(std::move(*document));
  }

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const std::uint32_t at = offset(mark);
    const std::optional<Range> written = text_.written_null(at);
    Node node;
    node.scalar.kind = Kind::kNull;
    if (written) {
      const std::string_view text = text_.text(*written);
      if (!text.starts_with('&') && !text.starts_with('!')) node.text = text;
    } else {
      check_colon(at);
    }
    add(std::move(node), written.value_or(place_of_nothing(at)), at, anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const std::uint32_t at = offset(mark);
    const Range range = text_.alias(at);
    const auto found = anchors_.find(anchor);
    Node node;
    if (found == anchors_.end() || is_open(found->second)) {
      sink_
          .report(diag::Code::kUnknownAnchor, span(range),
                  fmt::format("alias {} stands inside of what it names", quoted(text_.text(range))))
          .note("a value cannot contain itself");
      node.scalar.kind = Kind::kNull;
    } else {
      node.form = Form::kAlias;
      node.target = found->second;
    }
    add(std::move(node), range, at, YAML::NullAnchor);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    const std::uint32_t at = offset(mark);
    const std::optional<Range> range = text_.scalar(at, value, tag == "?");
    if (!range) fail(Range{at, at + 1}, "quotes are never closed", "close the quotes");
    Node node;
    node.text = value;
    node.scalar = resolve(tag, value, *range);
    node.is_merge_key =
        value == "<<" && (tag == "?" || (tag.starts_with(kTagPrefix) && tag.ends_with(":merge")));
    add(std::move(node), *range, at, anchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    start(Form::kList, "seq", mark, tag, anchor, style);
  }
  void OnSequenceEnd() override { open_.pop_back(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    start(Form::kMap, "map", mark, tag, anchor, style);
  }
  void OnMapEnd() override { open_.pop_back(); }

  // A fault of the parser's own; the source ends there.
  void report(const YAML::Exception& exception) {
    const std::uint32_t at =
        exception.mark.is_null() ? last_end_ + shift_ : offset(exception.mark) + shift_;
    const Span place{source_, at, at + 1};
    if (dynamic_cast<const YAML::DeepRecursion*>(&exception) != nullptr) {
      sink_.report(diag::Code::kTooDeep, place, "lists and maps are nested too deep");
      return;
    }
    if (exception.msg.starts_with(YAML::ErrorMsg::UNKNOWN_ANCHOR)) {
      const Range range = text_.alias(offset(exception.mark));
      sink_
          .report(diag::Code::kUnknownAnchor, span(range),
                  fmt::format("alias {} names no anchor", quoted(text_.text(range))))
          .note("an anchor `&name` must stand before its aliases, in the same document");
      return;
    }
    if (const std::optional<Range> tab = text_.indenting_tab(offset(exception.mark))) {
      sink_.report(diag::Code::kSyntax, span(*tab), "a tab in the indentation")
          .note("indent with spaces");
      return;
    }
    const auto* reading =
        std::find_if(std::begin(kReadings), std::end(kReadings),
                     [&](const Reading& row) { return row.parser_message == exception.msg; });
    if (reading == std::end(kReadings)) {
      sink_.report(diag::Code::kSyntax, place, exception.msg);
      return;
    }
    diag::Builder builder = sink_.report(diag::Code::kSyntax, place, std::string(reading->message));
    if (!reading->note.empty()) builder.note(std::string(reading->note));
  }

 private:
  // A list or map whose end has not come yet.
  struct Open {
    NodeIndex node = kNoNode;
    bool is_block = false;
    NodeIndex key = kNoNode;       // of a map: the key whose value comes next
    std::uint32_t key_offset = 0;  // where the parser saw that key
  };

  // yaml-cpp counts bytes of the text that it was given.
  static std::uint32_t offset(const YAML::Mark& mark) {
    return static_cast<std::uint32_t>(std::max(mark.pos, 0));
  }

  Span span(Range range) const { return Span{source_, range.begin + shift_, range.end + shift_}; }

  [[noreturn]] void fail(Range range, std::string message, std::string note) {
    sink_.report(diag::Code::kSyntax, span(range), std::move(message)).note(std::move(note));
    throw Abandoned();
  }

  bool is_open(NodeIndex index) const {
    return std::any_of(open_.begin(), open_.end(),
                       [&](const Open& open) { return open.node == index; });
  }

  NodeIndex add(Node node, Range range, std::uint32_t at, YAML::anchor_t anchor) {
    const Span place = span(range);
    node.begin = place.begin;
    node.end = place.end;
    last_end_ = std::max(last_end_, range.end);
    const bool is_map = !open_.empty() && graph_.at(open_.back().node).form == Form::kMap;
    const NodeIndex index =
        graph_.add(std::move(node), open_.empty() ? kNoNode : open_.back().node);
    if (is_map) {
      Open& map = open_.back();
      map.key = map.key == kNoNode ? index : kNoNode;
      map.key_offset = at;
    }
    if (anchor != YAML::NullAnchor) anchors_[anchor] = index;
    return index;
  }

  void start(Form form, std::string_view own_tag, const YAML::Mark& mark, const std::string& tag,
             YAML::anchor_t anchor, YAML::EmitterStyle::value style) {
    const std::uint32_t at = offset(mark);
    const Range range = text_.collection(at);
    if (tag != "?" && tag != "!" && short_tag(tag) != fmt::format("!!{}", own_tag)) {
      unsupported_tag(tag, range);
    }
    if (open_.size() >= limits_.max_depth) {
      sink_.report(diag::Code::kTooDeep, span(range),
                   fmt::format("lists and maps are nested more than {} deep", limits_.max_depth));
      throw Abandoned();
    }
    Node node;
    node.form = form;
    const NodeIndex index = add(std::move(node), range, at, anchor);
    open_.push_back(Open{index, style != YAML::EmitterStyle::Flow, kNoNode, 0});
  }

  // In a block map yaml-cpp takes a key without a colon for one whose value is null.
  void check_colon(std::uint32_t at) {
    if (open_.empty() || !open_.back().is_block || open_.back().key == kNoNode) return;
    const Node& key = graph_.at(open_.back().key);
    if (open_.back().key_offset != at || key.begin == key.end) return;
    fail(Range{key.begin - shift_, key.end - shift_},
         fmt::format("no `:` follows the key {}", quoted(key.text)),
         "write `key: value`; check the indentation");
  }

  // A value that is left out: the key, the list item's dash, or else where the parser saw it.
  Range place_of_nothing(std::uint32_t at) const {
    if (open_.empty()) return Range{at, at};
    const Open& open = open_.back();
    if (open.key != kNoNode) {
      const Node& key = graph_.at(open.key);
      return Range{key.begin - shift_, key.end - shift_};
    }
    const Node& parent = graph_.at(open.node);
    if (parent.form == Form::kList && open.is_block) {
      return text_.empty_item(parent.begin - shift_, at).value_or(Range{at, at});
    }
    return Range{at, at};
  }

  void unsupported_tag(const std::string& tag, Range range) {
    sink_
        .report(diag::Code::kUnsupportedTag, span(range),
                fmt::format("tag {} is not supported", quoted(short_tag(tag))))
        .note("manifests are plain data; remove the tag");
  }

  Scalar resolve(const std::string& tag, const std::string& value, Range range) {
    if (tag == "?") return resolve_plain(value);
    const std::string name = short_tag(tag);
    if (name == "!" || name == "!!str" || (name == "!!merge" && value == "<<")) return Scalar{};
    constexpr std::pair<std::string_view, Kind> kKinds[] = {{"!!null", Kind::kNull},
                                                            {"!!bool", Kind::kBool},
                                                            {"!!int", Kind::kInteger},
                                                            {"!!float", Kind::kFloat}};
    const auto* wanted = std::find_if(std::begin(kKinds), std::end(kKinds),
                                      [&](const auto& row) { return row.first == name; });
    if (wanted == std::end(kKinds)) {
      unsupported_tag(tag, range);
      return Scalar{};
    }
    Scalar scalar = resolve_plain(value);
    if (wanted->second == Kind::kFloat && scalar.kind == Kind::kInteger) {
      scalar.kind = Kind::kFloat;
      scalar.floating = static_cast<double>(scalar.integer);
    }
    if (scalar.kind != wanted->second) {
      sink_
          .report(diag::Code::kUnsupportedTag, span(range),
                  fmt::format("{} is not {}, as its tag `{}` says", quoted(value),
                              describe(wanted->second), name))
          .note("remove the tag, or correct the value");
    }
    return scalar;
  }

  const YamlSource& text_;
  std::uint32_t source_;
  std::uint32_t shift_;  // bytes of the source before what the parser was given
  const Limits& limits_;
  diag::Sink& sink_;
  Graph graph_;
  std::vector<Open> open_;
  std::unordered_map<YAML::anchor_t, NodeIndex> anchors_;
  std::uint32_t last_end_ = 0;
  std::size_t alias_nodes_ = 0;
  bool has_document_ = false;
  std::vector<Value> documents_;
};

// YAML ends lines at a lone CR, too; yaml-cpp does not.
std::string with_line_feeds(std::string_view text) {
  std::string out(text);
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (out[i] == '\r' && (i + 1 == out.size() || out[i + 1] != '\n')) out[i] = '\n';
  }
  return out;
}

}  // namespace

std::vector<Value> parse_yaml(std::string_view text, std::uint32_t source, const Limits& limits,
                              diag::Sink& sink) {
  const std::uint32_t shift = text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  text.remove_prefix(shift);
  if (const std::optional<ForbiddenCharacter> found = find_forbidden_character(text)) {
    const std::uint32_t at = found->offset + shift;
    sink.report(diag::Code::kSyntax, Span{source, at, at + 1}, found->message).note(found->note);
    return {};
  }
  std::string converted;
  if (text.contains('\r')) text = converted = with_line_feeds(text);

  const YamlSource written(text);
  Handler handler(written, source, shift, limits, sink);
  std::ispanstream stream(std::span(text.data(), text.size()));
  try {
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(handler)) {
    }
  } catch (const Abandoned&) {
    // Reported already.
  } catch (const YAML::Exception& exception) {
    handler.report(exception);
  }
  return handler.take();
}

}  // namespace netpolc::document
