// SPDX-License-Identifier: Apache-2.0
#include "compiler/api/workload.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace netpolc::api {

void add_named_port(const Field& place, model::NamedPort port, model::Endpoint& endpoint) {
  const bool is_repeated =
      std::any_of(endpoint.ports.begin(), endpoint.ports.end(), [&](const model::NamedPort& other) {
        return other.name == port.name && other.protocol == port.protocol;
      });
  if (is_repeated) {
    place
        .report(diag::Code::kDuplicatePortName, fmt::format("there is another {} port named `{}`",
                                                            to_string(port.protocol), port.name))
        .note("a policy that names it matches every port of that name");
  }
  endpoint.ports.push_back(std::move(port));
}

}  // namespace netpolc::api
