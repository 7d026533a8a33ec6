// SPDX-License-Identifier: Apache-2.0
// From a Topology to namespaces that are linked, addressed and routed.
#pragma once

#include <vector>

#include "netpolc/result.h"
#include "testenv/lab/fd.h"
#include "testenv/lab/lab.h"

namespace netpolc::lab {

// The descriptors keep the namespaces; with the last of them the kernel takes all links down.
struct Namespaces {
  UniqueFd router;
  std::vector<UniqueFd> hosts;  // in the order of Topology::hosts
};

// Moves the calling thread about; it ends up in one of the new namespaces.
Result<Namespaces> build_namespaces(const std::vector<Host>& hosts);

}  // namespace netpolc::lab
