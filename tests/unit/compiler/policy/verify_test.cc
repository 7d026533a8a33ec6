// SPDX-License-Identifier: Apache-2.0
#include "compiler/policy/verify.h"

#include <gtest/gtest.h>

#include <functional>

#include "compiler/support/check.h"
#include "tests/unit/compiler/policy/world.h"

namespace netpolc::policy {
namespace {

using model::Direction;
using model::Protocol;

// One subject of each direction, classes of both sorts, an exemption.
Program sound() {
  Program program;
  program.endpoints = {{"shop/api", {ip("10.0.0.1")}, true}, {"shop/db", {ip("10.0.0.2")}, false}};
  program.origins = {{"NetworkPolicy shop/p", "", {}}, {"NetworkPolicy shop/p", "ingress[0]", {}}};
  program.profiles = {
      {Direction::kIngress, {{Protocol::kTcp, {80, 90}, {{0}, {1}}}}, {{0}}},
      {Direction::kEgress, {}, {{0}}},
  };
  program.classes.resize(3);
  program.classes[0].endpoints = {{ip("10.0.0.1"), 0}, {ip("10.0.0.2"), 1}};
  program.classes[1].ranges = {{ip("192.0.2.0"), ip("192.0.2.9")}, {ip("::1"), ip("::2")}};
  program.classes[2].ranges = {{ip("172.18.0.1"), ip("172.18.0.1")}};
  program.classes[2].is_local_node = true;
  program.subjects = {
      {Direction::kIngress, {0}, {0}, Id<Profile>{0}, {{{0}, {0}}, {{1}, {0}}}},
      {Direction::kEgress, {0}, {1}, std::nullopt, {}},
  };
  program.exemptions = {{0, {2}}, {1, {2}}};
  return program;
}

TEST(VerifyPolicy, AcceptsASoundProgram) {
  EXPECT_NO_THROW(verify(sound(), "test"));
  EXPECT_NO_THROW(verify({}, "test"));
}

struct Fault {
  const char* message;  // part of what verify() says
  std::function<void(Program&)> make;
};

TEST(VerifyPolicy, RefusesEachBrokenInvariant) {
  const Fault faults[] = {
      {"origins are sorted", [](Program& p) { p.profiles[0].allows[0].origins = {{1}, {0}}; }},
      {"origins are sorted", [](Program& p) { p.profiles[0].isolated_by = {{0}, {0}}; }},
      {"origins are known", [](Program& p) { p.profiles[0].isolated_by = {{2}}; }},
      {"a clause has an origin", [](Program& p) { p.profiles[0].allows[0].origins.clear(); }},
      {"a port range ascends", [](Program& p) { p.profiles[0].allows[0].ports = {90, 80}; }},
      {"is for every port", [](Program& p) { p.profiles[0].allows[0].protocol.reset(); }},
      {"either endpoints or ranges", [](Program& p) { p.classes[1].ranges.clear(); }},
      {"either endpoints or ranges",
       [](Program& p) { p.classes[0].ranges = {{ip("1.1.1.1"), ip("1.1.1.1")}}; }},
      {"members of a class are sorted",
       [](Program& p) { std::swap(p.classes[0].endpoints[0], p.classes[0].endpoints[1]); }},
      {"members of a class are sorted",
       [](Program& p) { std::swap(p.classes[1].ranges[0], p.classes[1].ranges[1]); }},
      {"a member is a known endpoint", [](Program& p) { p.classes[0].endpoints[1].endpoint = 9; }},
      {"an address has one class",
       [](Program& p) { p.classes.push_back({"again", {{ip("10.0.0.2"), 1}}, {}, false}); }},
      {"ascends in one family",
       [](Program& p) { p.classes[2].ranges = {{ip("172.18.0.2"), ip("172.18.0.1")}}; }},
      {"ascends in one family",
       [](Program& p) { p.classes[2].ranges = {{ip("255.0.0.0"), ip("::9")}}; }},
      {"ranges are disjoint",
       [](Program& p) { p.classes[2].ranges = {{ip("192.0.2.9"), ip("192.0.2.9")}}; }},
      {"a subject class has members", [](Program& p) { p.subjects[0].endpoints.clear(); }},
      {"any peer is one of its direction", [](Program& p) { p.subjects[0].any = {1}; }},
      {"any peer is one of its direction", [](Program& p) { p.subjects[0].any = {7}; }},
      {"workloads is one of its direction",
       [](Program& p) { p.subjects[0].workloads = Id<Profile>{1}; }},
      {"a peer class is known", [](Program& p) { p.subjects[0].pairs[1].peer = {3}; }},
      {"a pair's profile", [](Program& p) { p.subjects[0].pairs[1].profile = {1}; }},
      {"sorted by peer and unique", [](Program& p) { p.subjects[0].pairs[0].peer = {1}; }},
      {"an endpoint judged here", [](Program& p) { p.subjects[0].endpoints = {1}; }},
      {"an endpoint judged here", [](Program& p) { p.subjects[0].endpoints = {2}; }},
      {"one subject class a direction",
       [](Program& p) { p.subjects.push_back({Direction::kEgress, {0}, {1}, {}, {}}); }},
      {"exemptions are sorted", [](Program& p) { std::swap(p.exemptions[0], p.exemptions[1]); }},
      {"an exempt endpoint is known", [](Program& p) { p.exemptions[1].endpoint = 2; }},
      {"names a node's class", [](Program& p) { p.exemptions[1].node = {1}; }},
      {"names a node's class", [](Program& p) { p.exemptions = {{0, {2}}, {1, {3}}}; }},
  };
  for (const Fault& fault : faults) {
    Program program = sound();
    fault.make(program);
    try {
      verify(program, "some-pass");
      ADD_FAILURE() << "accepted: " << fault.message;
    } catch (const InternalError& error) {
      const std::string what = error.what();
      EXPECT_NE(what.find(fault.message), std::string::npos) << fault.message << "\n" << what;
      EXPECT_NE(what.find("after some-pass"), std::string::npos) << what;
    }
  }
}

}  // namespace
}  // namespace netpolc::policy
