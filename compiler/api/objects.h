// SPDX-License-Identifier: Apache-2.0
// Documents to objects: lists opened, each object with its API version and kind.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/diag/sink.h"
#include "compiler/document/value.h"

namespace netpolc::api {

// What an API version and kind are to netpolc.
enum class ObjectClass : std::uint8_t {
  kNetworkPolicy,
  kNamespace,
  kPod,
  kNode,
  kService,
  kEndpointSlice,
  kWorkload,
  kOtherPolicy,    // a policy that netpolc does not enforce
  kOtherWorkload,  // of netpolc.io, in a version or of a kind that there is not
  kOther,
};

ObjectClass classify(std::string_view api_version, std::string_view kind);

struct LocatedObject {
  const document::Value* value = nullptr;  // a map
  std::string_view api_version;
  std::string_view kind;
  ObjectClass object_class = ObjectClass::kOther;
};

// Every object of the documents, in order. `kind: List` and typed lists (PodList), whose items may
// leave their version and kind out, are opened. Documents that are no objects are reported.
// The objects point into `documents`.
std::vector<LocatedObject> find_objects(const std::vector<document::Value>& documents,
                                        diag::Sink& sink);

}  // namespace netpolc::api
