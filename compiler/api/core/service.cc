// SPDX-License-Identifier: Apache-2.0
#include "compiler/api/core/service.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "compiler/api/addresses.h"
#include "compiler/api/metadata.h"
#include "compiler/api/ports.h"

namespace netpolc::api::core {
namespace {

using Backends = std::vector<std::pair<IpAddress, std::uint16_t>>;

void read_target_port(const Field& field, LoadedServicePort& port) {
  const document::Value& value = field.value();
  if (value.kind == document::Kind::kString) {
    if (value.text.empty()) return;  // stands for the service's own port, as 0 does
    if (std::optional<std::string> name = read_port_name(field)) port.target = std::move(*name);
    return;
  }
  if (value.kind != document::Kind::kInteger && value.kind != document::Kind::kFloat) {
    field.report_wrong_type("an integer or a string");
    return;
  }
  if (value.kind == document::Kind::kInteger && value.integer == 0) return;
  if (const std::optional<std::uint16_t> number = read_port_number(field)) port.target = *number;
}

void read_service_port(const Field& field, LoadedService& out) {
  const Object object(field, {});
  LoadedServicePort port;
  port.name = object.string("name").value_or("");
  const std::optional<Field> number_field = object.find("port");
  if (!number_field) {
    if (field.value().kind == document::Kind::kMap) field.report_missing("port");
    return;
  }
  const std::optional<std::uint16_t> number = read_port_number(*number_field);
  const std::optional<model::Protocol> protocol = read_protocol(object);
  if (!number || !protocol) return;
  port.port = *number;
  port.protocol = *protocol;
  port.target = *number;
  if (const std::optional<Field> target = object.find("targetPort")) {
    read_target_port(*target, port);
  }
  out.ports.push_back(std::move(port));
}

void read_cluster_ip(const Field& field, std::vector<LocatedAddress>& out) {
  const document::Value& value = field.value();
  const bool is_headless =
      value.kind == document::Kind::kString && (value.text.empty() || value.text == "None");
  if (!is_headless) read_address(field, out);
}

void read_cluster_ips(const Object& spec, LoadedService& out) {
  std::vector<LocatedAddress> addresses;
  const std::optional<Field> list = spec.find("clusterIPs");
  if (list && list->is_list() && !list->value().items.empty()) {
    list->for_each_item([&](const Field& item) { read_cluster_ip(item, addresses); });
  } else if (const std::optional<Field> only = spec.find("clusterIP")) {
    read_cluster_ip(*only, addresses);
  }
  out.service.cluster_ips = sorted_addresses(addresses);
}

void read_slice_endpoint(const Field& field, std::vector<LocatedAddress>& out) {
  const Object endpoint(field, {});
  if (const std::optional<Field> conditions = endpoint.find("conditions")) {
    if (!Object(*conditions, {}).boolean("ready").value_or(true)) return;
  }
  if (const std::optional<Field> addresses = endpoint.find("addresses")) {
    addresses->for_each_item([&](const Field& item) { read_address(item, out); });
  }
}

void read_slice_port(const Field& field, LoadedSlice& out) {
  const Object object(field, {});
  const std::optional<Field> number_field = object.find("port");
  if (!number_field) return;  // every port; nothing that a service of ours could name
  const std::optional<std::uint16_t> number = read_port_number(*number_field);
  const std::optional<model::Protocol> protocol = read_protocol(object);
  if (!number || !protocol) return;
  out.ports.push_back({std::string(object.string("name").value_or("")), *number, *protocol});
}

void add_slice_backends(const LoadedServicePort& port, const LoadedSlice& slice, Backends& out) {
  for (const LoadedSlicePort& candidate : slice.ports) {
    if (candidate.name != port.name || candidate.protocol != port.protocol) continue;
    for (const IpAddress& address : slice.addresses) out.emplace_back(address, candidate.port);
  }
}

void add_workload_backends(const LoadedServicePort& port, const LoadedWorkload& workload,
                           Backends& out) {
  const auto add_all = [&](std::uint16_t number) {
    for (const LocatedAddress& item : workload.addresses) out.emplace_back(item.address, number);
  };
  if (const auto* number = std::get_if<std::uint16_t>(&port.target)) {
    add_all(*number);
    return;
  }
  const std::string& name = std::get<std::string>(port.target);
  // The first container port of that name, as kube-proxy's source of endpoints has it.
  for (const model::NamedPort& candidate : workload.endpoint.ports) {
    if (candidate.name != name || candidate.protocol != port.protocol) continue;
    add_all(candidate.port);
    return;
  }
}

bool is_selected(const model::Labels& selector, const model::Labels& labels) {
  return std::all_of(selector.begin(), selector.end(), [&](const auto& wanted) {
    const auto found = labels.find(wanted.first);
    return found != labels.end() && found->second == wanted.second;
  });
}

}  // namespace

std::optional<LoadedService> read_service(const Field& object) {
  const Object root(object, {});
  std::optional<Metadata> metadata = read_metadata(object, Scope::kNamespaced);
  LoadedService out;
  if (const std::optional<Field> field = root.find("spec")) {
    const Object spec(*field, {});
    if (spec.string("type") == "ExternalName") return std::nullopt;
    read_cluster_ips(spec, out);
    if (const std::optional<Field> ports = spec.find("ports")) {
      ports->for_each_item([&](const Field& item) { read_service_port(item, out); });
    }
    if (const std::optional<Field> selector = spec.find("selector")) {
      out.selector = read_labels(*selector);
    }
  }
  if (!metadata) return std::nullopt;
  out.service.namespace_name = std::move(metadata->namespace_name);
  out.service.name = std::move(metadata->name);
  out.service.labels = std::move(metadata->labels);
  out.service.span = metadata->span;
  return out;
}

std::optional<LoadedSlice> read_endpoint_slice(const Field& object) {
  constexpr std::string_view kServiceLabel = "kubernetes.io/service-name";
  const Object root(object, {});
  std::optional<Metadata> metadata = read_metadata(object, Scope::kNamespaced);
  LoadedSlice out;
  // Slices of type FQDN hold names.
  if (root.string("addressType") != "FQDN") {
    std::vector<LocatedAddress> addresses;
    if (const std::optional<Field> endpoints = root.find("endpoints")) {
      endpoints->for_each_item([&](const Field& item) { read_slice_endpoint(item, addresses); });
    }
    out.addresses = sorted_addresses(addresses);
  }
  if (const std::optional<Field> ports = root.find("ports")) {
    ports->for_each_item([&](const Field& item) { read_slice_port(item, out); });
  }
  if (!metadata) return std::nullopt;
  const auto label = metadata->labels.find(kServiceLabel);
  if (label != metadata->labels.end()) out.service = label->second;
  out.namespace_name = std::move(metadata->namespace_name);
  out.name = std::move(metadata->name);
  out.span = metadata->span;
  return out;
}

model::Service resolve_service(const LoadedService& loaded,
                               const std::vector<const LoadedSlice*>& slices,
                               const std::vector<const LoadedWorkload*>& workloads) {
  model::Service out = loaded.service;
  for (const LoadedServicePort& port : loaded.ports) {
    Backends backends;
    for (const LoadedSlice* slice : slices) add_slice_backends(port, *slice, backends);
    if (slices.empty() && !loaded.selector.empty()) {
      for (const LoadedWorkload* workload : workloads) {
        if (workload->is_finished || !is_selected(loaded.selector, workload->endpoint.labels)) {
          continue;
        }
        add_workload_backends(port, *workload, backends);
      }
    }
    std::sort(backends.begin(), backends.end());
    backends.erase(std::unique(backends.begin(), backends.end()), backends.end());
    out.ports.push_back({port.port, port.protocol, std::move(backends)});
  }
  return out;
}

}  // namespace netpolc::api::core
