// SPDX-License-Identifier: Apache-2.0
#include "compiler/policy/print.h"

#include <fmt/format.h>

#include <iterator>

namespace netpolc::policy {

namespace {

void print_profile(std::string& out, const Program& program, std::uint32_t index) {
  const Profile& profile = program.profiles[index];
  fmt::format_to(std::back_inserter(out), "profile {} {}\n", index,
                 model::to_string(profile.direction));
  const auto origins = [&](const std::vector<Id<Origin>>& list) {
    for (const Id<Origin>& origin : list) {
      const Origin& from = program.origins[origin.value];
      fmt::format_to(std::back_inserter(out), "{} {}{}{}", &origin == list.data() ? " #" : ",",
                     from.object, from.path.empty() ? "" : " ", from.path);
    }
    out += '\n';
  };
  for (const PortClause& clause : profile.allows) {
    out += "  allow " + print_clause(clause);
    origins(clause.origins);
  }
  out += "  deny";
  origins(profile.isolated_by);
}

void print_class(std::string& out, const Program& program, std::uint32_t index) {
  const AddressClass& address_class = program.classes[index];
  fmt::format_to(std::back_inserter(out), "class {}{}\n", index,
                 address_class.is_local_node ? " (local node)" : "");
  for (const EndpointAddress& member : address_class.endpoints) {
    fmt::format_to(std::back_inserter(out), "  {} {}\n", member.address.to_string(),
                   program.endpoints[member.endpoint].name);
  }
  for (const AddressRange& range : address_class.ranges) {
    fmt::format_to(std::back_inserter(out), "  {}-{}\n", range.first.to_string(),
                   range.last.to_string());
  }
}

void print_subject(std::string& out, const Program& program, const SubjectClass& subject) {
  fmt::format_to(std::back_inserter(out), "subject {}\n", model::to_string(subject.direction));
  for (const std::uint32_t endpoint : subject.endpoints) {
    fmt::format_to(std::back_inserter(out), "  {}\n", program.endpoints[endpoint].name);
  }
  for (const Pair& pair : subject.pairs) {
    fmt::format_to(std::back_inserter(out), "  class {} -> profile {}\n", pair.peer.value,
                   pair.profile.value);
  }
  if (subject.workloads) {
    fmt::format_to(std::back_inserter(out), "  workloads -> profile {}\n",
                   subject.workloads->value);
  }
  fmt::format_to(std::back_inserter(out), "  any -> profile {}\n", subject.any.value);
}

}  // namespace

std::string print_clause(const PortClause& clause) {
  if (clause.is_everything()) return "everything";
  std::string out = model::to_string(*clause.protocol);
  if (clause.ports == model::PortRange{}) return out + " *";
  out += ' ' + std::to_string(clause.ports.first);
  if (clause.ports.last != clause.ports.first) out += '-' + std::to_string(clause.ports.last);
  return out;
}

std::string print(const Program& program) {
  std::string out;
  for (std::uint32_t index = 0; index < program.classes.size(); ++index) {
    print_class(out, program, index);
  }
  for (std::uint32_t index = 0; index < program.profiles.size(); ++index) {
    print_profile(out, program, index);
  }
  for (const SubjectClass& subject : program.subjects) print_subject(out, program, subject);
  for (const NodeExemption& exemption : program.exemptions) {
    fmt::format_to(std::back_inserter(out), "exempt {} from class {}\n",
                   program.endpoints[exemption.endpoint].name, exemption.node.value);
  }
  return out;
}

}  // namespace netpolc::policy
