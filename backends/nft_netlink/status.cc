// SPDX-License-Identifier: Apache-2.0
#include "backends/nft_netlink/status.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <iterator>

#include "backends/nft_netlink/encode.h"
#include "backends/nft_netlink/names.h"
#include "backends/nft_netlink/transaction.h"
#include "backends/nft_netlink/userdata.h"

namespace netpolc::nft_netlink {

namespace {

std::string hex(std::string_view bytes) {
  std::string out;
  for (const char byte : bytes) {
    fmt::format_to(std::back_inserter(out), "{:02x}", static_cast<unsigned char>(byte));
  }
  return out;
}

std::string strip(std::string_view name, std::optional<std::uint64_t> generation) {
  const GenerationName parts = split_generation(name);
  return std::string(generation == parts.generation ? parts.base : name);
}

std::string print_element(const ElementRecord& element, std::optional<std::uint64_t> generation) {
  std::string out = fmt::format(
      "key {} flags {}",
      hex(std::string_view(reinterpret_cast<const char*>(element.key.data()), element.key_length)),
      element.flags);
  if (element.has_value) out += fmt::format(" value {:08x}", element.value);
  if (!element.chain.empty()) out += " chain " + strip(element.chain, generation);
  if (!element.userdata.empty()) out += " userdata " + hex(element.userdata);
  return out;
}

std::string print_rule(const RuleRecord& rule, std::optional<std::uint64_t> generation) {
  std::string out = print_expressions(as_bytes(rule.expressions), generation);
  if (const auto stamp = stamp_of(rule)) return out + " content " + stamp->digest;
  if (!rule.userdata.empty()) out += " userdata " + hex(rule.userdata);
  return out;
}

}  // namespace

Result<TableStatus> status(Connection& connection, const std::string& table) {
  const auto state = read_state(connection, table);
  if (!state) return std::unexpected(state.error());
  TableStatus out;
  out.is_present = state->is_present;
  if (!state->is_present) return out;
  const std::set<std::uint64_t> in_force = state->generations_in_force();
  if (!in_force.empty()) out.generation = *in_force.rbegin();
  if (const auto stamp = state->stamp()) out.digest = stamp->digest;
  std::ranges::set_difference(state->generations(), in_force, std::back_inserter(out.leftovers));
  out.counts.chains = state->chains.size();
  out.counts.sets = state->sets.size();
  const auto rules = read_rules(connection, table, "");
  if (!rules) return std::unexpected(rules.error());
  out.counts.rules = rules->size();
  for (const SetRecord& set : state->sets) {
    const auto elements = read_elements(connection, table, set.name);
    if (!elements) return std::unexpected(elements.error());
    // An interval is two elements to the kernel; its end is marked.
    out.counts.elements += static_cast<std::size_t>(std::ranges::count_if(
        *elements, [](const ElementRecord& element) { return !element.is_interval_end(); }));
  }
  return out;
}

Result<bool> remove(Connection& connection, const std::string& table) {
  Transaction transaction(connection, nullptr);
  encode_delete_table(transaction.out(), table);
  transaction.append();
  const Status done = transaction.commit(std::nullopt);
  if (done) return true;
  if (done.error().errno_value == ENOENT) return false;
  return fail(fmt::format("cannot delete table inet {}: {}", table, done.error().message),
              done.error().errno_value);
}

Result<std::string> dump_canonical(Connection& connection, const std::string& table) {
  const auto state = read_state(connection, table);
  if (!state) return std::unexpected(state.error());
  const std::set<std::uint64_t> in_force = state->generations_in_force();
  std::optional<std::uint64_t> generation;
  if (!in_force.empty()) generation = *in_force.rbegin();
  std::vector<std::string> objects;
  for (const SetRecord& set : state->sets) {
    std::string text =
        fmt::format("set {} flags {} key {} {} data {} {} size {} userdata {}\n",
                    strip(set.name, generation), set.flags, set.key_type, set.key_length,
                    set.data_type, set.data_length, set.size, hex(set.userdata));
    auto elements = read_elements(connection, table, set.name);
    if (!elements) return std::unexpected(elements.error());
    std::ranges::sort(*elements);
    for (const ElementRecord& element : *elements) {
      text += "  " + print_element(element, generation) + '\n';
    }
    objects.push_back(std::move(text));
  }
  for (const ChainRecord& chain : state->chains) {
    std::string text = fmt::format("chain {} {} userdata {}\n", strip(chain.name, generation),
                                   chain.base, hex(chain.userdata));
    const auto rules = read_rules(connection, table, chain.name);
    if (!rules) return std::unexpected(rules.error());
    for (const RuleRecord& rule : *rules) text += "  " + print_rule(rule, generation) + '\n';
    objects.push_back(std::move(text));
  }
  std::ranges::sort(objects);
  std::string out;
  for (const std::string& object : objects) out += object;
  return out;
}

}  // namespace netpolc::nft_netlink
