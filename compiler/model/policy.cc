// SPDX-License-Identifier: Apache-2.0
#include "compiler/model/policy.h"

#include <string_view>

namespace netpolc::model {

std::string_view to_string(Direction direction) {
  return direction == Direction::kIngress ? "ingress" : "egress";
}

}  // namespace netpolc::model
