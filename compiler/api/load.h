// SPDX-License-Identifier: Apache-2.0
// Documents to the model: finds each object's kind, decodes and validates it with that API's rules
// and lowers it. load_model() is the only entry of compiler/api.
#pragma once

#include <vector>

#include "compiler/diag/sink.h"
#include "compiler/diag/source_manager.h"
#include "compiler/document/value.h"
#include "compiler/model/policy.h"

namespace netpolc::api {

struct LoadOptions {
  // Refuse what Kubernetes 1.36 refuses of new objects (StrictIPCIDRValidation): host bits, leading
  // zeros and IPv4-mapped CIDRs. Without it they are masked, with a warning.
  bool strict_api_1_36 = false;
};

// Policies come from `policy_documents`; a policy among `inventory_documents` is ignored with a
// note. Inventory objects are taken from both. Everything wrong is reported to `sink`; the model
// holds what was right, and is only to be used when the sink has no errors.
model::Model load_model(const std::vector<document::Value>& policy_documents,
                        const std::vector<document::Value>& inventory_documents,
                        const LoadOptions& options, diag::Sink& sink);

}  // namespace netpolc::api
