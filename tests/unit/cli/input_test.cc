// SPDX-License-Identifier: Apache-2.0
#include "cli/input.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/unit/cli/standard_input.h"

namespace netpolc::cli {
namespace {

namespace fs = std::filesystem;

class ReadSources : public ::testing::Test {
 protected:
  ReadSources() {
    std::string name = (fs::temp_directory_path() / "netpolc-input-XXXXXX").string();
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    root_ = name;
  }
  ~ReadSources() override { fs::remove_all(root_); }
  ReadSources(const ReadSources&) = delete;
  ReadSources& operator=(const ReadSources&) = delete;

  std::string write(const std::string& name, const std::string& bytes) const {
    const fs::path path = root_ / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << bytes;
    return path.string();
  }

  // "name=bytes" of what was read, names below the test's directory.
  std::vector<std::string> read(const std::vector<std::string>& paths) {
    std::vector<SourceText> sources;
    problem_ = read_sources(paths, sources);
    std::vector<std::string> out;
    for (const SourceText& source : sources) {
      const bool is_below = source.name.starts_with(root_.string());
      out.push_back((is_below ? source.name.substr(root_.string().size() + 1) : source.name) + "=" +
                    source.bytes);
    }
    return out;
  }

  fs::path root_;
  std::string problem_;
};

using Strings = std::vector<std::string>;

TEST_F(ReadSources, TakesFilesAsTheyAre) {
  const std::string bytes("a\0b\r\n\xff", 6);
  const std::string first = write("b.txt", bytes);
  const std::string second = write("a.yaml", "");
  EXPECT_EQ(read({first, second}), (Strings{"b.txt=" + bytes, "a.yaml="}))
      << "whatever a file that is named is called";
  EXPECT_EQ(problem_, "");
  EXPECT_EQ(read({}), Strings{});
}

TEST_F(ReadSources, TakesADirectorysManifestsByNameAndBelow) {
  write("z.yaml", "1");
  write("a/b.yml", "2");
  write("a/c.json", "3");
  write("a/README.md", "4");
  write("yaml", "5");
  write("a.YAML", "6");
  EXPECT_EQ(read({root_.string()}), (Strings{"a/b.yml=2", "a/c.json=3", "z.yaml=1"}));
  EXPECT_EQ(problem_, "");
}

TEST_F(ReadSources, FollowsLinksToFilesAndLeavesOthersOut) {
  const std::string target = write("elsewhere", "text");
  fs::create_directory(root_ / "dir");
  fs::create_symlink(target, root_ / "dir" / "link.yaml");
  fs::create_symlink(root_ / "nowhere", root_ / "dir" / "dangling.yaml");
  fs::create_directory(root_ / "dir" / "folder.yaml");
  EXPECT_EQ(read({(root_ / "dir").string()}), (Strings{"dir/link.yaml=text"}));
  EXPECT_EQ(problem_, "");
}

TEST_F(ReadSources, ADirectoryWithoutManifestsIsAProblem) {
  write("dir/README.md", "text");
  read({(root_ / "dir").string()});
  EXPECT_EQ(problem_, "directory `" + (root_ / "dir").string() +
                          "` holds no manifest: no .yaml, .yml or .json file");
}

TEST_F(ReadSources, AMissingFileIsAProblem) {
  const std::string there = write("a.yaml", "text");
  const std::string missing = (root_ / "missing.yaml").string();
  EXPECT_EQ(read({there, missing}), (Strings{"a.yaml=text"}));
  EXPECT_EQ(problem_, "cannot read `" + missing + "`: no such file or directory");
}

TEST_F(ReadSources, AFileThatCannotBeReadIsAProblem) {
  // Reading at the start of one's own memory fails for everybody, root too.
  read({"/proc/self/mem"});
  EXPECT_EQ(problem_, "cannot read `/proc/self/mem`: Input/output error");
}

TEST_F(ReadSources, ADashIsTheStandardInput) {
  StandardInput input;
  input.write("kind: Pod\n");
  input.close();
  const std::string file = write("a.yaml", "text");
  EXPECT_EQ(read({file, "-"}), (Strings{"a.yaml=text", "<stdin>=kind: Pod\n"}));
  EXPECT_EQ(problem_, "");
}

}  // namespace
}  // namespace netpolc::cli
