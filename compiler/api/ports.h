// SPDX-License-Identifier: Apache-2.0
// Ports and protocols, which every API writes alike.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "compiler/api/fields.h"
#include "compiler/model/inventory.h"

namespace netpolc::api {

// TCP when absent; nothing after a kBadProtocol or kWrongType.
std::optional<model::Protocol> read_protocol(const Object& object);

// A number in 1..65535; nothing after a kBadPort or kWrongType.
std::optional<std::uint16_t> read_port_number(const Field& field);

// A port's name; nothing after a kBadPortName or kWrongType.
std::optional<std::string> read_port_name(const Field& field);

}  // namespace netpolc::api
