// SPDX-License-Identifier: Apache-2.0
// nf_tables messages → plain values, in a form in which what we sent and what the kernel tells are
// equal if they mean the same. Works on both.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "backends/nft_netlink/message.h"

namespace netpolc::nft_netlink {

struct ChainRecord {
  std::string name;
  std::uint64_t handle = 0;
  std::string base;      // hook, type, priority and policy as text; empty: no base chain
  std::string userdata;  // bytes
};

struct SetRecord {
  std::string name;
  std::uint64_t handle = 0;
  std::uint32_t flags = 0;
  std::uint32_t key_type = 0;
  std::uint32_t key_length = 0;
  std::uint32_t data_type = 0;    // 0: no map
  std::uint32_t data_length = 0;  // 0: verdicts
  std::uint32_t size = 0;
  std::string userdata;
};

struct RuleRecord {
  std::string chain;
  std::string expressions;  // bytes of the list, as they came
  std::string userdata;
};

// One element of a set, ordered by its key.
struct ElementRecord {
  std::array<std::uint8_t, 32> key{};
  std::uint8_t key_length = 0;
  std::uint32_t flags = 0;
  std::uint32_t value = 0;  // its data, or the code of its verdict
  bool has_value = false;
  std::string chain{};  // of its verdict
  std::string userdata{};
  bool is_interval_end() const;
  auto operator<=>(const ElementRecord&) const = default;
};

ChainRecord decode_chain(const Message& message);
SetRecord decode_set(const Message& message);
RuleRecord decode_rule(const Message& message);
// Appends the elements of a NEWSETELEM message.
void decode_elements(const Message& message, std::vector<ElementRecord>& out);

// The table that a message of a chain, rule, set or element belongs to.
std::string decode_table_name(const Message& message);

// Expressions as text, one after the other, in which attributes that mean nothing (a default that
// only the kernel writes, the count of a counter) are left out. Names stay as they are if
// `generation` is empty; else that generation's suffix is taken off.
std::string print_expressions(Bytes expressions, std::optional<std::uint64_t> generation);

// Names of sets and chains that the expressions refer to.
std::vector<std::string> referred_names(Bytes expressions);

}  // namespace netpolc::nft_netlink
