// SPDX-License-Identifier: Apache-2.0
// Expressions of a rule → nf_tables' virtual machine, with the loads, registers and dependencies
// that nft chooses. A part of Encoder.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "backends/nft_netlink/message.h"
#include "netpolc/ruleset.h"

namespace netpolc::nft_netlink {

// Names of what an expression refers to, in the generation that is written.
struct Names {
  std::function<std::string(std::uint32_t)> set;
  std::function<std::string(std::uint32_t)> chain;
};

// Appends the attributes of the expression list of one rule.
void encode_expressions(MessageWriter& out, std::span<const ruleset::Expression> expressions,
                        ruleset::Scratch scratch, const Names& names);

// The content of a verdict (NFTA_DATA_VERDICT and within). kReject is none.
void encode_verdict(MessageWriter& out, const ruleset::Verdict& verdict, std::string_view chain);

// Words of 4 bytes that a field takes in a register or a concatenated key.
std::size_t field_words(ruleset::FieldType type);

}  // namespace netpolc::nft_netlink
