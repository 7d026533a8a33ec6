// SPDX-License-Identifier: Apache-2.0
#include "backends/nft_netlink/verify.h"

#include <fmt/format.h>
#include <linux/netfilter/nf_tables.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <map>
#include <tuple>

#include "backends/nft_netlink/names.h"

namespace netpolc::nft_netlink {

namespace {

std::unexpected<Error> differs(const std::string& what) {
  return fail(fmt::format("the kernel does not hold what was sent: {}", what), EBADMSG);
}

// The one message that a writer holds.
Message only_message(const MessageWriter& writer) { return split_messages(writer.bytes()).front(); }

auto content_of(const SetRecord& set) {
  return std::tie(set.flags, set.key_type, set.key_length, set.data_type, set.data_length, set.size,
                  set.userdata);
}

Status verify_elements(Connection& connection, const Encoder& encoder, std::uint32_t set) {
  std::vector<ElementRecord> wanted;
  const std::size_t count = encoder.source().sets[set].elements.size();
  for (std::size_t next = 0; next < count;) {
    MessageWriter writer;
    next = encoder.elements(writer, set, next);
    decode_elements(only_message(writer), wanted);
  }
  const std::string name = encoder.set_name(set);
  auto found = read_elements(connection, encoder.source().name, name);
  if (!found) return std::unexpected(found.error());
  std::ranges::sort(wanted);
  std::ranges::sort(*found);
  if (wanted == *found) return {};
  return differs(
      fmt::format("elements of set `{}` ({} sent, {} read)", name, wanted.size(), found->size()));
}

Status verify_sets(Connection& connection, const Encoder& encoder, const KernelState& state) {
  std::map<std::string_view, const SetRecord*> found;
  for (const SetRecord& set : state.sets) {
    if (split_generation(set.name).generation == encoder.generation()) found[set.name] = &set;
  }
  const auto& sets = encoder.source().sets;
  for (std::uint32_t index = 0; index < sets.size(); ++index) {
    MessageWriter writer;
    encoder.set(writer, index);
    const SetRecord wanted = decode_set(only_message(writer));
    const auto at = found.find(wanted.name);
    if (at == found.end()) return differs(fmt::format("set `{}` is missing", wanted.name));
    if (content_of(*at->second) != content_of(wanted)) {
      return differs(fmt::format("the definition of set `{}`", wanted.name));
    }
    if (const Status same = verify_elements(connection, encoder, index); !same) return same;
  }
  if (found.size() != sets.size()) return differs("there are sets too many");
  return {};
}

// Rules of the kernel against those of a chain; `found` in order.
Status verify_chain_rules(const Encoder& encoder, std::uint32_t chain,
                          const std::vector<const RuleRecord*>& found) {
  const std::size_t count = encoder.source().chains[chain].rules.size();
  const std::string name = encoder.chain_name(chain);
  if (found.size() != count) {
    return differs(fmt::format("chain `{}` has {} rules instead of {}", name, found.size(), count));
  }
  for (std::uint32_t index = 0; index < count; ++index) {
    MessageWriter writer;
    encoder.rule(writer, chain, index);
    if (!is_same_rule(decode_rule(only_message(writer)), *found[index])) {
      return differs(fmt::format("rule {} of chain `{}`", index + 1, name));
    }
  }
  return {};
}

using RulesByChain = std::map<std::string_view, std::vector<const RuleRecord*>>;

RulesByChain group(const std::vector<RuleRecord>& rules) {
  RulesByChain out;
  for (const RuleRecord& rule : rules) out[rule.chain].push_back(&rule);
  return out;
}

using ChainsByName = std::map<std::string_view, const ChainRecord*>;

ChainsByName by_name(const KernelState& state) {
  ChainsByName out;
  for (const ChainRecord& chain : state.chains) out[chain.name] = &chain;
  return out;
}

Status verify_chain(const Encoder& encoder, std::uint32_t index, const ChainsByName& chains,
                    const RulesByChain& rules) {
  MessageWriter writer;
  encoder.chain(writer, index, 0);
  const ChainRecord wanted = decode_chain(only_message(writer));
  const auto found_at = chains.find(wanted.name);
  if (found_at == chains.end()) return differs(fmt::format("chain `{}` is missing", wanted.name));
  const ChainRecord* found = found_at->second;
  // A base chain stays when the table changes; its comment may be an older one.
  const bool is_same =
      found->base == wanted.base && (!wanted.base.empty() || found->userdata == wanted.userdata);
  if (!is_same) return differs(fmt::format("the definition of chain `{}`", wanted.name));
  const auto at = rules.find(wanted.name);
  return verify_chain_rules(encoder, index,
                            at == rules.end() ? std::vector<const RuleRecord*>() : at->second);
}

}  // namespace

Status verify_generation(Connection& connection, const Encoder& encoder, const KernelState& state) {
  const auto all_rules = read_rules(connection, encoder.source().name, "");
  if (!all_rules) return std::unexpected(all_rules.error());
  const RulesByChain rules = group(*all_rules);
  const ChainsByName kernel_chains = by_name(state);
  const auto& chains = encoder.source().chains;
  std::size_t regular = 0;
  for (std::uint32_t index = 0; index < chains.size(); ++index) {
    if (chains[index].base) continue;
    ++regular;
    if (const Status same = verify_chain(encoder, index, kernel_chains, rules); !same) return same;
  }
  const auto found = std::ranges::count_if(state.chains, [&](const ChainRecord& chain) {
    return chain.base.empty() && split_generation(chain.name).generation == encoder.generation();
  });
  if (static_cast<std::size_t>(found) != regular) return differs("there are chains too many");
  return verify_sets(connection, encoder, state);
}

Status verify_base_chains(const Encoder& encoder, const KernelState& state) {
  RulesByChain rules = group(state.base_rules);
  const ChainsByName kernel_chains = by_name(state);
  const auto& chains = encoder.source().chains;
  for (std::uint32_t index = 0; index < chains.size(); ++index) {
    if (!chains[index].base) continue;
    if (const Status same = verify_chain(encoder, index, kernel_chains, rules); !same) return same;
    rules.erase(chains[index].name);
  }
  if (!rules.empty()) {
    return differs(fmt::format("chain `{}` has rules", rules.begin()->first));
  }
  return {};
}

}  // namespace netpolc::nft_netlink
