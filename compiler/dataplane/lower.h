// SPDX-License-Identifier: Apache-2.0
// policy IR → dataplane IR: the table layout. lower() is the only entry.
//
// For each family and direction (here IPv4 ingress; egress has source and destination swapped):
//   peer4          endpoint address → class            (every other address → 0)
//   cidr4          address ranges outside → class
//   in4            subject address . class → profile   (final)
//   in4_workloads  subject address → profile for endpoints without a pair
//   in4_any        subject address → profile for all others; being here means isolated
//   in_profiles    profile → goto its chain            (the only map of verdicts)
// so that a new connection costs a fixed number of look-ups, however many policies there are. The
// class travels in the packet's scratch field. Maps that would be empty are left out with their
// rules.
//
// Ids of classes and profiles are hashes of what they stand for, between 0x40000000 and 0x7fffffff:
// a change of one policy leaves the others' lines in the text as they were, and the major number of
// a packet's priority never is that of a usual qdisc.
#pragma once

#include "compiler/diag/source_manager.h"
#include "compiler/policy/ir.h"
#include "netpolc/compile.h"
#include "netpolc/ruleset.h"

namespace netpolc::dataplane {

// `sources` gives the lines that comments and origins name. @post verify(table) holds.
ruleset::Table lower(const policy::Program& program, const CompileOptions& options,
                     const diag::SourceManager& sources);

}  // namespace netpolc::dataplane
