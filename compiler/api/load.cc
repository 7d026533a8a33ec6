// SPDX-License-Identifier: Apache-2.0
#include "compiler/api/load.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "compiler/api/core/namespace.h"
#include "compiler/api/core/node.h"
#include "compiler/api/core/pod.h"
#include "compiler/api/core/service.h"
#include "compiler/api/fields.h"
#include "compiler/api/inventory_builder.h"
#include "compiler/api/kubernetes/network_policy.h"
#include "compiler/api/metadata.h"
#include "compiler/api/netpolc/workload.h"
#include "compiler/api/objects.h"

namespace netpolc::api {
namespace {

Span kind_span(const LocatedObject& object) {
  const document::Value* kind = object.value->find("kind");
  return kind != nullptr ? kind->span : object.value->span;
}

// Objects that were left out, one note a kind.
class LeftOut {
 public:
  void add(const LocatedObject& object) {
    auto [entry, is_new] = kinds_.try_emplace({object.kind, object.api_version});
    if (is_new) entry->second.first = kind_span(object);
    ++entry->second.count;
  }

  // `format` makes the message of a kind and its API version.
  template <typename Format>
  void report(diag::Code code, diag::Sink& sink, Format&& format) const {
    for (const auto& [type, entry] : kinds_) {
      diag::Builder note = sink.report(code, entry.first, format(type.first, type.second));
      if (entry.count > 1)
        note.note(fmt::format("{} such objects, the first of them here", entry.count));
    }
  }

 private:
  struct Entry {
    Span first;
    std::size_t count = 0;
  };
  std::map<std::pair<std::string_view, std::string_view>, Entry> kinds_;  // kind, API version
};

class Loader {
 public:
  Loader(const LoadOptions& options, diag::Sink& sink)
      : options_(options), sink_(sink), inventory_(sink) {}

  void load(const LocatedObject& object, bool is_inventory);
  model::Model finish();

 private:
  void load_policy(const LocatedObject& object);
  void load_inventory(const LocatedObject& object);
  void report_other(const LocatedObject& object);
  // Remembers an object's name; false, and reported, when another object of the kind has it.
  bool claim(std::string_view kind, std::string_view namespace_name, std::string_view name,
             Span span, const std::string& title);
  void check_policy_namespaces(const model::Model& model);

  LoadOptions options_;
  diag::Sink& sink_;
  InventoryBuilder inventory_;
  std::vector<model::Policy> policies_;
  std::map<std::tuple<std::string, std::string, std::string>, Span> names_;
  LeftOut unknown_kinds_;
  LeftOut inventory_policies_;
};

bool Loader::claim(std::string_view kind, std::string_view namespace_name, std::string_view name,
                   Span span, const std::string& title) {
  const auto [first, is_new] =
      names_.try_emplace({std::string(kind), std::string(namespace_name), std::string(name)}, span);
  if (is_new) return true;
  sink_.report(diag::Code::kDuplicateObject, span, fmt::format("there is another {}", title))
      .path("metadata.name")
      .object(title)
      .related(first->second, "first defined here");
  return false;
}

void Loader::load_policy(const LocatedObject& object) {
  const ObjectContext context{sink_, object_title(object.kind, Scope::kNamespaced, *object.value),
                              true};
  std::optional<model::Policy> policy =
      kubernetes::read_network_policy(Field(context, *object.value), options_.strict_api_1_36);
  if (!policy) return;
  if (claim(policy->kind, policy->namespace_name, policy->name, policy->span, context.object)) {
    policies_.push_back(std::move(*policy));
  }
}

void Loader::load_inventory(const LocatedObject& object) {
  const bool is_of_cluster =
      object.object_class == ObjectClass::kNamespace || object.object_class == ObjectClass::kNode;
  const bool is_strict = object.object_class == ObjectClass::kWorkload;
  const ObjectContext context{
      sink_,
      object_title(object.kind, is_of_cluster ? Scope::kCluster : Scope::kNamespaced,
                   *object.value),
      is_strict};
  const Field field(context, *object.value);
  const auto add = [&](auto loaded, auto name) {
    if (!loaded) return;
    const auto& [kind, namespace_name, own_name, span] = name(*loaded);
    if (claim(kind, namespace_name, own_name, span, context.object)) {
      inventory_.add(std::move(*loaded));
    }
  };
  using Name = std::tuple<std::string_view, std::string_view, std::string_view, Span>;
  const auto of_cluster = [&](const auto& item) {
    return Name{object.kind, {}, item.name, item.span};
  };
  // Pods and Workloads share their names: policies cannot tell them apart.
  const auto workload = [](const LoadedWorkload& item) {
    return Name{"Pod", item.endpoint.namespace_name, item.endpoint.name, item.endpoint.span};
  };
  switch (object.object_class) {
    case ObjectClass::kNamespace:
      return add(core::read_namespace(field), of_cluster);
    case ObjectClass::kNode:
      return add(core::read_node(field), of_cluster);
    case ObjectClass::kPod:
      return add(core::read_pod(field), workload);
    case ObjectClass::kWorkload:
      return add(netpolc::read_workload(field), workload);
    case ObjectClass::kService:
      return add(core::read_service(field), [](const core::LoadedService& item) {
        return Name{"Service", item.service.namespace_name, item.service.name, item.service.span};
      });
    case ObjectClass::kEndpointSlice:
      return add(core::read_endpoint_slice(field), [](const core::LoadedSlice& item) {
        return Name{"EndpointSlice", item.namespace_name, item.name, item.span};
      });
    default:
      return;
  }
}

void Loader::report_other(const LocatedObject& object) {
  const document::Value* version = object.value->find("apiVersion");
  const document::Value* metadata = object.value->find("metadata");
  const bool has_namespace = metadata != nullptr && metadata->find("namespace") != nullptr;
  const Scope scope = has_namespace ? Scope::kNamespaced : Scope::kCluster;
  const bool is_policy = object.object_class == ObjectClass::kOtherPolicy;
  const bool has_wrong_version = object.kind == (is_policy ? "NetworkPolicy" : "Workload");
  const Span span = has_wrong_version && version != nullptr ? version->span : kind_span(object);
  diag::Builder report = sink_.report(
      diag::Code::kUnsupportedVersion, span,
      is_policy
          ? fmt::format("netpolc does not enforce {} of `{}`", object.kind, object.api_version)
          : fmt::format("there is no {} in `{}`", object.kind, object.api_version));
  report.path(has_wrong_version ? "apiVersion" : "kind")
      .object(object_title(object.kind, scope, *object.value));
  if (!is_policy) {
    report.note("netpolc's own objects are of kind `Workload` in `netpolc.io/v1alpha1`");
    return;
  }
  report.note("netpolc enforces `NetworkPolicy` of `networking.k8s.io/v1`");
  report.note(
      "to ignore a policy would change what is allowed; take it out of the input to go on "
      "without it");
}

void Loader::load(const LocatedObject& object, bool is_inventory) {
  switch (object.object_class) {
    case ObjectClass::kNetworkPolicy:
    case ObjectClass::kOtherPolicy:
      if (is_inventory) {
        inventory_policies_.add(object);
      } else if (object.object_class == ObjectClass::kNetworkPolicy) {
        load_policy(object);
      } else {
        report_other(object);
      }
      return;
    case ObjectClass::kOtherWorkload:
      return report_other(object);
    case ObjectClass::kOther:
      return unknown_kinds_.add(object);
    default:
      return load_inventory(object);
  }
}

// A policy of a namespace that nothing knows is mostly a slip in `metadata.namespace`.
void Loader::check_policy_namespaces(const model::Model& model) {
  const model::Inventory& inventory = model.inventory;
  const auto& pods = inventory.pods_on_host_network;
  if (inventory.namespaces.empty() && pods.empty()) return;
  for (const model::Policy& policy : model.policies) {
    if (inventory.namespaces.contains(policy.namespace_name)) continue;
    const std::string prefix = policy.namespace_name + "/";
    const auto pod = pods.lower_bound(prefix);
    if (pod != pods.end() && pod->first.starts_with(prefix)) continue;
    sink_
        .report(diag::Code::kUnknownNamespace, policy.span,
                fmt::format("the inventory has neither a Namespace object `{0}` nor pods in `{0}`",
                            policy.namespace_name))
        .path("metadata.namespace")
        .object(policy.kind + " " + policy.full_name())
        .note("the policy has no effect");
  }
}

model::Model Loader::finish() {
  model::Model model;
  model.inventory = inventory_.build();
  std::sort(policies_.begin(), policies_.end(), [](const model::Policy& a, const model::Policy& b) {
    return std::tie(a.kind, a.namespace_name, a.name) < std::tie(b.kind, b.namespace_name, b.name);
  });
  model.policies = std::move(policies_);
  check_policy_namespaces(model);
  unknown_kinds_.report(
      diag::Code::kUnknownKind, sink_, [](std::string_view kind, std::string_view api_version) {
        return fmt::format("{} of `{}` is ignored: netpolc has no use for it", kind, api_version);
      });
  inventory_policies_.report(
      diag::Code::kPolicyInInventory, sink_, [](std::string_view kind, std::string_view) {
        return fmt::format("{} in the inventory is ignored: it is no policy file", kind);
      });
  return model;
}

}  // namespace

model::Model load_model(const std::vector<document::Value>& policy_documents,
                        const std::vector<document::Value>& inventory_documents,
                        const LoadOptions& options, diag::Sink& sink) {
  Loader loader(options, sink);
  for (const LocatedObject& object : find_objects(policy_documents, sink)) {
    loader.load(object, false);
  }
  for (const LocatedObject& object : find_objects(inventory_documents, sink)) {
    loader.load(object, true);
  }
  return loader.finish();
}

}  // namespace netpolc::api
