// SPDX-License-Identifier: Apache-2.0
// ObjectMeta: who an object is.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "compiler/api/fields.h"
#include "compiler/api/kubernetes/names.h"
#include "compiler/model/labels.h"

namespace netpolc::api {

enum class Scope : std::uint8_t { kCluster, kNamespaced };

struct Metadata {
  std::string namespace_name;  // "default" when left out; empty for objects of the cluster
  std::string name;
  model::Labels labels;
  Span span;  // of the name
};

// "Pod shop/web", for messages, whether or not the metadata is right.
std::string object_title(std::string_view kind, Scope scope, const document::Value& object);

// Reads `metadata` of an object, with its fields' rules when the object is strict. Nothing when the
// object has no usable name, which is reported like every other fault.
// `name_rule` is the rule for `metadata.name`.
std::optional<Metadata> read_metadata(
    const Field& object, Scope scope,
    kubernetes::NameRule name_rule = kubernetes::fault_of_dns_subdomain);

// Reads a map of labels (null values are ""). Faulty ones are reported at `field` and left out.
model::Labels read_labels(const Field& field);

}  // namespace netpolc::api
