// SPDX-License-Identifier: Apache-2.0
// Puts a table into the kernel so that no packet meets anything but the whole old or the whole new
// one: stage a new generation beside the old, switch the base chains' rules in one transaction,
// delete the old generation later.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "backends/nft_netlink/connection.h"
#include "backends/nft_netlink/encode.h"
#include "backends/nft_netlink/read.h"
#include "netpolc/result.h"
#include "netpolc/ruleset.h"

namespace netpolc::nft_netlink {

struct ApplyOptions {
  bool dry_run = false;  // only look and plan
  bool force = false;    // also if the kernel holds the same already
  // Time between the switch and the deletion of the old generation: a packet that a preempted CPU
  // carries may still be inside the old rules.
  std::chrono::milliseconds drain{1000};
};

struct ObjectCounts {
  std::size_t sets = 0;
  std::size_t elements = 0;
  std::size_t chains = 0;
  std::size_t rules = 0;
};

// What an apply will do (of a Transition that has not begun) or did.
struct ApplyReport {
  bool is_unchanged = false;                     // the kernel held the same already
  bool is_fresh = false;                         // there was no table of ours
  std::optional<std::uint64_t> from_generation;  // in force before; none: nothing was
  std::uint64_t to_generation = 0;
  std::string from_digest;  // empty if unknown
  std::string to_digest;
  ObjectCounts counts;           // of the new generation and the base chains
  std::size_t bytes = 0;         // of its messages
  std::size_t transactions = 0;  // sent so far, without deletions
  // Objects to delete: the old generation and what killed applies left behind.
  std::vector<std::uint64_t> deleted_generations;
  std::size_t deleted_sets = 0;
  std::size_t deleted_chains = 0;
};

class ApplyLock;

// One apply, step by step, for who wants to wait for somebody's consent before the old generation
// goes: begin(), stage(), switch_over(), then commit() or rollback(). Whatever step the process
// dies in, the kernel's base chains refer to one whole generation; the next apply deletes the rest.
class Transition {
 public:
  Transition(Transition&&) noexcept;
  Transition& operator=(Transition&&) noexcept;
  Transition(const Transition&) = delete;
  Transition& operator=(const Transition&) = delete;
  ~Transition();

  // Reads what is there. Writes nothing. Unless it is a dry run, others who apply wait from here to
  // the switch. `connection` and `table` must outlive the object.
  static Result<Transition> begin(Connection& connection, const ruleset::Table& table,
                                  const ApplyOptions& options);

  const ApplyReport& report() const { return report_; }

  // Loads the new generation, which nothing refers to yet, and reads it back. On failure it takes
  // it out again.
  Status stage();
  // Fails with ESTALE if another apply came first; what was staged is taken out then.
  Status switch_over();
  // Waits until `drain` after the switch, then deletes the previous generation and leftovers.
  Status commit();
  // Undoes the switch: the base chains get back their rules as they were, the new generation goes.
  // If there was no table before, it is removed.
  Status rollback();

 private:
  Transition(Connection& connection, const ruleset::Table& table, const ApplyOptions& options);

  Encoder make_encoder() const;
  void plan();
  Status check_base_chains() const;
  Status look_for_difference();
  void count_deletions();
  Status load();
  Status check_staged(const KernelState& state) const;
  Status try_switch(const KernelState& state);
  Status switch_bounded();
  Status try_rollback(const KernelState& state);
  void discard();

  Connection* connection_;
  const ruleset::Table* table_;
  ApplyOptions options_;
  ApplyReport report_;
  KernelState before_;                  // as found by begin()
  KernelState staged_;                  // as read back by stage()
  std::set<std::uint64_t> stale_;       // generations above the one in force: of killed applies
  std::set<std::uint64_t> superseded_;  // the others, to delete after the switch
  std::unique_ptr<ApplyLock> lock_;
  std::chrono::steady_clock::time_point switched_;
};

// All steps, begun anew (a few times) if another apply came first.
Result<ApplyReport> apply(Connection& connection, const ruleset::Table& table,
                          const ApplyOptions& options);

}  // namespace netpolc::nft_netlink
