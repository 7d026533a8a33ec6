// SPDX-License-Identifier: Apache-2.0
// Conformance cases of NetworkPolicy: invalid policies are refused at the path that the API server
// names, all others load without errors. NETPOLC_CONFORMANCE_DIR says where the cases are.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/unit/compiler/api/loaded.h"

namespace netpolc::api {
namespace {

namespace fs = std::filesystem;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

class Conformance : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string dir = environment("NETPOLC_CONFORMANCE_DIR");
    if (dir.empty()) dir = environment("NETPOLC_SOURCE_DIR") + "/../shared/conformance";
    root_ = fs::path(dir) / "k8s";
    if (fs::is_directory(root_)) return;
    if (environment("CI") == "true") FAIL() << "no conformance cases in " << root_;
    GTEST_SKIP() << "no conformance cases in " << root_;
  }

  // Folders below `root_` with a policy.yaml of NetworkPolicies alone.
  std::vector<fs::path> cases(bool is_invalid) const {
    std::vector<fs::path> out;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root_)) {
      if (entry.path().filename() != "policy.yaml") continue;
      const fs::path dir = entry.path().parent_path();
      if (fs::exists(dir / "expect.yaml") != is_invalid) continue;
      if (read_file(entry.path()).find("policy.networking.k8s.io") == std::string::npos) {
        out.push_back(dir);
      }
    }
    std::sort(out.begin(), out.end());
    return out;
  }

  fs::path root_;
};

// The `path:` of an expect.yaml.
std::string expected_path(const std::string& expect) {
  Loaded reader;
  const std::vector<document::Value> documents = document::parse_documents(
      reader.sources, reader.sources.add("expect.yaml", expect), {}, reader.sink);
  const document::Value* path = documents.empty() ? nullptr : documents[0].find("path");
  return path != nullptr ? path->text : "";
}

TEST_F(Conformance, InvalidPoliciesAreRefusedAtTheApisPath) {
  std::size_t count = 0;
  for (const fs::path& dir : cases(true)) {
    ++count;
    const std::string name = dir.filename().string();
    const std::string policy = read_file(dir / "policy.yaml");
    const std::string path = expected_path(read_file(dir / "expect.yaml"));
    const bool is_strict_only = name.starts_with("strict-cidr-");
    const Loaded loaded(policy, "", {.strict_api_1_36 = is_strict_only});
    const bool is_reported = std::any_of(
        loaded.sink.all().begin(), loaded.sink.all().end(), [&](const Diagnostic& item) {
          return item.severity == Severity::kError && item.field_path == path;
        });
    EXPECT_TRUE(is_reported) << name << " wants " << path << "\n" << loaded.text();
    if (!is_strict_only) continue;
    const Loaded lenient(policy);
    EXPECT_FALSE(lenient.sink.has_errors()) << name << "\n" << lenient.text();
    EXPECT_FALSE(lenient.sink.all().empty()) << name;
  }
  EXPECT_GT(count, 0U);
  RecordProperty("cases", static_cast<int>(count));
}

TEST_F(Conformance, AllOtherCasesLoad) {
  std::size_t count = 0;
  for (const fs::path& dir : cases(false)) {
    ++count;
    const Loaded loaded(read_file(dir / "policy.yaml"), read_file(dir / "cluster.yaml"));
    EXPECT_FALSE(loaded.sink.has_errors()) << dir << "\n" << loaded.text();
  }
  EXPECT_GT(count, 0U);
  RecordProperty("cases", static_cast<int>(count));
}

}  // namespace
}  // namespace netpolc::api
