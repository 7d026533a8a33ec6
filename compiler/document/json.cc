// SPDX-License-Identifier: Apache-2.0
#include "compiler/document/json.h"

#include <fmt/format.h>
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <algorithm>
#include <charconv>
#include <utility>
#include <vector>

namespace netpolc::document {
namespace {

constexpr std::string_view kWhiteSpace = " \t\r\n";

class Handler {
 public:
  Handler(std::string_view text, std::size_t begin, const rapidjson::MemoryStream& stream,
          std::size_t max_depth, Graph& graph)
      : text_(text),
        begin_(begin),
        last_end_(begin),
        stream_(stream),
        max_depth_(max_depth),
        graph_(graph) {}

  bool Null() { return scalar(Scalar{.kind = Kind::kNull}); }
  bool Bool(bool value) { return scalar(Scalar{.kind = Kind::kBool, .boolean = value}); }
  bool RawNumber(const char* data, rapidjson::SizeType size, bool) {
    return number(std::string_view(data, size));
  }
  bool String(const char* data, rapidjson::SizeType size, bool) {
    return scalar(Scalar{}, std::string(data, size));
  }
  bool Key(const char* data, rapidjson::SizeType size, bool copy) {
    return String(data, size, copy);
  }
  bool StartObject() { return start(Form::kMap); }
  bool EndObject(rapidjson::SizeType) { return end(); }
  bool StartArray() { return start(Form::kList); }
  bool EndArray(rapidjson::SizeType) { return end(); }
  // The reader's interface asks for these; it hands all numbers over as text.
  bool Int(int) { return false; }
  bool Uint(unsigned) { return false; }
  bool Int64(std::int64_t) { return false; }
  bool Uint64(std::uint64_t) { return false; }
  bool Double(double) { return false; }

  // Why a handler refused to go on.
  const std::optional<JsonFault>& fault() const { return fault_; }

 private:
  // Between two tokens there are only white space, commas and colons.
  std::uint32_t token_begin() const {
    std::size_t at = last_end_;
    while (at < text_.size() &&
           (kWhiteSpace.contains(text_[at]) || text_[at] == ',' || text_[at] == ':')) {
      ++at;
    }
    return static_cast<std::uint32_t>(at);
  }

  bool scalar(Scalar value, std::optional<std::string> text = std::nullopt) {
    Node node;
    node.begin = token_begin();
    node.end = static_cast<std::uint32_t>(begin_ + stream_.Tell());
    node.scalar = value;
    node.text =
        text ? std::move(*text) : std::string(text_.substr(node.begin, node.end - node.begin));
    last_end_ = node.end;
    graph_.add(std::move(node), parent());
    return true;
  }

  bool number(std::string_view text) {
    std::int64_t integer = 0;
    const char* end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, integer);
    if (at == end && error == std::errc()) {
      return scalar(Scalar{.kind = Kind::kInteger, .integer = integer});
    }
    const std::optional<double> value = parse_decimal(text);
    if (!value) {
      fault_ = JsonFault{false, "a number is too large", token_begin()};
      return false;
    }
    return scalar(Scalar{.kind = Kind::kFloat, .floating = *value});
  }

  bool start(Form form) {
    Node node;
    node.form = form;
    node.begin = token_begin();
    node.end = node.begin + 1;
    last_end_ = node.end;
    if (open_.size() >= max_depth_) {
      fault_ = JsonFault{
          true, fmt::format("lists and maps are nested more than {} deep", max_depth_), node.begin};
      return false;
    }
    open_.push_back(graph_.add(std::move(node), parent()));
    return true;
  }

  bool end() {
    last_end_ = token_begin() + 1;
    open_.pop_back();
    return true;
  }

  NodeIndex parent() const { return open_.empty() ? kNoNode : open_.back(); }

  std::string_view text_;
  std::size_t begin_;
  std::size_t last_end_;
  const rapidjson::MemoryStream& stream_;
  std::size_t max_depth_;
  Graph& graph_;
  std::vector<NodeIndex> open_;
  std::optional<JsonFault> fault_;
};

// RapidJSON's sentence as one of ours: lower case, without a period.
std::string readable(rapidjson::ParseErrorCode code) {
  std::string message = rapidjson::GetParseError_En(code);
  if (message.ends_with('.')) message.pop_back();
  if (!message.empty() && message[0] >= 'A' && message[0] <= 'Z') {
    message[0] = static_cast<char>(message[0] - 'A' + 'a');
  }
  return message;
}

}  // namespace

std::optional<JsonFault> parse_json(std::string_view text, std::size_t begin, std::size_t max_depth,
                                    Graph& graph) {
  // The reader takes a NUL for the end of the text and would not look beyond it.
  const std::size_t nul = text.find('\0', begin);
  if (nul != std::string_view::npos) {
    return JsonFault{false, "a NUL byte is not allowed", static_cast<std::uint32_t>(nul)};
  }
  rapidjson::MemoryStream stream(text.data() + begin, text.size() - begin);
  Handler handler(text, begin, stream, max_depth, graph);
  rapidjson::Reader reader;
  constexpr unsigned kFlags =
      rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag;
  const rapidjson::ParseResult result = reader.Parse<kFlags>(stream, handler);
  if (!result.IsError()) return std::nullopt;
  if (handler.fault()) return handler.fault();
  if (result.Code() == rapidjson::kParseErrorDocumentEmpty) return std::nullopt;
  const std::size_t offset = std::min(begin + result.Offset(), text.size());
  return JsonFault{false, readable(result.Code()), static_cast<std::uint32_t>(offset)};
}

}  // namespace netpolc::document
