// SPDX-License-Identifier: Apache-2.0
#include "compiler/cases/read_probes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace netpolc::cases {
namespace {

using diag::Code;
using document::Kind;
using document::Member;
using document::Value;

// Keys for people, or for how an expectation was made: they put no condition on a verdict.
constexpr std::array<std::string_view, 5> kCommentKeys = {"source", "derived", "note", "oracle",
                                                          "differs"};

// Keys of a row that ask for more than a connection's verdict.
constexpr std::array<std::string_view, 5> kRequestKeys = {"http", "dns", "tls", "fqdn", "service"};

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& keys, std::string_view key) {
  return std::ranges::find(keys, key) != keys.end();
}

class Reader {
 public:
  explicit Reader(diag::Sink& sink) : sink_(sink) {}

  ProbesFile probes(const Value& root);
  ExpectFile expect(const Value& root);

 private:
  void row(const Value& value);
  void row_key(const Member& member, ProbeRow& row);
  void finish_row(const Value& value, ProbeRow row, const Value* icmp);
  std::vector<std::string> ends(const Value& value, std::string_view key);
  std::vector<std::uint16_t> ports(const Value& value);
  std::vector<std::uint8_t> protocols(const Value& value);
  std::optional<std::uint8_t> icmp_type(const Value& value);
  std::optional<bool> verdict(const Value& value);
  std::string string(const Value& value, std::string_view key);
  void config(const Value& value);
  bool is_map(const Value& value, std::string_view what);
  void wrong(const Value& value, std::string message);
  void unknown(const Member& member, std::string_view where);
  void missing(const Value& value, std::string_view key, std::string_view where);
  void need(std::string what) { file_.needs.push_back(std::move(what)); }

  diag::Sink& sink_;
  ProbesFile file_;
};

// A scalar as the one item of a list.
std::vector<const Value*> items_of(const Value& value) {
  std::vector<const Value*> items;
  if (value.kind != Kind::kList) {
    items.push_back(&value);
    return items;
  }
  for (const Value& item : value.items) items.push_back(&item);
  return items;
}

void Reader::wrong(const Value& value, std::string message) {
  sink_.report(Code::kBadCaseValue, value.span, std::move(message));
}

void Reader::unknown(const Member& member, std::string_view where) {
  sink_
      .report(Code::kUnknownCaseKey, member.key_span,
              fmt::format("{} has no key `{}`", where, member.key))
      .note("a condition that is not understood cannot be tested; remove the key");
}

void Reader::missing(const Value& value, std::string_view key, std::string_view where) {
  sink_.report(Code::kMissingCaseKey, value.span, fmt::format("{} has no `{}`", where, key));
}

bool Reader::is_map(const Value& value, std::string_view what) {
  if (value.kind == Kind::kMap) return true;
  wrong(value, fmt::format("{} is {}, not a map", what, document::describe(value.kind)));
  return false;
}

std::string Reader::string(const Value& value, std::string_view key) {
  if (value.kind == Kind::kString) return value.text;
  wrong(value, fmt::format("`{}` is {}, not a string", key, document::describe(value.kind)));
  return {};
}

std::vector<std::string> Reader::ends(const Value& value, std::string_view key) {
  std::vector<std::string> names;
  for (const Value* item : items_of(value)) {
    if (item->kind == Kind::kString && !item->text.empty()) {
      names.push_back(item->text);
    } else {
      wrong(*item, fmt::format("`{}` is no pod, node or address", key));
    }
  }
  if (value.kind == Kind::kList && value.items.empty()) {
    wrong(value, fmt::format("`{}` is an empty list", key));
  }
  return names;
}

std::vector<std::uint16_t> Reader::ports(const Value& value) {
  std::vector<std::uint16_t> ports;
  for (const Value* item : items_of(value)) {
    if (item->kind == Kind::kInteger && item->integer >= 1 && item->integer <= 65535) {
      ports.push_back(static_cast<std::uint16_t>(item->integer));
    } else {
      wrong(*item, fmt::format("`{}` is no port from 1 to 65535", item->text));
    }
  }
  if (value.kind == Kind::kList && value.items.empty()) wrong(value, "`port` is an empty list");
  return ports;
}

std::vector<std::uint8_t> Reader::protocols(const Value& value) {
  std::vector<std::uint8_t> protocols;
  for (const Value* item : items_of(value)) {
    std::optional<std::uint8_t> number;
    if (item->kind == Kind::kString) number = protocol_number(item->text);
    if (item->kind == Kind::kInteger && item->integer >= 0 && item->integer <= 255) {
      number = static_cast<std::uint8_t>(item->integer);
    }
    if (number) {
      protocols.push_back(*number);
    } else {
      wrong(*item, fmt::format("`{}` is no protocol", item->text));
    }
  }
  if (value.kind == Kind::kList && value.items.empty()) {
    wrong(value, "`protocol` is an empty list");
  }
  return protocols;
}

std::optional<std::uint8_t> Reader::icmp_type(const Value& value) {
  if (!is_map(value, "`icmp`")) return std::nullopt;
  std::optional<std::uint8_t> type;
  for (const Member& member : value.members) {
    if (member.key != "type") {
      unknown(member, "`icmp`");
    } else if (member.value.kind == Kind::kInteger && member.value.integer >= 0 &&
               member.value.integer <= 255) {
      type = static_cast<std::uint8_t>(member.value.integer);
    } else {
      wrong(member.value, fmt::format("`{}` is no ICMP type from 0 to 255", member.value.text));
    }
  }
  if (value.find("type") == nullptr) missing(value, "type", "`icmp`");
  return type;
}

std::optional<bool> Reader::verdict(const Value& value) {
  if (value.kind == Kind::kString && value.text == "allow") return true;
  if (value.kind == Kind::kString && value.text == "deny") return false;
  wrong(value, fmt::format("`expect` is `{}`, neither `allow` nor `deny`", value.text));
  return std::nullopt;
}

void Reader::row_key(const Member& member, ProbeRow& row) {
  const Value& value = member.value;
  if (member.key == "from") {
    row.from = ends(value, "from");
  } else if (member.key == "to") {
    row.to = ends(value, "to");
  } else if (member.key == "port") {
    row.ports = ports(value);
  } else if (member.key == "protocol") {
    row.protocols = protocols(value);
  } else if (member.key == "icmp") {
    row.icmp_type = icmp_type(value);
  } else if (member.key == "expect") {
    row.expect_allowed = verdict(value).value_or(false);
  } else if (contains(kRequestKeys, member.key)) {
    need(fmt::format("`{}` probes", member.key));
  } else if (!contains(kCommentKeys, member.key)) {
    unknown(member, "a probe");
  }
}

void Reader::finish_row(const Value& value, ProbeRow row, const Value* icmp) {
  if (row.protocols.empty()) row.protocols.push_back(6);
  const bool wants_port = std::ranges::any_of(row.protocols, has_ports);
  if (row.ports.empty()) {
    if (wants_port) return missing(value, "port", "a probe");
    row.ports.push_back(0);
  } else if (!wants_port) {
    return wrong(value, fmt::format("a probe of {} has no port", protocol_name(row.protocols[0])));
  }
  if (icmp != nullptr && !std::ranges::any_of(row.protocols, is_icmp)) {
    return wrong(*icmp, "`icmp` needs `protocol: ICMP` or `protocol: ICMPV6`");
  }
  file_.rows.push_back(std::move(row));
}

void Reader::row(const Value& value) {
  if (!is_map(value, "a probe")) return;
  const std::size_t errors = sink_.error_count();
  ProbeRow row;
  row.span = value.span;
  for (const Member& member : value.members) row_key(member, row);
  for (std::string_view key : {"from", "to", "expect"}) {
    if (value.find(key) == nullptr) missing(value, key, "a probe");
  }
  if (sink_.error_count() == errors) finish_row(value, std::move(row), value.find("icmp"));
}

// Options of another implementation's agent: each says what the case needs.
void Reader::config(const Value& value) {
  if (!is_map(value, "`config`")) return;
  for (const Member& member : value.members) need(fmt::format("the option `{}`", member.key));
}

ProbesFile Reader::probes(const Value& root) {
  if (!is_map(root, "a probes file")) return std::move(file_);
  for (const Member& member : root.members) {
    if (member.key == "probes") {
      if (member.value.kind != Kind::kList) {
        wrong(member.value, "`probes` is not a list");
        continue;
      }
      for (const Value& item : member.value.items) row(item);
    } else if (member.key == "config") {
      config(member.value);
    } else if (member.key == "at") {
      need("the view of one node (`at`)");
    } else if (member.key == "unsupported") {
      file_.unsupported = string(member.value, "unsupported");
    } else if (!contains(kCommentKeys, member.key)) {
      unknown(member, "a probes file");
    }
  }
  if (root.find("probes") == nullptr) missing(root, "probes", "a probes file");
  std::ranges::sort(file_.needs);
  const auto repeated = std::ranges::unique(file_.needs);
  file_.needs.erase(repeated.begin(), repeated.end());
  return std::move(file_);
}

ExpectFile Reader::expect(const Value& root) {
  ExpectFile file;
  if (!is_map(root, "an expectation")) return file;
  for (const Member& member : root.members) {
    if (member.key == "path") {
      file.rejection.path = string(member.value, "path");
    } else if (member.key == "error") {
      file.rejection.error = string(member.value, "error");
    } else if (member.key == "unsupported") {
      file.unsupported = string(member.value, "unsupported");
    } else if (member.key != "stage" && !contains(kCommentKeys, member.key)) {
      unknown(member, "an expectation");
    }
  }
  if (root.find("path") == nullptr) missing(root, "path", "an expectation");
  return file;
}

}  // namespace

ProbesFile read_probes(const Value& root, diag::Sink& sink) { return Reader(sink).probes(root); }

ExpectFile read_expect(const Value& root, diag::Sink& sink) { return Reader(sink).expect(root); }

}  // namespace netpolc::cases
