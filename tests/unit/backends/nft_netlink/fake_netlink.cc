// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/backends/nft_netlink/fake_netlink.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netlink.h>

#include <algorithm>
#include <cerrno>

#include "backends/nft_netlink/decode.h"

namespace netpolc::test {

using nft_netlink::as_bytes;
using nft_netlink::Bytes;
using nft_netlink::Message;
using nft_netlink::Rejection;

namespace {

std::string text_of(const Message& message, std::uint16_t attribute) {
  return std::string(message.attributes().find(attribute).text());
}

}  // namespace

FakeNetlink::Stored FakeNetlink::with_handle(const Message& message, std::uint16_t attribute) {
  nft_netlink::MessageWriter writer;
  writer.begin(message.type(), 0, message.family);
  for (const nft_netlink::Attribute& part : message.attributes()) writer.put(part.type, part.value);
  writer.put_u64(attribute, next_handle_++);
  writer.end();
  return {writer.bytes().begin(), writer.bytes().end()};
}

int FakeNetlink::check_rule(const Table& table, const Message& message) {
  const nft_netlink::RuleRecord rule = nft_netlink::decode_rule(message);
  for (const std::string& name : nft_netlink::referred_names(as_bytes(rule.expressions))) {
    if (!table.sets.contains(name) && !table.chains.contains(name)) return ENOENT;
  }
  return table.chains.contains(rule.chain) ? 0 : ENOENT;
}

int FakeNetlink::execute_new(Table& table, const Message& message) {
  const bool is_exclusive = (message.flags & NLM_F_EXCL) != 0;
  const Stored bytes(message.whole.begin(), message.whole.end());
  switch (message.type()) {
    case NFT_MSG_NEWCHAIN: {
      const std::string name = text_of(message, NFTA_CHAIN_NAME);
      if (table.chains.contains(name) && is_exclusive) return EEXIST;
      table.chains[name].definition = with_handle(message, NFTA_CHAIN_HANDLE);
      return 0;
    }
    case NFT_MSG_NEWSET: {
      const std::string name = text_of(message, NFTA_SET_NAME);
      if (table.sets.contains(name) && is_exclusive) return EEXIST;
      table.sets[name].definition = with_handle(message, NFTA_SET_HANDLE);
      return 0;
    }
    case NFT_MSG_NEWSETELEM: {
      const auto set = table.sets.find(text_of(message, NFTA_SET_ELEM_LIST_SET));
      if (set == table.sets.end()) return ENOENT;
      set->second.elements.push_back(bytes);
      return 0;
    }
    case NFT_MSG_NEWRULE: {
      if (const int error = check_rule(table, message); error != 0) return error;
      table.chains[text_of(message, NFTA_RULE_CHAIN)].rules.push_back(bytes);
      return 0;
    }
    default:
      return EOPNOTSUPP;
  }
}

int FakeNetlink::execute_delete(Table& table, const Message& message) {
  switch (message.type()) {
    case NFT_MSG_DELRULE: {
      const auto chain = table.chains.find(text_of(message, NFTA_RULE_CHAIN));
      if (chain == table.chains.end()) return ENOENT;
      chain->second.rules.clear();
      return 0;
    }
    case NFT_MSG_DELSET:
    case NFT_MSG_DELCHAIN: {
      const bool is_set = message.type() == NFT_MSG_DELSET;
      const std::uint16_t attribute =
          is_set ? std::uint16_t{NFTA_SET_NAME} : std::uint16_t{NFTA_CHAIN_NAME};
      const std::string name = text_of(message, attribute);
      for (const auto& [owner, chain] : table.chains) {
        for (const Stored& rule : chain.rules) {
          const auto record = nft_netlink::decode_rule(nft_netlink::split_messages(rule).front());
          const auto names = nft_netlink::referred_names(as_bytes(record.expressions));
          if (owner != name && std::ranges::find(names, name) != names.end()) return EBUSY;
        }
      }
      return (is_set ? table.sets.erase(name) : table.chains.erase(name)) == 0 ? ENOENT : 0;
    }
    default:
      return EOPNOTSUPP;
  }
}

int FakeNetlink::execute(Tables& tables, const Message& message) {
  const std::string name = nft_netlink::decode_table_name(message);
  if (message.type() == NFT_MSG_NEWTABLE) {
    tables.try_emplace(name);
    return 0;
  }
  const auto table = tables.find(name);
  if (table == tables.end()) return ENOENT;
  switch (message.type()) {
    case NFT_MSG_DELTABLE:
      tables.erase(table);
      return 0;
    case NFT_MSG_DELRULE:
    case NFT_MSG_DELSET:
    case NFT_MSG_DELCHAIN:
      return execute_delete(table->second, message);
    default:
      return execute_new(table->second, message);
  }
}

std::expected<void, Rejection> FakeNetlink::transact(Bytes messages,
                                                     std::optional<std::uint32_t> wanted) {
  const int error = before_transaction(++transactions);
  if (error != 0) return std::unexpected(Rejection{.errno_value = error});
  if (messages.size() > limit) return std::unexpected(Rejection{.errno_value = EMSGSIZE});
  if (wanted && *wanted != ruleset) return std::unexpected(Rejection{.errno_value = ERESTART});
  Tables next = tables_;
  std::optional<Rejection> rejection;
  for (const Message& message : nft_netlink::split_messages(messages)) {
    const int refused = execute(next, message);
    if (refused == 0) continue;
    if (rejection) {
      ++rejection->further;
    } else {
      rejection = Rejection{.errno_value = refused, .sequence = message.sequence};
    }
  }
  if (rejection) return std::unexpected(std::move(*rejection));
  tables_ = std::move(next);
  ++ruleset;
  sizes.push_back(messages.size());
  return {};
}

Status FakeNetlink::request(Bytes bytes, const std::function<void(const Message&)>& each) {
  const Message message = nft_netlink::split_messages(bytes).front();
  const auto answer = [&](const Stored& stored) {
    each(nft_netlink::split_messages(stored).front());
  };
  if (message.type() == NFT_MSG_GETGEN) {
    nft_netlink::MessageWriter writer;
    writer.begin(NFT_MSG_NEWGEN, 0, NFPROTO_UNSPEC);
    writer.put_u32(NFTA_GEN_ID, ruleset);
    writer.end();
    each(nft_netlink::split_messages(writer.bytes()).front());
    return {};
  }
  const auto table = tables_.find(nft_netlink::decode_table_name(message));
  if (table == tables_.end()) return fail("No such file or directory", ENOENT);
  const std::string object = text_of(message, NFTA_RULE_CHAIN);  // as NFTA_SET_ELEM_LIST_SET
  for (const auto& [name, chain] : table->second.chains) {
    if (message.type() == NFT_MSG_GETCHAIN) answer(chain.definition);
    if (message.type() != NFT_MSG_GETRULE || (!object.empty() && object != name)) continue;
    for (const Stored& rule : chain.rules) answer(rule);
  }
  for (const auto& [name, set] : table->second.sets) {
    if (message.type() == NFT_MSG_GETSET) answer(set.definition);
    if (message.type() != NFT_MSG_GETSETELEM || object != name) continue;
    for (const Stored& elements : set.elements) answer(elements);
  }
  return {};
}

}  // namespace netpolc::test
