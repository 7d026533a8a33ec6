// SPDX-License-Identifier: Apache-2.0
// Read-back: does the kernel hold exactly what the table says, down to the bytes of each rule?
#pragma once

#include "backends/nft_netlink/connection.h"
#include "backends/nft_netlink/encode.h"
#include "backends/nft_netlink/read.h"
#include "netpolc/result.h"

namespace netpolc::nft_netlink {

// Compares the objects of the encoder's generation, which `state` lists, with the table. An Error
// (EBADMSG) names the first object that differs; one with another errno could not read it.
Status verify_generation(Connection& connection, const Encoder& encoder, const KernelState& state);

// Likewise the base chains and their rules; chains of another table of ours must be empty.
Status verify_base_chains(const Encoder& encoder, const KernelState& state);

}  // namespace netpolc::nft_netlink
