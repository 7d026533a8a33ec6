// SPDX-License-Identifier: Apache-2.0
#include "backends/nft_netlink/cleanup.h"

#include <fmt/format.h>

#include <cerrno>
#include <chrono>
#include <thread>
#include <vector>

#include "backends/nft_netlink/encode.h"
#include "backends/nft_netlink/names.h"
#include "backends/nft_netlink/read.h"
#include "backends/nft_netlink/transaction.h"

namespace netpolc::nft_netlink {

namespace {

constexpr int kRaces = 20;

// Rules first, for they refer to sets and chains; then the sets, whose verdicts refer to chains.
Status delete_once(Connection& connection, const std::string& table,
                   const std::vector<std::string>& chains, const std::vector<std::string>& sets) {
  Transaction transaction(connection, nullptr);
  const auto send = [&](const std::vector<std::string>& names, auto encode) -> Status {
    for (const std::string& name : names) {
      encode(transaction.out(), table, name);
      if (const Status added = transaction.add(); !added) return added;
    }
    return {};
  };
  if (const Status sent = send(chains, encode_flush_chain); !sent) return sent;
  if (const Status sent = send(sets, encode_delete_set); !sent) return sent;
  if (const Status sent = send(chains, encode_delete_chain); !sent) return sent;
  return transaction.flush();
}

}  // namespace

Status delete_generations(Connection& connection, const std::string& table,
                          const std::set<std::uint64_t>& generations) {
  if (generations.empty()) return {};
  for (int attempt = 0;; ++attempt) {
    const auto state = read_state(connection, table);
    if (!state) return std::unexpected(state.error());
    const std::set<std::uint64_t> in_force = state->generations_in_force();
    const auto is_doomed = [&](const std::string& name) {
      const std::uint64_t generation = split_generation(name).generation;
      return generations.contains(generation) && !in_force.contains(generation);
    };
    std::vector<std::string> chains;
    for (const ChainRecord& chain : state->chains) {
      if (chain.base.empty() && is_doomed(chain.name)) chains.push_back(chain.name);
    }
    std::vector<std::string> sets;
    for (const SetRecord& set : state->sets) {
      if (is_doomed(set.name)) sets.push_back(set.name);
    }
    if (chains.empty() && sets.empty()) return {};
    const Status done = delete_once(connection, table, chains, sets);
    if (done) return done;
    const int error = done.error().errno_value;
    // Another apply deletes, or stages, the same.
    if ((error != ENOENT && error != EBUSY) || attempt == kRaces) {
      return fail(fmt::format("cannot delete old objects of table inet {}: {}", table,
                              done.error().message),
                  error);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(attempt + 1));
  }
}

}  // namespace netpolc::nft_netlink
