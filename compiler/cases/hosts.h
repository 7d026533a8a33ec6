// SPDX-License-Identifier: Apache-2.0
// Who is who in a case's cluster: every name that a probe may use and the host behind it. Read from
// the objects themselves and not from the model, so that a mistake of the model shows.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/document/value.h"
#include "netpolc/compile.h"
#include "netpolc/ip.h"

namespace netpolc::cases {

// Something with a network stack of its own: a node together with the pods on its network, a pod, a
// workload, or an address outside the cluster.
struct Host {
  std::string name;  // "shop/web", "node/node-1", "203.0.113.9"
  std::vector<IpAddress> addresses;

  bool operator==(const Host&) const = default;
};

// What a name of a probe stands for: the addresses that its traffic has.
struct End {
  std::vector<IpAddress> addresses;
  std::string problem;  // why there are none: "`x/p` has no address"; else empty
};

class Hosts {
 public:
  // Pods (not finished ones: their address is given back), Nodes and Workloads, also inside a List.
  // What is wrong with the text is left to the compiler, which reads it as well.
  static Hosts read(const std::optional<SourceText>& cluster);

  // "namespace/pod", "node/NAME" or an address.
  End find(std::string_view name) const;

  // Index into all(); nothing for an address outside the cluster. O(log n).
  std::optional<std::size_t> host_of(const IpAddress& address) const;
  // Makes a host of its own for an address outside the cluster; does nothing for one that is known.
  void add_outside(const IpAddress& address);
  const std::vector<Host>& all() const { return hosts_; }

 private:
  void add_object(const document::Value& object, bool nodes);
  void add_node(const document::Value& object);
  void add_pod(const document::Value& object);
  void add_host(std::string name, const std::vector<IpAddress>& addresses);

  std::vector<Host> hosts_;
  std::map<IpAddress, std::size_t> by_address_;
  std::map<std::string, End, std::less<>> ends_;
};

}  // namespace netpolc::cases
