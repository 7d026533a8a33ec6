// SPDX-License-Identifier: Apache-2.0
#include "compiler/cases/hosts.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "compiler/diag/sink.h"
#include "compiler/diag/source_manager.h"
#include "compiler/document/parse.h"

namespace netpolc::cases {
namespace {

using document::Kind;
using document::Value;

const Value* find_path(const Value& value, std::initializer_list<std::string_view> keys) {
  const Value* found = &value;
  for (std::string_view key : keys) {
    found = found->find(key);
    if (found == nullptr) return nullptr;
  }
  return found;
}

std::string text_at(const Value& value, std::initializer_list<std::string_view> keys) {
  const Value* found = find_path(value, keys);
  return found != nullptr && found->kind == Kind::kString ? found->text : std::string();
}

void add_address(const std::string& text, std::vector<IpAddress>& addresses) {
  const std::optional<IpAddress> address = IpAddress::parse(text);
  if (address && std::ranges::find(addresses, *address) == addresses.end()) {
    addresses.push_back(*address);
  }
}

// "namespace/name", with the API's default namespace.
std::string full_name(const Value& object) {
  const std::string space = text_at(object, {"metadata", "namespace"});
  return (space.empty() ? "default" : space) + "/" + text_at(object, {"metadata", "name"});
}

std::vector<IpAddress> pod_addresses(const Value& object) {
  std::vector<IpAddress> addresses;
  if (const Value* ips = find_path(object, {"status", "podIPs"})) {
    for (const Value& item : ips->items) add_address(text_at(item, {"ip"}), addresses);
  }
  if (addresses.empty()) add_address(text_at(object, {"status", "podIP"}), addresses);
  return addresses;
}

bool is_on_host_network(const Value& object) {
  const Value* value = find_path(object, {"spec", "hostNetwork"});
  return value != nullptr && value->kind == Kind::kBool && value->boolean;
}

bool is_finished(const Value& object) {
  const std::string phase = text_at(object, {"status", "phase"});
  return phase == "Succeeded" || phase == "Failed";
}

}  // namespace

void Hosts::add_host(std::string name, const std::vector<IpAddress>& addresses) {
  Host host{std::move(name), {}};
  for (const IpAddress& address : addresses) {
    // The first owner keeps an address.
    if (by_address_.try_emplace(address, hosts_.size()).second) host.addresses.push_back(address);
  }
  if (!host.addresses.empty()) hosts_.push_back(std::move(host));
}

void Hosts::add_node(const Value& object) {
  std::vector<IpAddress> addresses;
  if (const Value* list = find_path(object, {"status", "addresses"})) {
    for (std::string_view type : {"InternalIP", "ExternalIP"}) {
      for (const Value& item : list->items) {
        if (text_at(item, {"type"}) == type) add_address(text_at(item, {"address"}), addresses);
      }
    }
  }
  std::string name = "node/" + text_at(object, {"metadata", "name"});
  // A node talks from one address of a family: the first internal one.
  End end;
  for (const IpAddress& address : addresses) {
    const bool is_first = std::ranges::none_of(
        end.addresses, [&](const IpAddress& other) { return other.family == address.family; });
    if (is_first) end.addresses.push_back(address);
  }
  if (addresses.empty()) end.problem = fmt::format("`{}` has no address", name);
  ends_.insert_or_assign(name, std::move(end));
  add_host(std::move(name), addresses);
}

void Hosts::add_pod(const Value& object) {
  const std::string name = full_name(object);
  End end;
  if (is_finished(object)) {
    end.problem = fmt::format("`{}` has finished: its address is not its own any more", name);
    ends_.insert_or_assign(name, std::move(end));
    return;
  }
  end.addresses = pod_addresses(object);
  if (is_on_host_network(object)) {
    const std::string node = "node/" + text_at(object, {"spec", "nodeName"});
    const auto found = ends_.find(node);
    if (end.addresses.empty() && found != ends_.end()) end.addresses = found->second.addresses;
    if (end.addresses.empty()) add_address(text_at(object, {"status", "hostIP"}), end.addresses);
  }
  if (end.addresses.empty()) end.problem = fmt::format("`{}` has no address", name);
  const std::vector<IpAddress> addresses = end.addresses;
  ends_.insert_or_assign(name, std::move(end));
  // On the host's network all its addresses are the node's already, unless the Node object is
  // missing.
  add_host(name, addresses);
}

void Hosts::add_object(const Value& object, bool nodes) {
  const std::string kind = text_at(object, {"kind"});
  if (const Value* items = object.find("items"); items != nullptr && kind.ends_with("List")) {
    for (const Value& item : items->items) add_object(item, nodes);
  } else if (nodes && kind == "Node") {
    add_node(object);
  } else if (!nodes && kind == "Pod") {
    add_pod(object);
  } else if (!nodes && kind == "Workload") {
    End end;
    if (const Value* list = find_path(object, {"spec", "addresses"})) {
      for (const Value& item : list->items) add_address(item.text, end.addresses);
    }
    const std::string name = full_name(object);
    if (end.addresses.empty()) end.problem = fmt::format("`{}` has no address", name);
    add_host(name, end.addresses);
    ends_.insert_or_assign(name, std::move(end));
  }
}

Hosts Hosts::read(const std::optional<SourceText>& cluster) {
  Hosts hosts;
  if (!cluster) return hosts;
  diag::SourceManager sources;
  diag::Sink sink;
  const std::uint32_t source = sources.add(cluster->name, cluster->bytes);
  const std::vector<Value> documents = document::parse_documents(sources, source, {}, sink);
  // Nodes first: their addresses are theirs, also where a pod on their network has them.
  for (const bool nodes : {true, false}) {
    for (const Value& object : documents) hosts.add_object(object, nodes);
  }
  return hosts;
}

End Hosts::find(std::string_view name) const {
  if (const auto found = ends_.find(name); found != ends_.end()) return found->second;
  if (const auto address = IpAddress::parse(name)) return End{{*address}, {}};
  return End{{}, fmt::format("`{}` is no pod or node of the cluster and no address", name)};
}

std::optional<std::size_t> Hosts::host_of(const IpAddress& address) const {
  const auto found = by_address_.find(address);
  if (found == by_address_.end()) return std::nullopt;
  return found->second;
}

void Hosts::add_outside(const IpAddress& address) { add_host(address.to_string(), {address}); }

}  // namespace netpolc::cases
