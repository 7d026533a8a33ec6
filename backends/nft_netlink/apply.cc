// SPDX-License-Identifier: Apache-2.0
#include "backends/nft_netlink/apply.h"

#include <fmt/format.h>
#include <linux/netlink.h>

#include <algorithm>
#include <cerrno>
#include <random>
#include <ranges>
#include <thread>

#include "backends/nft_netlink/cleanup.h"
#include "backends/nft_netlink/encode.h"
#include "backends/nft_netlink/names.h"
#include "backends/nft_netlink/transaction.h"
#include "backends/nft_netlink/verify.h"
#include "compiler/support/check.h"

namespace netpolc::nft_netlink {

namespace {

constexpr int kRaces = 50;
constexpr int kRestarts = 10;
constexpr int kRestartPause = 20;  // ms
constexpr std::chrono::seconds kLockPatience{30};

ObjectCounts count_objects(const ruleset::Table& table) {
  ObjectCounts out;
  out.sets = table.sets.size();
  out.chains = table.chains.size();
  for (const ruleset::Set& set : table.sets) out.elements += set.elements.size();
  for (const ruleset::Chain& chain : table.chains) out.rules += chain.rules.size();
  return out;
}

// Everything that is staged: the table itself if need be, then chains, sets, elements, rules, so
// that nothing refers to what is not there yet.
template <typename Add>
Status encode_generation(const Encoder& encoder, bool is_fresh, MessageWriter& out, Add add) {
  const ruleset::Table& table = encoder.source();
  if (is_fresh) {
    encoder.table(out);
    if (const Status added = add(Subject{}); !added) return added;
  }
  for (std::uint32_t index = 0; index < table.chains.size(); ++index) {
    if (table.chains[index].base) continue;
    encoder.chain(out, index, NLM_F_CREATE | NLM_F_EXCL);
    const Status added = add(Subject{Subject::Kind::kChain, index, 0});
    if (!added) return added;
  }
  for (std::uint32_t index = 0; index < table.sets.size(); ++index) {
    encoder.set(out, index);
    const Status added = add(Subject{Subject::Kind::kSet, index, 0});
    if (!added) return added;
  }
  for (std::uint32_t index = 0; index < table.sets.size(); ++index) {
    for (std::size_t next = 0; next < table.sets[index].elements.size();) {
      next = encoder.elements(out, index, next);
      const Status added = add(Subject{Subject::Kind::kElements, index, 0});
      if (!added) return added;
    }
  }
  for (std::uint32_t index = 0; index < table.chains.size(); ++index) {
    if (table.chains[index].base) continue;
    for (std::uint32_t rule = 0; rule < table.chains[index].rules.size(); ++rule) {
      encoder.rule(out, index, rule);
      const Status added = add(Subject{Subject::Kind::kRule, index, rule});
      if (!added) return added;
    }
  }
  return {};
}

std::size_t encoded_size(const Encoder& encoder, bool is_fresh) {
  MessageWriter out;
  std::size_t bytes = 0;
  const Status done = encode_generation(encoder, is_fresh, out, [&](const Subject&) -> Status {
    bytes += out.size();
    out.clear();
    return {};
  });
  NETPOLC_CHECK(done, "counting cannot fail");
  return bytes;
}

// Handles of what belongs to the generation; a deleted and recreated object has another.
std::set<std::pair<std::string, std::uint64_t>> handles(const KernelState& state,
                                                        std::uint64_t generation) {
  std::set<std::pair<std::string, std::uint64_t>> out;
  for (const ChainRecord& chain : state.chains) {
    if (chain.base.empty() && split_generation(chain.name).generation == generation) {
      out.emplace("chain " + chain.name, chain.handle);
    }
  }
  for (const SetRecord& set : state.sets) {
    if (split_generation(set.name).generation == generation) {
      out.emplace("set " + set.name, set.handle);
    }
  }
  return out;
}

Status came_first(const std::string& table) {
  return fail(fmt::format("another writer changed table inet {} meanwhile", table), ESTALE);
}

// The definition of a base chain without its policy, which can be changed.
std::string_view without_policy(std::string_view base) {
  return base.substr(0, base.find(" policy "));
}

std::string wanted_base(const Encoder& encoder, std::uint32_t chain) {
  MessageWriter writer;
  encoder.chain(writer, chain, 0);
  return decode_chain(split_messages(writer.bytes()).front()).base;
}

const ChainRecord* find_chain(const KernelState& state, const std::string& name) {
  const auto at = std::ranges::find(state.chains, name, &ChainRecord::name);
  return at == state.chains.end() ? nullptr : &*at;
}

}  // namespace

// Holds the connection's lock while it lives.
class ApplyLock {
 public:
  explicit ApplyLock(Connection& connection)
      : connection_(connection), is_held_(connection.lock(kLockPatience)) {}
  ApplyLock(const ApplyLock&) = delete;
  ApplyLock& operator=(const ApplyLock&) = delete;
  ~ApplyLock() { connection_.unlock(); }
  bool is_held() const { return is_held_; }

 private:
  Connection& connection_;
  bool is_held_;
};

Transition::Transition(Connection& connection, const ruleset::Table& table,
                       const ApplyOptions& options)
    : connection_(&connection), table_(&table), options_(options) {}
Transition::Transition(Transition&&) noexcept = default;
Transition& Transition::operator=(Transition&&) noexcept = default;
Transition::~Transition() = default;

Result<Transition> Transition::begin(Connection& connection, const ruleset::Table& table,
                                     const ApplyOptions& options) {
  Transition transition(connection, table, options);
  if (!options.dry_run) transition.lock_ = std::make_unique<ApplyLock>(connection);
  auto state = read_state(connection, table.name);
  if (!state) return std::unexpected(state.error());
  transition.before_ = std::move(*state);
  transition.plan();
  Status looked = transition.check_base_chains();
  if (looked) looked = transition.look_for_difference();
  if (!looked) return std::unexpected(looked.error());
  transition.count_deletions();
  return transition;
}

Encoder Transition::make_encoder() const {
  return Encoder(*table_, ruleset::Stamp{report_.to_generation, report_.to_digest});
}

void Transition::plan() {
  const std::set<std::uint64_t> in_force = before_.generations_in_force();
  std::set<std::uint64_t> seen = before_.generations();
  seen.insert(in_force.begin(), in_force.end());
  report_.is_fresh = !before_.is_present;
  report_.to_generation = seen.empty() ? 0 : *seen.rbegin() + 1;
  report_.to_digest = ruleset::content_digest(*table_);
  report_.counts = count_objects(*table_);
  if (!in_force.empty()) report_.from_generation = *in_force.rbegin();
  if (const auto stamp = before_.stamp()) report_.from_digest = stamp->digest;
  for (const std::uint64_t generation : before_.generations()) {
    // What is older than the one in force may have been so a moment ago: it goes after the drain.
    const bool is_stale = in_force.empty() || generation > *in_force.rbegin();
    (is_stale ? stale_ : superseded_).insert(generation);
  }
}

Status Transition::check_base_chains() const {
  const Encoder encoder = make_encoder();
  for (std::uint32_t index = 0; index < table_->chains.size(); ++index) {
    if (!table_->chains[index].base) continue;
    const std::string& name = table_->chains[index].name;
    const ChainRecord* found = find_chain(before_, name);
    const std::string wanted = wanted_base(encoder, index);
    if (found == nullptr || without_policy(found->base) == without_policy(wanted)) continue;
    return fail(fmt::format("chain `{}` of table inet {} is there already as `{}`, not as `{}`: "
                            "delete the table first",
                            name, table_->name, found->base.empty() ? "no base chain" : found->base,
                            wanted),
                EEXIST);
  }
  return {};
}

// Sets is_unchanged if the kernel holds the same, by its stamp and byte by byte.
Status Transition::look_for_difference() {
  const auto stamp = before_.stamp();
  const bool may_be_same = before_.is_present && !options_.force && stamp &&
                           stamp->digest == report_.to_digest &&
                           before_.generations_in_force() == std::set{stamp->generation};
  if (may_be_same) {
    const Encoder encoder(*table_, *stamp);
    Status same = verify_base_chains(encoder, before_);
    if (same) same = verify_generation(*connection_, encoder, before_);
    if (!same && same.error().errno_value != EBADMSG && same.error().errno_value != ENOENT) {
      return same;
    }
    report_.is_unchanged = same.has_value();
    if (report_.is_unchanged) {
      report_.to_generation = stamp->generation;
      superseded_.erase(stamp->generation);
    }
  }
  if (!report_.is_unchanged && options_.dry_run) {
    report_.bytes = encoded_size(make_encoder(), report_.is_fresh);
  }
  return {};
}

void Transition::count_deletions() {
  const auto is_doomed = [&](std::uint64_t generation) {
    return stale_.contains(generation) || superseded_.contains(generation);
  };
  std::ranges::set_union(stale_, superseded_, std::back_inserter(report_.deleted_generations));
  for (const SetRecord& set : before_.sets) {
    if (is_doomed(split_generation(set.name).generation)) ++report_.deleted_sets;
  }
  for (const ChainRecord& chain : before_.chains) {
    if (chain.base.empty() && is_doomed(split_generation(chain.name).generation)) {
      ++report_.deleted_chains;
    }
  }
}

Status Transition::load() {
  const Encoder encoder = make_encoder();
  Transaction transaction(*connection_, &encoder);
  Status done = encode_generation(encoder, report_.is_fresh, transaction.out(),
                                  [&](const Subject& subject) { return transaction.add(subject); });
  if (done) done = transaction.flush();
  report_.bytes = transaction.bytes();
  report_.transactions = transaction.count();
  if (!done) return done;
  auto state = read_state(*connection_, table_->name);
  if (!state) return std::unexpected(state.error());
  staged_ = std::move(*state);
  return verify_generation(*connection_, encoder, staged_);
}

Status Transition::stage() {
  NETPOLC_CHECK(!options_.dry_run, "a dry run stages nothing");
  if (report_.is_unchanged) return {};
  if (!stale_.empty()) {
    // Now, so that applies that are killed again and again do not fill the memory. One of them may
    // have been rolling back: its generation was in force a moment ago.
    std::this_thread::sleep_for(options_.drain);
    const Status deleted = delete_generations(*connection_, table_->name, stale_);
    if (!deleted) return deleted;
  }
  NETPOLC_CHECK(lock_ != nullptr, "a transition stages once");
  Status loaded = load();
  if (loaded) return loaded;
  discard();
  const int error = loaded.error().errno_value;
  // These come of somebody who writes, or deletes, the same objects.
  const bool is_race = error == EEXIST || error == ENOENT || error == EBUSY ||
                       (error == EBADMSG && !lock_->is_held());
  lock_.reset();
  return is_race ? fail(loaded.error().message, ESTALE) : loaded;
}

// Takes out what is staged. There is an error to report already, so failures are not told.
void Transition::discard() {
  const Status deleted = delete_generations(*connection_, table_->name, {report_.to_generation});
  if (!deleted || !report_.is_fresh) return;
  const auto state = read_state(*connection_, table_->name);
  if (!state || !state->is_present || !state->chains.empty() || !state->sets.empty()) return;
  Transaction removal(*connection_, nullptr);
  encode_delete_table(removal.out(), table_->name);
  removal.append();
  [[maybe_unused]] const Status removed = removal.commit(state->ruleset);
}

Status Transition::check_staged(const KernelState& state) const {
  // A fresh table has no base chains yet: nothing may have come up since.
  const bool is_same_base = std::ranges::equal(before_.base_rules, state.base_rules, is_same_rule);
  if (!state.is_present || !is_same_base) return came_first(table_->name);
  if (handles(state, report_.to_generation) != handles(staged_, report_.to_generation)) {
    return came_first(table_->name);
  }
  return {};
}

Status Transition::try_switch(const KernelState& state) {
  const Encoder encoder = make_encoder();
  Transaction transaction(*connection_, &encoder);
  for (const ChainRecord& chain : state.chains) {
    if (chain.base.empty()) continue;
    encode_flush_chain(transaction.out(), table_->name, chain.name);
    transaction.append();
  }
  for (std::uint32_t index = 0; index < table_->chains.size(); ++index) {
    const ruleset::Chain& chain = table_->chains[index];
    if (!chain.base) continue;
    const ChainRecord* found = find_chain(state, chain.name);
    // Also one whose policy somebody has changed.
    if (found == nullptr || found->base != wanted_base(encoder, index)) {
      encoder.chain(transaction.out(), index, NLM_F_CREATE);
      transaction.append({Subject::Kind::kChain, index, 0});
    }
    for (std::uint32_t rule = 0; rule < chain.rules.size(); ++rule) {
      encoder.rule(transaction.out(), index, rule);
      transaction.append({Subject::Kind::kRule, index, rule});
    }
  }
  const Status done = transaction.commit(state.ruleset);
  report_.bytes += transaction.bytes();
  report_.transactions += transaction.count();
  return done;
}

Status Transition::switch_bounded() {
  for (int attempt = 0;; ++attempt) {
    const auto state = read_state(*connection_, table_->name);
    if (!state) return std::unexpected(state.error());
    Status done = check_staged(*state);
    if (done) done = try_switch(*state);
    // ERESTART: somebody wrote to the ruleset, most likely to a table of their own. Look again.
    if (done || done.error().errno_value != ERESTART || attempt == kRaces) return done;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

Status Transition::switch_over() {
  if (report_.is_unchanged) return {};
  const Status done = switch_bounded();
  switched_ = std::chrono::steady_clock::now();
  if (!done) discard();
  lock_.reset();
  return done;
}

Status Transition::commit() {
  lock_.reset();
  std::set<std::uint64_t> doomed = superseded_;
  if (report_.is_unchanged) doomed.insert(stale_.begin(), stale_.end());
  if (doomed.empty()) return {};
  // Leftovers may have been in force until a moment ago, too.
  const auto since = report_.is_unchanged ? std::chrono::steady_clock::now() : switched_;
  std::this_thread::sleep_until(since + options_.drain);
  return delete_generations(*connection_, table_->name, doomed);
}

Status Transition::try_rollback(const KernelState& state) {
  const auto stamp = state.stamp();
  const ruleset::Stamp ours{report_.to_generation, report_.to_digest};
  const bool is_ours = state.is_present && (state.base_rules.empty() || stamp == ours);
  if (!is_ours) return came_first(table_->name);
  Transaction transaction(*connection_, nullptr);
  if (report_.is_fresh) {
    encode_delete_table(transaction.out(), table_->name);
    transaction.append();
    return transaction.commit(state.ruleset);
  }
  for (const ChainRecord& chain : state.chains) {
    if (chain.base.empty()) continue;
    encode_flush_chain(transaction.out(), table_->name, chain.name);
    transaction.append();
  }
  for (const RuleRecord& rule : before_.base_rules) {
    encode_raw_rule(transaction.out(), table_->name, rule.chain, as_bytes(rule.expressions),
                    as_bytes(rule.userdata));
    transaction.append();
  }
  return transaction.commit(state.ruleset);
}

Status Transition::rollback() {
  if (report_.is_unchanged) return {};
  for (int attempt = 0;; ++attempt) {
    const auto state = read_state(*connection_, table_->name);
    if (!state) return std::unexpected(state.error());
    const Status done = try_rollback(*state);
    if (done) break;
    if (done.error().errno_value != ERESTART || attempt == kRaces) {
      return fail(
          fmt::format("cannot roll back table inet {}: {}", table_->name, done.error().message),
          done.error().errno_value);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  if (report_.is_fresh) return {};
  std::this_thread::sleep_for(options_.drain);
  return delete_generations(*connection_, table_->name, {report_.to_generation});
}

namespace {

// So that two who got into each other's way do not do so again.
void wait_some_time(int attempt) {
  std::minstd_rand random(static_cast<std::minstd_rand::result_type>(
      std::chrono::steady_clock::now().time_since_epoch().count()));
  std::uniform_int_distribution<int> time(0, kRestartPause * (attempt + 1));
  std::this_thread::sleep_for(std::chrono::milliseconds(time(random)));
}

}  // namespace

Result<ApplyReport> apply(Connection& connection, const ruleset::Table& table,
                          const ApplyOptions& options) {
  for (int attempt = 0;; ++attempt) {
    auto transition = Transition::begin(connection, table, options);
    if (!transition) return std::unexpected(transition.error());
    if (options.dry_run) return transition->report();
    Status done = transition->stage();
    if (done) done = transition->switch_over();
    if (done) done = transition->commit();
    if (done) return transition->report();
    if (done.error().errno_value != ESTALE || attempt == kRestarts) {
      return std::unexpected(done.error());
    }
    wait_some_time(attempt);
  }
}

}  // namespace netpolc::nft_netlink
