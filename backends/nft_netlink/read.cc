// SPDX-License-Identifier: Apache-2.0
#include "backends/nft_netlink/read.h"

#include <fmt/format.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netlink.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <thread>

#include "backends/nft_netlink/names.h"
#include "backends/nft_netlink/userdata.h"

namespace netpolc::nft_netlink {

namespace {

constexpr int kMaxInterruptions = 50;

MessageWriter make_request(std::uint8_t type, bool is_dump, const std::string& table) {
  MessageWriter out;
  out.begin(type, is_dump ? NLM_F_DUMP : 0, NFPROTO_INET);
  out.put_text(NFTA_TABLE_NAME, table);
  return out;
}

// Asks once more, from the start, while others change the ruleset meanwhile. `reset` forgets what
// has been collected so far.
template <typename Reset>
Status request_whole(Connection& connection, Bytes message,
                     const std::function<void(const Message&)>& each, Reset reset) {
  for (int attempt = 0;; ++attempt) {
    reset();
    const Status answer = connection.request(message, each);
    if (answer || answer.error().errno_value != EINTR || attempt == kMaxInterruptions) {
      return answer;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

template <typename T, typename Decode>
Result<std::vector<T>> read_all(Connection& connection, MessageWriter& request,
                                const std::string& table, const char* what, Decode decode) {
  request.end();
  std::vector<T> out;
  const Status answer = request_whole(
      connection, request.bytes(),
      [&](const Message& message) {
        // Some dumps of some kernels tell every table's objects.
        if (message.family == NFPROTO_INET && decode_table_name(message) == table) {
          decode(message, out);
        }
      },
      [&] { out.clear(); });
  if (!answer) {
    return fail(
        fmt::format("cannot read the {} of table inet {}: {}", what, table, answer.error().message),
        answer.error().errno_value);
  }
  return out;
}

Result<bool> is_table_present(Connection& connection, const std::string& table) {
  MessageWriter request = make_request(NFT_MSG_GETTABLE, false, table);
  request.end();
  const Status answer = connection.request(request.bytes(), [](const Message&) {});
  if (answer) return true;
  if (answer.error().errno_value == ENOENT) return false;
  return fail(fmt::format("cannot look for table inet {}: {}", table, answer.error().message),
              answer.error().errno_value);
}

Result<KernelState> read_state_once(Connection& connection, const std::string& table) {
  KernelState state;
  const auto ruleset = read_ruleset_id(connection);
  if (!ruleset) return std::unexpected(ruleset.error());
  state.ruleset = *ruleset;
  const auto present = is_table_present(connection, table);
  if (!present) return std::unexpected(present.error());
  state.is_present = *present;
  if (!state.is_present) return state;

  MessageWriter chains = make_request(NFT_MSG_GETCHAIN, true, table);
  auto all_chains = read_all<ChainRecord>(
      connection, chains, table, "chains",
      [](const Message& message, auto& out) { out.push_back(decode_chain(message)); });
  if (!all_chains) return std::unexpected(all_chains.error());
  state.chains = std::move(*all_chains);

  MessageWriter sets = make_request(NFT_MSG_GETSET, true, table);
  auto all_sets = read_all<SetRecord>(
      connection, sets, table, "sets",
      [](const Message& message, auto& out) { out.push_back(decode_set(message)); });
  if (!all_sets) return std::unexpected(all_sets.error());
  state.sets = std::move(*all_sets);

  for (const ChainRecord& chain : state.chains) {
    if (chain.base.empty()) continue;
    auto rules = read_rules(connection, table, chain.name);
    if (!rules) return std::unexpected(rules.error());
    std::ranges::move(*rules, std::back_inserter(state.base_rules));
  }
  return state;
}

}  // namespace

bool KernelState::is_base_chain(std::string_view name) const {
  return std::ranges::any_of(
      chains, [&](const ChainRecord& chain) { return chain.name == name && !chain.base.empty(); });
}

std::set<std::uint64_t> KernelState::generations() const {
  std::set<std::uint64_t> out;
  for (const ChainRecord& chain : chains) {
    if (chain.base.empty()) out.insert(split_generation(chain.name).generation);
  }
  for (const SetRecord& set : sets) out.insert(split_generation(set.name).generation);
  return out;
}

std::set<std::uint64_t> KernelState::generations_in_force() const {
  std::set<std::uint64_t> out;
  for (const RuleRecord& rule : base_rules) {
    if (const auto stamp = stamp_of(rule)) out.insert(stamp->generation);
    for (const std::string& name : referred_names(as_bytes(rule.expressions))) {
      out.insert(split_generation(name).generation);
    }
  }
  return out;
}

std::optional<ruleset::Stamp> KernelState::stamp() const {
  std::optional<ruleset::Stamp> out;
  std::string_view chain;
  for (const RuleRecord& rule : base_rules) {
    if (rule.chain == chain) continue;  // only the first one of each chain
    chain = rule.chain;
    const auto stamp = stamp_of(rule);
    if (!stamp || (out && *out != *stamp)) return std::nullopt;
    out = stamp;
  }
  return out;
}

std::optional<ruleset::Stamp> stamp_of(const RuleRecord& rule) {
  return ruleset::parse_stamp(read_comment(as_bytes(rule.userdata), kCommentOfRule));
}

bool is_same_rule(const RuleRecord& left, const RuleRecord& right) {
  return left.chain == right.chain && left.userdata == right.userdata &&
         print_expressions(as_bytes(left.expressions), std::nullopt) ==
             print_expressions(as_bytes(right.expressions), std::nullopt);
}

Result<std::uint32_t> read_ruleset_id(Connection& connection) {
  MessageWriter request;
  request.begin(NFT_MSG_GETGEN, 0, NFPROTO_UNSPEC);
  request.end();
  std::uint32_t id = 0;
  const Status answer = connection.request(request.bytes(), [&](const Message& message) {
    id = message.attributes().find(NFTA_GEN_ID).u32();
  });
  if (!answer) {
    return fail(fmt::format("cannot read the ruleset's generation: {}", answer.error().message),
                answer.error().errno_value);
  }
  return id;
}

Result<KernelState> read_state(Connection& connection, const std::string& table) {
  for (int attempt = 0;; ++attempt) {
    auto state = read_state_once(connection, table);
    // A chain may go between its listing and the reading of its rules.
    const bool is_torn = !state && state.error().errno_value == ENOENT;
    if (!state && !is_torn) return state;
    const auto now = read_ruleset_id(connection);
    if (!now) return std::unexpected(now.error());
    if (state && *now == state->ruleset) return state;
    if (attempt == kMaxInterruptions) {
      return fail(fmt::format("table inet {} does not hold still: others keep changing the "
                              "ruleset while it is read",
                              table),
                  EBUSY);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

Result<std::vector<RuleRecord>> read_rules(Connection& connection, const std::string& table,
                                           const std::string& chain) {
  MessageWriter request = make_request(NFT_MSG_GETRULE, true, table);
  if (!chain.empty()) request.put_text(NFTA_RULE_CHAIN, chain);
  return read_all<RuleRecord>(
      connection, request, table, "rules",
      [](const Message& message, auto& out) { out.push_back(decode_rule(message)); });
}

Result<std::vector<ElementRecord>> read_elements(Connection& connection, const std::string& table,
                                                 const std::string& set) {
  MessageWriter request = make_request(NFT_MSG_GETSETELEM, true, table);
  request.put_text(NFTA_SET_ELEM_LIST_SET, set);
  return read_all<ElementRecord>(
      connection, request, table, "elements",
      [](const Message& message, auto& out) { decode_elements(message, out); });
}

}  // namespace netpolc::nft_netlink
