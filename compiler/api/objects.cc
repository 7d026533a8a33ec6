// SPDX-License-Identifier: Apache-2.0
#include "compiler/api/objects.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "compiler/api/fields.h"
#include "compiler/api/near.h"

namespace netpolc::api {
namespace {

using document::Kind;

constexpr std::string_view kListSuffix = "List";
constexpr std::string_view kPolicySuffix = "NetworkPolicy";
constexpr auto kListFields =
    std::to_array<std::string_view>({"apiVersion", "kind", "metadata", "items"});

// Kinds of networking.k8s.io, to tell another kind from a slip.
constexpr auto kNetworkingKinds = std::to_array<std::string_view>(
    {"NetworkPolicy", "Ingress", "IngressClass", "IPAddress", "ServiceCIDR"});

struct KnownKind {
  std::string_view api_version;
  std::string_view kind;
  ObjectClass object_class;
};

constexpr auto kKnownKinds = std::to_array<KnownKind>({
    {"networking.k8s.io/v1", "NetworkPolicy", ObjectClass::kNetworkPolicy},
    {"v1", "Namespace", ObjectClass::kNamespace},
    {"v1", "Pod", ObjectClass::kPod},
    {"v1", "Node", ObjectClass::kNode},
    {"v1", "Service", ObjectClass::kService},
    {"discovery.k8s.io/v1", "EndpointSlice", ObjectClass::kEndpointSlice},
    {"discovery.k8s.io/v1beta1", "EndpointSlice", ObjectClass::kEndpointSlice},
    {"netpolc.io/v1alpha1", "Workload", ObjectClass::kWorkload},
});

// "networking.k8s.io" of "networking.k8s.io/v1"; "" for the core API's "v1".
std::string_view group_of(std::string_view api_version) {
  const std::size_t slash = api_version.find('/');
  return slash == std::string_view::npos ? std::string_view{} : api_version.substr(0, slash);
}

bool is_slip_of_network_policy(std::string_view api_version, std::string_view kind) {
  if (group_of(api_version) != "networking.k8s.io") return false;
  const bool is_known =
      std::find(kNetworkingKinds.begin(), kNetworkingKinds.end(), kind) != kNetworkingKinds.end();
  return !is_known && nearest(kind, kNetworkingKinds) == "NetworkPolicy";
}

struct TypeMeta {
  std::string_view api_version;
  std::string_view kind;
};

// The member as text, or what a typed list says of its items.
std::optional<std::string_view> type_member(const document::Value& value, std::string_view name,
                                            std::string_view from_list, diag::Sink& sink) {
  const document::Value* member = value.find(name);
  const bool is_missing = member == nullptr || member->is_null() ||
                          (member->kind == Kind::kString && member->text.empty());
  if (is_missing && !from_list.empty()) return from_list;
  if (!is_missing && member->kind == Kind::kString) return member->text;
  diag::Builder report =
      sink.report(diag::Code::kNotAnObject, is_missing ? value.span : member->span,
                  is_missing ? fmt::format("this is no Kubernetes object: it has no `{}`", name)
                             : fmt::format("this is no Kubernetes object: its `{}` is {}", name,
                                           document::describe(member->kind)));
  report.path(std::string(name)).note("every object has `apiVersion`, `kind` and `metadata`");
  return std::nullopt;
}

class Finder {
 public:
  explicit Finder(diag::Sink& sink) : sink_(&sink) {}

  // `from_list`: what the list says of its items' type, or empty.
  void visit(const document::Value& value, const TypeMeta& from_list) {
    if (value.kind != Kind::kMap) {
      sink_->report(
          diag::Code::kNotAnObject, value.span,
          fmt::format("this is no Kubernetes object but {}", document::describe(value.kind)));
      return;
    }
    const auto api_version = type_member(value, "apiVersion", from_list.api_version, *sink_);
    if (!api_version) return;
    const auto kind = type_member(value, "kind", from_list.kind, *sink_);
    if (!kind) return;
    if (is_list(value, *api_version, *kind)) {
      open_list(value, {*api_version, *kind});
      return;
    }
    objects_.push_back({&value, *api_version, *kind, classify(*api_version, *kind)});
  }

  std::vector<LocatedObject> take() { return std::move(objects_); }

 private:
  static std::string_view item_kind(std::string_view list_kind) {
    return list_kind.substr(0, list_kind.size() - kListSuffix.size());
  }

  static bool is_list(const document::Value& value, std::string_view api_version,
                      std::string_view kind) {
    if (kind == kListSuffix) return true;
    if (!kind.ends_with(kListSuffix)) return false;
    return value.find("items") != nullptr ||
           classify(api_version, item_kind(kind)) != ObjectClass::kOther;
  }

  void open_list(const document::Value& value, const TypeMeta& type) {
    const bool is_typed = type.kind != kListSuffix;
    const std::string_view kind = item_kind(type.kind);
    // A misspelt `items` would lose every policy of the list.
    const bool is_strict = !is_typed || classify(type.api_version, kind) != ObjectClass::kOther;
    const ObjectContext context{*sink_, std::string(type.kind), is_strict};
    const Field root(context, value);
    const Object list(root, kListFields);
    const std::optional<Field> items = list.find("items");
    if (!items) return;
    const TypeMeta item_type = is_typed ? TypeMeta{type.api_version, kind} : TypeMeta{};
    items->for_each_item([&](const Field& item) { visit(item.value(), item_type); });
  }

  diag::Sink* sink_;
  std::vector<LocatedObject> objects_;
};

}  // namespace

ObjectClass classify(std::string_view api_version, std::string_view kind) {
  for (const KnownKind& known : kKnownKinds) {
    if (known.api_version == api_version && known.kind == kind) return known.object_class;
  }
  // Cilium's, the admin policies, Calico's, Antrea's …: to ignore one would change what is allowed.
  if (kind.ends_with(kPolicySuffix) || is_slip_of_network_policy(api_version, kind)) {
    return ObjectClass::kOtherPolicy;
  }
  if (group_of(api_version) == "netpolc.io") return ObjectClass::kOtherWorkload;
  return ObjectClass::kOther;
}

std::vector<LocatedObject> find_objects(const std::vector<document::Value>& documents,
                                        diag::Sink& sink) {
  Finder finder(sink);
  for (const document::Value& document : documents) finder.visit(document, {});
  return finder.take();
}

}  // namespace netpolc::api
