// SPDX-License-Identifier: Apache-2.0
#include "compiler/api/ports.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "compiler/api/kubernetes/names.h"

namespace netpolc::api {
namespace {

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

std::optional<model::Protocol> protocol_of(std::string_view name) {
  if (name == "TCP") return model::Protocol::kTcp;
  if (name == "UDP") return model::Protocol::kUdp;
  if (name == "SCTP") return model::Protocol::kSctp;
  return std::nullopt;
}

}  // namespace

std::optional<model::Protocol> read_protocol(const Object& object) {
  const std::optional<Field> field = object.find("protocol");
  if (!field) return model::Protocol::kTcp;
  const std::optional<std::string_view> name = field->string();
  if (!name) return std::nullopt;
  if (const std::optional<model::Protocol> protocol = protocol_of(*name)) return protocol;
  diag::Builder report =
      field->report(diag::Code::kBadProtocol, fmt::format("there is no port protocol `{}`", *name));
  if (protocol_of(upper(*name))) {
    report.note(fmt::format("did you mean `{}`? case counts", upper(*name)));
  } else {
    report.note("the protocols are `TCP`, `UDP` and `SCTP`; leave the field out for `TCP`");
  }
  return std::nullopt;
}

std::optional<std::uint16_t> read_port_number(const Field& field) {
  const std::optional<std::int64_t> number = field.integer();
  if (!number) return std::nullopt;
  if (*number >= 1 && *number <= 65535) return static_cast<std::uint16_t>(*number);
  field.report(diag::Code::kBadPort, fmt::format("port `{}` is not in 1..65535", *number));
  return std::nullopt;
}

std::optional<std::string> read_port_name(const Field& field) {
  const std::optional<std::string_view> name = field.string();
  if (!name) return std::nullopt;
  const kubernetes::Fault fault = kubernetes::fault_of_port_name(*name);
  if (!fault) return std::string(*name);
  diag::Builder report = field.report(
      diag::Code::kBadPortName, fmt::format("port name `{}` is not valid: {}", *name, *fault));
  const bool is_number = !name->empty() && std::all_of(name->begin(), name->end(),
                                                       [](char c) { return c >= '0' && c <= '9'; });
  if (is_number) report.note("a port number is written without quotes");
  return std::nullopt;
}

}  // namespace netpolc::api
