// SPDX-License-Identifier: Apache-2.0
// The API machinery's rules for names and labels. Each function tells what is wrong with a text,
// to follow a colon in a message ("it is longer than 63 characters"); nothing when it is right.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace netpolc::api::kubernetes {

using Fault = std::optional<std::string>;
using NameRule = Fault (*)(std::string_view text);

// RFC 1123 label: 1..63 of a-z, 0-9 and `-`, a letter or digit at both ends (names of namespaces).
Fault fault_of_dns_label(std::string_view text);
// RFC 1123 subdomain: such labels joined by dots, of any length, 253 in all (names of most
// objects).
Fault fault_of_dns_subdomain(std::string_view text);
// [subdomain/]name, name 1..63 of letters, digits, `-`, `_`, `.` (keys of labels and annotations).
Fault fault_of_qualified_name(std::string_view text);
// Empty, or like a qualified name's name.
Fault fault_of_label_value(std::string_view text);
// IANA service name: 1..15 of a-z, 0-9 and `-`, at least one letter (names of ports).
Fault fault_of_port_name(std::string_view text);

}  // namespace netpolc::api::kubernetes
