// SPDX-License-Identifier: Apache-2.0
#include "compiler/api/netpolc/workload.h"

#include <fmt/format.h>

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "compiler/api/kubernetes/names.h"
#include "compiler/api/metadata.h"
#include "compiler/api/ports.h"

namespace netpolc::api::netpolc {
namespace {

constexpr auto kWorkloadFields =
    std::to_array<std::string_view>({"apiVersion", "kind", "metadata", "spec"});
constexpr auto kSpecFields =
    std::to_array<std::string_view>({"addresses", "ports", "netns", "node"});
constexpr auto kPortFields = std::to_array<std::string_view>({"name", "port", "protocol"});

void read_port(const Field& field, model::Endpoint& endpoint) {
  const Object object(field, kPortFields);
  if (field.value().kind != document::Kind::kMap) {
    if (field.value().is_null()) field.report_wrong_type("a map");
    return;
  }
  const std::optional<Field> name_field = object.find("name");
  const std::optional<Field> number_field = object.find("port");
  if (!name_field) field.report_missing("name");
  if (!number_field) field.report_missing("port");
  const auto name = name_field ? read_port_name(*name_field) : std::nullopt;
  const auto number = number_field ? read_port_number(*number_field) : std::nullopt;
  const std::optional<model::Protocol> protocol = read_protocol(object);
  if (name && number && protocol) {
    add_named_port(*name_field, {*name, *number, *protocol}, endpoint);
  }
}

// A file below /run/netns, as `ip netns` makes it.
void read_netns(const Field& field, model::Endpoint& endpoint) {
  constexpr std::size_t kMaxFileName = 255;
  const std::optional<std::string_view> name = field.string();
  if (!name) return;
  const bool is_file_name = !name->empty() && name->size() <= kMaxFileName && *name != "." &&
                            *name != ".." && name->find('/') == std::string_view::npos &&
                            name->find('\0') == std::string_view::npos;
  if (is_file_name) {
    endpoint.netns = *name;
    return;
  }
  field
      .report(diag::Code::kBadName,
              fmt::format("`{}` is not the name of a network namespace", *name))
      .note("write the name alone, as `ip netns list` prints it");
}

void read_node_name(const Field& field, model::Endpoint& endpoint) {
  const std::optional<std::string_view> name = field.string();
  if (!name) return;
  if (const kubernetes::Fault fault = kubernetes::fault_of_dns_subdomain(*name)) {
    field.report(diag::Code::kBadName, fmt::format("node `{}` is not valid: {}", *name, *fault));
    return;
  }
  endpoint.node = *name;
}

void read_spec(const Field& field, LoadedWorkload& out) {
  const Object spec(field, kSpecFields);
  if (field.value().kind != document::Kind::kMap) return;
  const std::optional<Field> addresses = spec.find("addresses");
  const bool is_empty = !addresses || (addresses->value().kind == document::Kind::kList &&
                                       addresses->value().items.empty());
  if (is_empty) {
    field.report_missing("addresses").note("a workload needs at least one IP address");
  } else {
    addresses->for_each_item([&](const Field& item) { read_address(item, out.addresses); });
  }
  if (const std::optional<Field> ports = spec.find("ports")) {
    ports->for_each_item([&](const Field& item) { read_port(item, out.endpoint); });
  }
  if (const std::optional<Field> netns = spec.find("netns")) read_netns(*netns, out.endpoint);
  if (const std::optional<Field> node = spec.find("node")) read_node_name(*node, out.endpoint);
}

}  // namespace

std::optional<LoadedWorkload> read_workload(const Field& object) {
  const Object root(object, kWorkloadFields);
  std::optional<Metadata> metadata = read_metadata(object, Scope::kNamespaced);
  LoadedWorkload out;
  out.title = object.context().object;
  if (const std::optional<Field> spec = root.find("spec")) {
    read_spec(*spec, out);
  } else {
    object.report_missing("spec");
  }
  if (!metadata) return std::nullopt;
  out.endpoint.namespace_name = std::move(metadata->namespace_name);
  out.endpoint.name = std::move(metadata->name);
  out.endpoint.labels = std::move(metadata->labels);
  out.endpoint.span = metadata->span;
  return out;
}

}  // namespace netpolc::api::netpolc
