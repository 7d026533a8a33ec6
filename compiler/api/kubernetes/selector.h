// SPDX-License-Identifier: Apache-2.0
// metav1.LabelSelector.
#pragma once

#include "compiler/api/fields.h"
#include "compiler/model/labels.h"

namespace netpolc::api::kubernetes {

// Reads, validates and normalizes a selector; faults are reported and left out of the result.
model::LabelSelector read_selector(const Field& field);

}  // namespace netpolc::api::kubernetes
