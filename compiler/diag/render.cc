// SPDX-License-Identifier: Apache-2.0
// render_text() and render_json() are the only entries.
#include "compiler/diag/render.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>
#include <tuple>
#include <utility>

#include "compiler/support/utf8.h"

namespace netpolc::diag {
namespace {

// Columns of source that are shown before and after the caret of a long line.
constexpr std::size_t kMaxBefore = 70;
constexpr std::size_t kMaxAfter = 70;

struct Style {
  std::string_view bold, error, warning, note, caret, off;
};

constexpr Style kPlain{};
constexpr Style kColored{"\033[1m",    "\033[1;31m", "\033[1;35m",
                         "\033[1;36m", "\033[1;32m", "\033[0m"};

std::string_view severity_name(Severity severity) {
  switch (severity) {
    case Severity::kNote:
      return "note";
    case Severity::kWarning:
      return "warning";
    case Severity::kError:
      break;
  }
  return "error";
}

std::string_view severity_style(const Style& style, Severity severity) {
  switch (severity) {
    case Severity::kNote:
      return style.note;
    case Severity::kWarning:
      return style.warning;
    case Severity::kError:
      break;
  }
  return style.error;
}

// The diagnostics in the order of render.h, each once. What has no place comes last.
std::vector<const Diagnostic*> ordered(const std::vector<Diagnostic>& diagnostics,
                                       const SourceManager& sources) {
  const auto key = [&](const Diagnostic& d) {
    const std::string_view file = d.span.is_known() ? sources.name(d.span.source) : "";
    // The object tells apart only what has no place.
    const std::string_view object = d.span.is_known() ? "" : std::string_view(d.object);
    return std::tuple(!d.span.is_known(), file, d.span, d.code, std::string_view(d.message),
                      object);
  };
  // What two equal ones may differ in; decides which is kept, whatever the order of report.
  const auto full_key = [&](const Diagnostic& d) {
    return std::tuple_cat(key(d),
                          std::tuple(std::string_view(d.field_path), std::string_view(d.object)));
  };
  std::vector<const Diagnostic*> result;
  result.reserve(diagnostics.size());
  for (const Diagnostic& d : diagnostics) result.push_back(&d);
  std::sort(result.begin(), result.end(), [&](const Diagnostic* a, const Diagnostic* b) {
    // The order of report breaks ties.
    return std::tuple_cat(full_key(*a), std::tuple(a)) <
           std::tuple_cat(full_key(*b), std::tuple(b));
  });
  const auto end =
      std::unique(result.begin(), result.end(),
                  [&](const Diagnostic* a, const Diagnostic* b) { return key(*a) == key(*b); });
  result.erase(end, result.end());
  return result;
}

bool is_control(char32_t c) { return c < 0x20 || (c >= 0x7F && c < 0xA0); }

// Input can hold anything: nothing of it may drive the terminal or break the line.
void append_printable(std::string& out, std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const CodePoint point = decode_utf8(text, i);
    if (is_control(point.value)) {
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned>(point.value));
    } else {
      append_utf8(out, point.value);
    }
    i += point.length;
  }
}

std::string printable(std::string_view text) {
  std::string out;
  append_printable(out, text);
  return out;
}

// Columns that a terminal uses: East Asian wide forms and pictographs take two, combining marks
// none.
std::size_t display_width(char32_t c) {
  struct Range {
    char32_t first, last;
  };
  constexpr Range kZero[] = {{0x300, 0x36F}, {0x200B, 0x200F}, {0xFE00, 0xFE0F}, {0xFEFF, 0xFEFF}};
  constexpr Range kWide[] = {{0x1100, 0x115F},  {0x2E80, 0xA4CF},   {0xAC00, 0xD7A3},
                             {0xF900, 0xFAFF},  {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},
                             {0xFFE0, 0xFFE6},  {0x1F300, 0x1F64F}, {0x1F900, 0x1F9FF},
                             {0x20000, 0x3FFFD}};
  const auto holds = [c](const Range& range) { return c >= range.first && c <= range.last; };
  if (std::any_of(std::begin(kZero), std::end(kZero), holds)) return 0;
  return std::any_of(std::begin(kWide), std::end(kWide), holds) ? 2 : 1;
}

// One line of source and the marks below it, built code point by code point.
class Excerpt {
 public:
  // `begin` and `end` are offsets into `line`; an empty range is marked by one caret.
  Excerpt(std::string_view line, std::size_t begin, std::size_t end) : begin_(begin), end_(end) {
    std::size_t at = start_of_window(line, begin);
    if (at > 0) text_ = "...", marks_ = "   ";
    for (std::size_t shown = 0; at < line.size(); ++shown) {
      if (at > begin && shown > kMaxBefore + kMaxAfter) {
        text_ += "...";
        break;
      }
      const CodePoint point = decode_utf8(line, at);
      add(point.value, at);
      at += point.length;
    }
    if (!has_caret_) marks_ += '^';  // the place is the end of the line
    marks_.erase(marks_.find_last_not_of(" \t") + 1);
  }

  const std::string& text() const { return text_; }
  const std::string& marks() const { return marks_; }

 private:
  // At most kMaxBefore code points before `begin`.
  static std::size_t start_of_window(std::string_view line, std::size_t begin) {
    std::size_t at = std::min(begin, line.size());
    for (std::size_t count = 0; at > 0 && count < kMaxBefore; ++count) {
      do {
        --at;
      } while (at > 0 && (static_cast<unsigned char>(line[at]) & 0xC0U) == 0x80U);
    }
    return at;
  }

  void add(char32_t value, std::size_t at) {
    const bool is_marked = at >= begin_ && (at < end_ || !has_caret_);
    const bool is_tab = value == '\t';
    std::size_t width = 1;
    if (is_tab) {
      text_ += '\t';
    } else if (is_control(value)) {
      text_ += '?';
    } else {
      append_utf8(text_, value);
      width = display_width(value);
    }
    if (!is_marked) {
      marks_.append(width, is_tab ? '\t' : ' ');
      return;
    }
    if (width == 0) return;
    if (is_tab && has_caret_) {
      marks_ += '\t';  // keeps what follows in its column
      return;
    }
    marks_ += has_caret_ ? '~' : '^';
    marks_.append(width - 1, '~');
    if (is_tab) marks_ += '\t';
    has_caret_ = true;
  }

  std::size_t begin_;
  std::size_t end_;
  bool has_caret_ = false;
  std::string text_;
  std::string marks_;
};

class TextRenderer {
 public:
  TextRenderer(const SourceManager& sources, const Style& style)
      : sources_(sources), style_(style) {}

  void add(const Diagnostic& d) {
    headline(d.span, d.severity, d.message, d.code);
    excerpt(d.span);
    if (!d.field_path.empty()) {
      line("field", d.object.empty() ? d.field_path : d.field_path + " of " + d.object);
    } else if (!d.object.empty()) {
      line("object", d.object);
    }
    for (const std::string& note : d.notes) line("note", note);
    for (const Label& label : d.related) {
      headline(label.span, Severity::kNote, label.text, {});
      excerpt(label.span);
    }
  }

  std::string take() { return std::move(out_); }

 private:
  void headline(const Span& span, Severity severity, std::string_view text, std::string_view code) {
    if (span.is_known()) {
      out_ += style_.bold;
      append_printable(out_, sources_.describe(span));
      out_ += ':';
      out_ += style_.off;
      out_ += ' ';
    }
    out_ += severity_style(style_, severity);
    out_ += severity_name(severity);
    out_ += ':';
    out_ += style_.off;
    out_ += ' ';
    out_ += style_.bold;
    append_printable(out_, text);
    out_ += style_.off;
    if (!code.empty()) fmt::format_to(std::back_inserter(out_), " [{}]", code);
    out_ += '\n';
  }

  void excerpt(const Span& span) {
    if (!span.is_known()) return;
    const std::string_view text = sources_.text(span.source);
    std::string_view source_line = sources_.line_text(span.source, span.begin);
    auto start = static_cast<std::size_t>(source_line.data() - text.data());
    if (start == 0 && source_line.starts_with(kByteOrderMark)) {
      source_line.remove_prefix(kByteOrderMark.size());
      start = kByteOrderMark.size();
    }
    const auto within = [&](std::uint32_t offset) {
      return std::min(offset > start ? offset - start : 0, source_line.size());
    };
    const Excerpt shown(source_line, within(span.begin), within(span.end));
    fmt::format_to(std::back_inserter(out_), "{:>5} | {}\n      | {}{}{}\n",
                   sources_.position(span).line, shown.text(), style_.caret, shown.marks(),
                   style_.off);
  }

  void line(std::string_view head, std::string_view text) {
    fmt::format_to(std::back_inserter(out_), "  {}: {}\n", head, printable(text));
  }

  const SourceManager& sources_;
  const Style& style_;
  std::string out_;
};

std::string json_string(std::string_view text) {
  std::string out = "\"";
  for (std::size_t i = 0; i < text.size();) {
    const CodePoint point = decode_utf8(text, i);
    if (point.value == '"' || point.value == '\\') {
      out += '\\';
      out += static_cast<char>(point.value);
    } else if (is_control(point.value)) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(point.value));
    } else {
      append_utf8(out, point.value);
    }
    i += point.length;
  }
  out += '"';
  return out;
}

// "file", "line" and "column", null where there is no place.
std::string json_place(const Span& span, const SourceManager& sources) {
  if (!span.is_known()) return R"("file":null,"line":null,"column":null)";
  const Position at = sources.position(span);
  return fmt::format(R"("file":{},"line":{},"column":{})", json_string(sources.name(span.source)),
                     at.line, at.column);
}

std::string json_object(const Diagnostic& d, const SourceManager& sources) {
  std::vector<std::string> notes;
  for (const std::string& note : d.notes) notes.push_back(json_string(note));
  std::vector<std::string> related;
  for (const Label& label : d.related) {
    related.push_back(fmt::format(R"({{"message":{},{}}})", json_string(label.text),
                                  json_place(label.span, sources)));
  }
  return fmt::format(
      R"({{"code":{},"severity":"{}","message":{},{},"field":{},"object":{},"notes":[{}],"related":[{}]}})",
      json_string(d.code), severity_name(d.severity), json_string(d.message),
      json_place(d.span, sources), json_string(d.field_path), json_string(d.object),
      fmt::join(notes, ","), fmt::join(related, ","));
}

}  // namespace

std::string render_text(const std::vector<Diagnostic>& diagnostics, const SourceManager& sources,
                        bool color) {
  TextRenderer renderer(sources, color ? kColored : kPlain);
  for (const Diagnostic* d : ordered(diagnostics, sources)) renderer.add(*d);
  return renderer.take();
}

std::string render_json(const std::vector<Diagnostic>& diagnostics, const SourceManager& sources) {
  std::string out = "[";
  for (const Diagnostic* d : ordered(diagnostics, sources)) {
    out += out.size() == 1 ? "\n" : ",\n";
    out += json_object(*d, sources);
  }
  out += out.size() == 1 ? "]\n" : "\n]\n";
  return out;
}

}  // namespace netpolc::diag
