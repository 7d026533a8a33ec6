// SPDX-License-Identifier: Apache-2.0
// The model as stable text: one fact a line, indented under what it belongs to. Objects are sorted
// as the model has them; rules and peers keep the order of writing. Places in sources are left out.
//
//   namespace shop
//     label kubernetes.io/metadata.name=shop
//   endpoint shop/db-0
//     label app=db
//     address 10.244.0.7
//     port postgres TCP 5432
//   policy NetworkPolicy shop/db
//     subject app=db
//     ingress isolates
//       rule ingress[0]
//         peer endpoints app=api in the policy's namespace
//         port TCP postgres
#pragma once

#include <string>

#include "compiler/model/policy.h"

namespace netpolc::model {

std::string print(const Model& model);

}  // namespace netpolc::model
