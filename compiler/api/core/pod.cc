// SPDX-License-Identifier: Apache-2.0
#include "compiler/api/core/pod.h"

#include <string>
#include <string_view>
#include <utility>

#include "compiler/api/metadata.h"
#include "compiler/api/ports.h"

namespace netpolc::api::core {
namespace {

void read_container_port(const Field& field, model::Endpoint& endpoint) {
  const Object port(field, {});
  const std::optional<Field> number_field = port.find("containerPort");
  if (!number_field) {
    if (field.value().kind == document::Kind::kMap) field.report_missing("containerPort");
    return;
  }
  const std::optional<std::uint16_t> number = read_port_number(*number_field);
  const std::optional<model::Protocol> protocol = read_protocol(port);
  const std::optional<Field> name_field = port.find("name");
  if (!name_field || name_field->value().text.empty()) return;
  const std::optional<std::string> name = read_port_name(*name_field);
  if (!name || !number || !protocol) return;
  add_named_port(*name_field, {*name, *number, *protocol}, endpoint);
}

void read_container(const Field& field, model::Endpoint& endpoint) {
  const Object container(field, {});
  const std::optional<Field> ports = container.find("ports");
  if (!ports) return;
  ports->for_each_item([&](const Field& item) { read_container_port(item, endpoint); });
}

void read_spec(const Field& field, LoadedWorkload& pod) {
  const Object spec(field, {});
  pod.is_on_host_network = spec.boolean("hostNetwork").value_or(false);
  pod.endpoint.node = spec.string("nodeName").value_or("");
  if (const std::optional<Field> containers = spec.find("containers")) {
    containers->for_each_item([&](const Field& item) { read_container(item, pod.endpoint); });
  }
  // A restartable init container (sidecar) runs as long as the pod; the others end before it
  // starts.
  if (const std::optional<Field> containers = spec.find("initContainers")) {
    containers->for_each_item([&](const Field& item) {
      const Object container(item, {});
      if (container.string("restartPolicy") == "Always") read_container(item, pod.endpoint);
    });
  }
}

void read_status(const Field& field, LoadedWorkload& pod) {
  const Object status(field, {});
  const std::string_view phase = status.string("phase").value_or("");
  pod.is_finished = phase == "Succeeded" || phase == "Failed";
  pod.is_running = phase == "Running";
  if (pod.is_finished) return;
  const std::optional<Field> list = status.find("podIPs");
  if (list && list->is_list() && !list->value().items.empty()) {
    list->for_each_item([&](const Field& item) {
      const Object entry(item, {});
      if (const std::optional<Field> ip = entry.find("ip")) read_address(*ip, pod.addresses);
    });
    return;
  }
  const std::optional<Field> only = status.find("podIP");
  if (only && !(only->value().kind == document::Kind::kString && only->value().text.empty())) {
    read_address(*only, pod.addresses);
  }
}

}  // namespace

std::optional<LoadedWorkload> read_pod(const Field& object) {
  const Object root(object, {});
  std::optional<Metadata> metadata = read_metadata(object, Scope::kNamespaced);
  LoadedWorkload pod;
  pod.is_pod = true;
  pod.title = object.context().object;
  if (const std::optional<Field> spec = root.find("spec")) read_spec(*spec, pod);
  if (const std::optional<Field> status = root.find("status")) read_status(*status, pod);
  if (!metadata) return std::nullopt;
  pod.endpoint.namespace_name = std::move(metadata->namespace_name);
  pod.endpoint.name = std::move(metadata->name);
  pod.endpoint.labels = std::move(metadata->labels);
  pod.endpoint.span = metadata->span;
  return pod;
}

}  // namespace netpolc::api::core
