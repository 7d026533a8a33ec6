// SPDX-License-Identifier: Apache-2.0
// v1 Service and discovery.k8s.io EndpointSlice, and which addresses stand behind a service's
// ports.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "compiler/api/fields.h"
#include "compiler/api/workload.h"
#include "compiler/model/inventory.h"

namespace netpolc::api::core {

struct LoadedServicePort {
  std::string name;  // may be empty
  std::uint16_t port = 0;
  model::Protocol protocol = model::Protocol::kTcp;
  std::variant<std::uint16_t, std::string> target;  // a number, or a name looked up on each pod
};

struct LoadedService {
  model::Service service;  // `ports` is filled in by resolve_service()
  model::Labels selector;  // empty: only EndpointSlices tell the backends
  std::vector<LoadedServicePort> ports;
};

struct LoadedSlicePort {
  std::string name;  // of the service's port
  std::uint16_t port = 0;
  model::Protocol protocol = model::Protocol::kTcp;
};

struct LoadedSlice {
  std::string namespace_name;
  std::string name;
  std::string service;               // by label; empty: belongs to no service
  std::vector<IpAddress> addresses;  // of endpoints that are not known to be unready
  std::vector<LoadedSlicePort> ports;
  Span span;
};

// Nothing also for a service of type ExternalName: a name has no addresses.
std::optional<LoadedService> read_service(const Field& object);
std::optional<LoadedSlice> read_endpoint_slice(const Field& object);

// The service with its backends: from its slices when there are any, else from the workloads of its
// namespace (`workloads`) that its selector selects.
model::Service resolve_service(const LoadedService& loaded,
                               const std::vector<const LoadedSlice*>& slices,
                               const std::vector<const LoadedWorkload*>& workloads);

}  // namespace netpolc::api::core
