// SPDX-License-Identifier: Apache-2.0
#include "compiler/api/inventory_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "compiler/api/core/namespace.h"

namespace netpolc::api {
namespace {

auto name_of(const LoadedWorkload& item) {
  return std::tie(item.endpoint.namespace_name, item.endpoint.name);
}
auto name_of(const core::LoadedService& item) {
  return std::tie(item.service.namespace_name, item.service.name);
}
auto name_of(const core::LoadedSlice& item) { return std::tie(item.namespace_name, item.name); }

template <typename T>
void sort_by_name(std::vector<T>& items) {
  std::sort(items.begin(), items.end(),
            [](const T& a, const T& b) { return name_of(a) < name_of(b); });
}

struct AddressUse {
  const LocatedAddress* place = nullptr;
  const LoadedWorkload* workload = nullptr;
};

}  // namespace

void InventoryBuilder::add(model::Namespace item) {
  std::string name = item.name;
  inventory_.namespaces.insert_or_assign(std::move(name), std::move(item));
}

void InventoryBuilder::add(model::Node item) {
  std::string name = item.name;
  inventory_.nodes.insert_or_assign(std::move(name), std::move(item));
}

void InventoryBuilder::add_endpoints() {
  for (LoadedWorkload& item : workloads_) {
    model::Endpoint& endpoint = item.endpoint;
    inventory_.pods_on_host_network.emplace(endpoint.full_name(), item.is_on_host_network);
    if (item.is_on_host_network || item.is_finished) continue;
    if (item.addresses.empty()) {
      if (item.is_running) {
        sink_
            ->report(diag::Code::kRunningWithoutAddress, endpoint.span,
                     fmt::format("running pod `{}` has no address", endpoint.full_name()))
            .path("status.podIPs")
            .object(item.title)
            .note("no rules are made for it, and policies that select it do not reach it");
      }
      continue;
    }
    endpoint.addresses = sorted_addresses(item.addresses);
    std::sort(endpoint.ports.begin(), endpoint.ports.end());
    endpoint.ports.erase(std::unique(endpoint.ports.begin(), endpoint.ports.end()),
                         endpoint.ports.end());
    inventory_.endpoints.push_back(endpoint);
    endpoints_.push_back(&item);
  }
}

void InventoryBuilder::add_missing_namespaces() {
  for (const LoadedWorkload* item : endpoints_) {
    const std::string& name = item->endpoint.namespace_name;
    if (inventory_.namespaces.contains(name)) continue;
    model::Namespace made_up;
    made_up.name = name;
    made_up.labels.emplace(core::kNamespaceNameLabel, name);
    made_up.span = item->endpoint.span;
    made_up.is_declared = false;
    inventory_.namespaces.emplace(name, std::move(made_up));
    if (!item->is_pod) continue;  // plain hosts have no Namespace objects
    sink_
        ->report(diag::Code::kMissingNamespaceObject, item->endpoint.span,
                 fmt::format("the Namespace object `{}` of this pod is missing", name))
        .path("metadata.namespace")
        .object(item->title)
        .note(fmt::format("its labels are taken to be only `{}: {}`; add the object if policies "
                          "select namespaces by other labels",
                          core::kNamespaceNameLabel, name));
  }
}

void InventoryBuilder::check_addresses() {
  std::map<IpAddress, const model::Node*> nodes;
  for (const auto& [name, node] : inventory_.nodes) {
    for (const IpAddress& address : node.addresses) nodes.emplace(address, &node);
  }
  std::vector<AddressUse> uses;
  for (const LoadedWorkload* item : endpoints_) {
    for (const LocatedAddress& place : item->addresses) uses.push_back({&place, item});
  }
  // Of equal addresses, the first workload by name comes first.
  std::sort(uses.begin(), uses.end(), [](const AddressUse& a, const AddressUse& b) {
    return std::tie(a.place->address, a.workload, a.place) <
           std::tie(b.place->address, b.workload, b.place);
  });
  const AddressUse* previous = nullptr;
  for (const AddressUse& use : uses) {
    const std::string text = use.place->address.to_string();
    if (const auto node = nodes.find(use.place->address); node != nodes.end()) {
      sink_
          ->report(diag::Code::kAddressOfNode, use.place->span,
                   fmt::format("`{}` is an address of node `{}`, too", text, node->second->name))
          .path(use.place->path)
          .object(use.workload->title)
          .note("only pods with `hostNetwork: true` share their node's address")
          .related(node->second->span, "the node");
    }
    if (previous != nullptr && previous->place->address == use.place->address) {
      if (previous->workload == use.workload) continue;
      sink_
          ->report(diag::Code::kDuplicateAddress, use.place->span,
                   fmt::format("`{}` is the address of {}, too", text, previous->workload->title))
          .path(use.place->path)
          .object(use.workload->title)
          .note("rules tell workloads apart by address")
          .related(previous->place->span, "first used here");
      continue;
    }
    previous = &use;
  }
}

void InventoryBuilder::add_services() {
  using Name = std::pair<std::string_view, std::string_view>;
  std::map<Name, std::vector<const core::LoadedSlice*>> slices;
  for (const core::LoadedSlice& slice : slices_) {
    if (!slice.service.empty()) slices[{slice.namespace_name, slice.service}].push_back(&slice);
  }
  std::map<std::string_view, std::vector<const LoadedWorkload*>> workloads;
  for (const LoadedWorkload& item : workloads_) {
    workloads[item.endpoint.namespace_name].push_back(&item);
  }
  for (const core::LoadedService& service : services_) {
    const Name name{service.service.namespace_name, service.service.name};
    inventory_.services.push_back(resolve_service(service, slices[name], workloads[name.first]));
  }
}

model::Inventory InventoryBuilder::build() {
  sort_by_name(workloads_);
  sort_by_name(services_);
  sort_by_name(slices_);
  add_services();  // before the ports are sorted: the first of a name counts
  add_endpoints();
  add_missing_namespaces();
  check_addresses();
  return std::move(inventory_);
}

}  // namespace netpolc::api
