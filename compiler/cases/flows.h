// SPDX-License-Identifier: Apache-2.0
// From a probe to the packets that it stands for: every pair of addresses of one family, and for a
// Service's address every backend behind it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compiler/cases/case.h"
#include "compiler/cases/hosts.h"
#include "compiler/eval/judge.h"
#include "compiler/model/inventory.h"
#include "netpolc/ip.h"

namespace netpolc::cases {

struct ProbeFlow {
  eval::Flow flow;  // as the workloads see it, after DNAT
  // Of the family of the source's first address that the destination has, too: what a client that
  // goes by name would use. The expectation is about this one; the flows of the other family must
  // only meet the same fate in the ruleset and in the kernel as in the model.
  bool is_primary = true;
  bool is_local = false;  // both ends are one host: the packet never reaches a router
  // What the client connects to, where that is a Service.
  struct Via {
    IpAddress address;
    std::uint16_t port = 0;
    bool is_first_backend = false;
  };
  std::optional<Via> via;
};

struct ProbeFlows {
  std::vector<ProbeFlow> flows;
  // A Service's port with nothing behind it: nobody is reached, whatever the policies say.
  bool has_no_backend = false;
  std::string problem;  // why the probe cannot be judged; else empty, and there are flows
};

// "10.0.0.1 -> 10.0.0.2 TCP 5432 (through 10.96.0.5 port 80)".
std::string describe(const ProbeFlow& flow);

// `hosts` and `inventory` are of the same cluster.
ProbeFlows flows_of(const Probe& probe, const Hosts& hosts, const model::Inventory& inventory);

}  // namespace netpolc::cases
