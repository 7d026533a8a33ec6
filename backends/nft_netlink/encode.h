// SPDX-License-Identifier: Apache-2.0
// dataplane IR → nf_tables messages: the same that nft 1.0.6 makes of the equivalent text, so that
// `nft list` prints both alike. Each function appends one message.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "backends/nft_netlink/message.h"
#include "netpolc/ruleset.h"

namespace netpolc::nft_netlink {

// Writes one table's objects under the names of one generation. The table must outlive it.
class Encoder {
 public:
  Encoder(const ruleset::Table& table, std::uint64_t generation)
      : Encoder(table, ruleset::Stamp{generation, ruleset::content_digest(table)}) {}
  // For who knows the table's digest already; to take it of a large table takes long.
  Encoder(const ruleset::Table& table, const ruleset::Stamp& stamp);

  void table(MessageWriter& out) const;
  // Without its rules. `flags`: NLM_F_CREATE, NLM_F_EXCL.
  void chain(MessageWriter& out, std::uint32_t chain, std::uint16_t flags) const;
  void set(MessageWriter& out, std::uint32_t set) const;
  // As many elements from index `from` as fit into one message; returns the index behind the last.
  std::size_t elements(MessageWriter& out, std::uint32_t set, std::size_t from) const;
  // Appended to its chain. The first rule of a base chain carries the stamp instead of its comment.
  void rule(MessageWriter& out, std::uint32_t chain, std::uint32_t rule) const;

  std::string chain_name(std::uint32_t chain) const;
  std::string set_name(std::uint32_t set) const;
  std::uint64_t generation() const { return generation_; }
  const ruleset::Table& source() const { return table_; }

 private:
  const ruleset::Table& table_;
  std::uint64_t generation_;
  std::string suffix_;
  std::string stamp_;
};

// Requests and deletions. `table` is the table's name, always of family inet.
void encode_delete_table(MessageWriter& out, std::string_view table);
void encode_delete_chain(MessageWriter& out, std::string_view table, std::string_view chain);
void encode_delete_set(MessageWriter& out, std::string_view table, std::string_view set);
// All rules of the chain.
void encode_flush_chain(MessageWriter& out, std::string_view table, std::string_view chain);
// A rule as the kernel handed it out: the content of its expression list, and its userdata.
void encode_raw_rule(MessageWriter& out, std::string_view table, std::string_view chain,
                     Bytes expressions, Bytes userdata);

}  // namespace netpolc::nft_netlink
