// SPDX-License-Identifier: Apache-2.0
#include "compiler/api/kubernetes/names.h"

#include <gtest/gtest.h>

#include <string>

namespace netpolc::api::kubernetes {
namespace {

struct NameCase {
  std::string text;
  bool is_dns_label = false;
  bool is_dns_subdomain = false;
  bool is_qualified_name = false;
  bool is_label_value = false;
  bool is_port_name = false;
};

TEST(Names, FollowTheApisRules) {
  const std::string a15(15, 'a');
  const std::string a16(16, 'a');
  const std::string a63(63, 'a');
  const std::string a64(64, 'a');
  const std::string a253(253, 'a');
  const NameCase cases[] = {
      {"", false, false, false, true, false},
      {"a", true, true, true, true, true},
      {"web-1", true, true, true, true, true},
      {"a.b", false, true, true, true, false},
      {"a..b", false, false, true, true, false},
      {"a.-b", false, false, true, true, false},
      {"Web", false, false, true, true, false},
      {"a_b", false, false, true, true, false},
      {"-a", false, false, false, false, false},
      {"a-", false, false, false, false, false},
      {"a--b", true, true, true, true, false},
      {"8080", true, true, true, true, false},
      {"80a", true, true, true, true, true},
      {"a b", false, false, false, false, false},
      {"a\nb", false, false, false, false, false},
      {"app/name", false, false, true, false, false},
      {"k8s.io/a_B", false, false, true, false, false},
      {"K8S.io/a", false, false, false, false, false},
      {"/a", false, false, false, false, false},
      {"a/", false, false, false, false, false},
      {"a/b/c", false, false, false, false, false},
      {"\xc3\xa4", false, false, false, false, false},
      {a15, true, true, true, true, true},
      {a16, true, true, true, true, false},
      {a63, true, true, true, true, false},
      {a64, false, true, false, false, false},
      {a253, false, true, false, false, false},
      {a253 + "a", false, false, false, false, false},
      {a253 + "/a", false, false, true, false, false},
  };
  for (const NameCase& item : cases) {
    EXPECT_EQ(!fault_of_dns_label(item.text), item.is_dns_label) << item.text;
    EXPECT_EQ(!fault_of_dns_subdomain(item.text), item.is_dns_subdomain) << item.text;
    EXPECT_EQ(!fault_of_qualified_name(item.text), item.is_qualified_name) << item.text;
    EXPECT_EQ(!fault_of_label_value(item.text), item.is_label_value) << item.text;
    EXPECT_EQ(!fault_of_port_name(item.text), item.is_port_name) << item.text;
  }
}

TEST(Names, TellWhatIsWrong) {
  EXPECT_EQ(fault_of_port_name("a--b"), "it has two hyphens in a row");
  EXPECT_EQ(fault_of_port_name("8080"), "it has no letter");
  EXPECT_EQ(fault_of_port_name(std::string(16, 'a')), "it is longer than 15 characters");
  EXPECT_EQ(fault_of_qualified_name("a/"), "of the part after `/`: it is empty");
}

}  // namespace
}  // namespace netpolc::api::kubernetes
