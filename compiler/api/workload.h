// SPDX-License-Identifier: Apache-2.0
// A Pod or a Workload as its API tells of it, before it is held against the rest of the inventory.
#pragma once

#include <string>
#include <vector>

#include "compiler/api/addresses.h"
#include "compiler/model/inventory.h"

namespace netpolc::api {

struct LoadedWorkload {
  model::Endpoint endpoint;  // `addresses` is filled in from the list below
  std::vector<LocatedAddress> addresses;
  std::string title;  // "Pod shop/web"
  bool is_pod = false;
  bool is_on_host_network = false;
  bool is_finished = false;  // phase Succeeded or Failed: its address was given back
  bool is_running = false;
};

// Adds a named port; warns (kDuplicatePortName) when the workload has that name and protocol.
void add_named_port(const Field& place, model::NamedPort port, model::Endpoint& endpoint);

}  // namespace netpolc::api
