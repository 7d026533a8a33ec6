// SPDX-License-Identifier: Apache-2.0
#include "compiler/api/kubernetes/ip_block.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "compiler/api/kubernetes/cidr.h"

namespace netpolc::api::kubernetes {
namespace {

constexpr auto kIpBlockFields = std::to_array<std::string_view>({"cidr", "except"});

void report_odd_cidr(const Field& field, const ParsedCidr& parsed, bool strict_cidrs) {
  const std::string& text = field.value().text;
  const Severity severity = strict_cidrs ? Severity::kError : Severity::kWarning;
  const std::string note =
      fmt::format("{} `{}`", strict_cidrs ? "write" : "it is taken as", parsed.cidr.to_string());
  if (parsed.has_host_bits) {
    field
        .report(diag::Code::kCidrHostBits, severity,
                fmt::format("`{}` has bits set beyond its prefix length", text))
        .note(note);
  }
  if (parsed.has_leading_zeros) {
    field
        .report(diag::Code::kCidrLeadingZeros, severity,
                fmt::format("`{}` has leading zeros", text))
        .note(note);
  }
  if (parsed.is_ipv4_mapped) {
    field
        .report(diag::Code::kCidrIpv4Mapped, severity,
                fmt::format("`{}` has an IPv4-mapped IPv6 address", text))
        .note(note);
  }
}

std::optional<Cidr> read_cidr(const Field& field, bool strict_cidrs) {
  const std::optional<std::string_view> text = field.string();
  if (!text) return std::nullopt;
  const std::optional<ParsedCidr> parsed = parse_cidr(*text);
  if (parsed) {
    report_odd_cidr(field, *parsed, strict_cidrs);
    return parsed->cidr;
  }
  diag::Builder report =
      field.report(diag::Code::kBadCidr, fmt::format("`{}` is not a CIDR", *text));
  if (const std::optional<IpAddress> address = parse_address(*text)) {
    report.note(
        fmt::format("a single address is written as `{}`", Cidr::host(*address).to_string()));
  } else {
    report.note("a CIDR is an address and a prefix length, as `10.9.8.0/24` or `2001:db8::/64`");
  }
  return std::nullopt;
}

void read_except(const Field& field, const Field& cidr_field, bool strict_cidrs,
                 model::CidrPeer& peer) {
  field.for_each_item([&](const Field& item) {
    const std::optional<Cidr> except = read_cidr(item, strict_cidrs);
    if (!except) return;
    if (peer.cidr.contains(*except) && except->length > peer.cidr.length) {
      peer.except.push_back(*except);
      return;
    }
    item.report(diag::Code::kExceptOutsideCidr,
                *except == peer.cidr
                    ? fmt::format("ipBlock except `{}` is all of cidr", item.value().text)
                    : fmt::format("ipBlock except `{}` is not inside cidr `{}`", item.value().text,
                                  cidr_field.value().text))
        .note("every except block must be a proper subnet of cidr")
        .related(cidr_field.span(), "the cidr");
  });
  std::sort(peer.except.begin(), peer.except.end());
}

}  // namespace

std::optional<model::CidrPeer> read_ip_block(const Field& field, bool strict_cidrs) {
  const Object object(field, kIpBlockFields);
  if (!field.value().is_null() && field.value().kind != document::Kind::kMap) return std::nullopt;
  const std::optional<Field> cidr = object.find("cidr");
  if (!cidr || (cidr->value().kind == document::Kind::kString && cidr->value().text.empty())) {
    field.report_missing("cidr");
    return std::nullopt;
  }
  const std::optional<Cidr> prefix = read_cidr(*cidr, strict_cidrs);
  if (!prefix) return std::nullopt;
  model::CidrPeer peer;
  peer.cidr = *prefix;
  if (const std::optional<Field> except = object.find("except")) {
    read_except(*except, *cidr, strict_cidrs, peer);
  }
  return peer;
}

}  // namespace netpolc::api::kubernetes
