// SPDX-License-Identifier: Apache-2.0
#include "compiler/policy/verify.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "compiler/support/check.h"

namespace netpolc::policy {

namespace {

class Verifier {
 public:
  Verifier(const Program& program, const char* stage) : program_(program), stage_(stage) {}

  void run() const {
    for (const Profile& profile : program_.profiles) check_profile(profile);
    check_classes();
    for (const SubjectClass& subject : program_.subjects) check_subject(subject);
    check_subjects_disjoint();
    check_exemptions();
  }

 private:
  void require(bool claim, const char* what) const {
    NETPOLC_CHECK(claim, std::string("policy IR after ") + stage_ + ": " + what);
  }

  void check_origins(const std::vector<Id<Origin>>& origins) const {
    require(std::ranges::is_sorted(origins) && std::ranges::adjacent_find(origins) == origins.end(),
            "origins are sorted and unique");
    require(origins.empty() || origins.back().value < program_.origins.size(), "origins are known");
  }

  void check_profile(const Profile& profile) const {
    check_origins(profile.isolated_by);
    for (const PortClause& clause : profile.allows) {
      require(!clause.origins.empty(), "a clause has an origin");
      check_origins(clause.origins);
      require(clause.ports.first <= clause.ports.last, "a port range ascends");
      require(clause.protocol || clause.ports == model::PortRange{},
              "a clause for every protocol is for every port");
    }
  }

  void check_classes() const {
    std::set<EndpointAddress> seen;
    std::vector<AddressRange> ranges;
    for (const AddressClass& address_class : program_.classes) {
      require(address_class.endpoints.empty() != address_class.ranges.empty(),
              "a class holds either endpoints or ranges");
      require(std::ranges::is_sorted(address_class.endpoints) &&
                  std::ranges::is_sorted(address_class.ranges),
              "members of a class are sorted");
      for (const EndpointAddress& member : address_class.endpoints) {
        require(member.endpoint < program_.endpoints.size(), "a member is a known endpoint");
        require(seen.insert(member).second, "an address has one class");
      }
      ranges.insert(ranges.end(), address_class.ranges.begin(), address_class.ranges.end());
    }
    std::ranges::sort(ranges);
    for (std::size_t index = 0; index < ranges.size(); ++index) {
      require(ranges[index].first.family == ranges[index].last.family &&
                  ranges[index].first <= ranges[index].last,
              "a range ascends in one family");
      require(index == 0 || ranges[index - 1].last < ranges[index].first, "ranges are disjoint");
    }
  }

  void check_subject(const SubjectClass& subject) const {
    const auto is_profile = [&](Id<Profile> profile) {
      return profile.value < program_.profiles.size() &&
             program_.profiles[profile.value].direction == subject.direction;
    };
    require(!subject.endpoints.empty(), "a subject class has members");
    require(is_profile(subject.any), "the profile for any peer is one of its direction");
    require(!subject.workloads || is_profile(*subject.workloads),
            "the profile for workloads is one of its direction");
    for (std::size_t index = 0; index < subject.pairs.size(); ++index) {
      require(subject.pairs[index].peer.value < program_.classes.size(), "a peer class is known");
      require(is_profile(subject.pairs[index].profile), "a pair's profile is one of its direction");
      require(index == 0 || subject.pairs[index - 1].peer < subject.pairs[index].peer,
              "pairs are sorted by peer and unique");
    }
  }

  void check_subjects_disjoint() const {
    std::set<std::pair<model::Direction, std::uint32_t>> seen;
    for (const SubjectClass& subject : program_.subjects) {
      for (const std::uint32_t endpoint : subject.endpoints) {
        require(endpoint < program_.endpoints.size() && program_.endpoints[endpoint].is_subject,
                "a subject is an endpoint judged here");
        require(seen.insert({subject.direction, endpoint}).second,
                "an endpoint is in one subject class a direction");
      }
    }
  }

  void check_exemptions() const {
    require(std::ranges::is_sorted(program_.exemptions), "exemptions are sorted");
    for (const NodeExemption& exemption : program_.exemptions) {
      require(exemption.endpoint < program_.endpoints.size(), "an exempt endpoint is known");
      require(exemption.node.value < program_.classes.size() &&
                  program_.classes[exemption.node.value].is_local_node,
              "an exemption names a node's class");
    }
  }

  const Program& program_;
  const char* stage_;
};

}  // namespace

void verify(const Program& program, const char* stage) { Verifier(program, stage).run(); }

}  // namespace netpolc::policy
