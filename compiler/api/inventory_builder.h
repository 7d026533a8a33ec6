// SPDX-License-Identifier: Apache-2.0
// Puts the inventory's objects together: which workloads are endpoints, whose addresses collide,
// what stands behind each service.
#pragma once

#include <vector>

#include "compiler/api/core/service.h"
#include "compiler/api/workload.h"
#include "compiler/diag/sink.h"
#include "compiler/model/inventory.h"

namespace netpolc::api {

// Names are unique among the objects of a kind that are added (Pods and Workloads are one kind).
class InventoryBuilder {
 public:
  explicit InventoryBuilder(diag::Sink& sink) : sink_(&sink) {}

  void add(model::Namespace item);
  void add(model::Node item);
  void add(LoadedWorkload item) { workloads_.push_back(std::move(item)); }
  void add(core::LoadedService item) { services_.push_back(std::move(item)); }
  void add(core::LoadedSlice item) { slices_.push_back(std::move(item)); }

  // Checks the objects against each other. Only once.
  model::Inventory build();

 private:
  void add_endpoints();
  void add_missing_namespaces();
  void check_addresses();
  void add_services();

  diag::Sink* sink_;
  model::Inventory inventory_;
  std::vector<LoadedWorkload> workloads_;
  std::vector<const LoadedWorkload*> endpoints_;  // those of workloads_ that are endpoints, sorted
  std::vector<core::LoadedService> services_;
  std::vector<core::LoadedSlice> slices_;
};

}  // namespace netpolc::api
