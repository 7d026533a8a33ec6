// SPDX-License-Identifier: Apache-2.0
#include "compiler/cases/load.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string_view>
#include <system_error>

#include "compiler/cases/read_probes.h"
#include "compiler/document/parse.h"

namespace netpolc::cases {
namespace {

namespace fs = std::filesystem;
using diag::Code;

constexpr int kMaxDepth = 16;  // of directories below the one that was named

// The N of "step-N".
std::optional<unsigned> step_number(const std::string& name) {
  constexpr std::string_view kPrefix = "step-";
  if (!name.starts_with(kPrefix)) return std::nullopt;
  unsigned number = 0;
  const char* end = name.data() + name.size();
  const auto [stop, error] = std::from_chars(name.data() + kPrefix.size(), end, number);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return number;
}

bool is_file(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

struct Listing {
  std::vector<fs::path> directories;                 // sorted; without hidden ones
  std::vector<std::pair<unsigned, fs::path>> steps;  // sorted by number
};

class Loader {
 public:
  explicit Loader(Collection& collection) : collection_(collection) {}

  void load(const std::string& directory);

 private:
  void search(const fs::path& directory, const fs::path& root, int depth);
  bool read_case(const fs::path& directory, const fs::path& root, const Listing& listing);
  std::optional<Step> read_step(const fs::path& directory, std::string name, Case& owner);
  bool read_rejection(const fs::path& directory, Case& owner);
  std::optional<document::Value> read_document(const fs::path& path);
  std::optional<SourceText> read_text(const fs::path& path);
  std::optional<Listing> list(const fs::path& directory);
  void report(std::string message) {
    collection_.sink.report(Code::kUnreadableCase, Span{}, std::move(message));
  }

  Collection& collection_;
};

std::optional<SourceText> Loader::read_text(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  if (!stream.is_open() || stream.bad()) {
    report(fmt::format("cannot read `{}`", path.string()));
    return std::nullopt;
  }
  return SourceText{path.string(), std::move(bytes)};
}

// The one document of a probes or expectation file.
std::optional<document::Value> Loader::read_document(const fs::path& path) {
  std::optional<SourceText> text = read_text(path);
  if (!text) return std::nullopt;
  const std::uint32_t source = collection_.sources.add(text->name, std::move(text->bytes));
  const std::size_t errors = collection_.sink.error_count();
  std::vector<document::Value> documents =
      document::parse_documents(collection_.sources, source, {}, collection_.sink);
  if (collection_.sink.error_count() != errors) return std::nullopt;
  if (documents.size() != 1) {
    report(fmt::format("`{}` holds {} documents instead of one", path.string(), documents.size()));
    return std::nullopt;
  }
  return std::move(documents.front());
}

std::optional<Listing> Loader::list(const fs::path& directory) {
  std::error_code error;
  fs::directory_iterator iterator(directory, error);
  if (error) {
    report(fmt::format("cannot read directory `{}`: {}", directory.string(), error.message()));
    return std::nullopt;
  }
  Listing listing;
  for (; iterator != fs::directory_iterator(); iterator.increment(error)) {
    std::error_code ignored;
    const std::string name = iterator->path().filename().string();
    if (!iterator->is_directory(ignored) || name.starts_with('.')) continue;
    if (const auto number = step_number(name)) {
      listing.steps.emplace_back(*number, iterator->path());
    } else {
      listing.directories.push_back(iterator->path());
    }
  }
  std::ranges::sort(listing.directories);
  std::ranges::sort(listing.steps);
  return listing;
}

std::optional<Step> Loader::read_step(const fs::path& directory, std::string name, Case& owner) {
  Step step;
  step.name = std::move(name);
  if (is_file(directory / "cluster.yaml")) {
    step.cluster = read_text(directory / "cluster.yaml");
    if (!step.cluster) return std::nullopt;
  }
  std::optional<SourceText> policy = read_text(directory / "policy.yaml");
  if (!policy) return std::nullopt;
  step.policy = std::move(*policy);
  if (owner.rejection) return step;

  const std::optional<document::Value> root = read_document(directory / "probes.yaml");
  if (!root) return std::nullopt;
  const std::size_t errors = collection_.sink.error_count();
  ProbesFile file = read_probes(*root, collection_.sink);
  if (collection_.sink.error_count() != errors) return std::nullopt;
  step.rows = std::move(file.rows);
  step.needs = std::move(file.needs);
  if (!file.unsupported.empty()) owner.unsupported = std::move(file.unsupported);
  return step;
}

bool Loader::read_rejection(const fs::path& directory, Case& owner) {
  const std::optional<document::Value> root = read_document(directory / "expect.yaml");
  if (!root) return false;
  const std::size_t errors = collection_.sink.error_count();
  ExpectFile file = read_expect(*root, collection_.sink);
  owner.rejection = std::move(file.rejection);
  owner.unsupported = std::move(file.unsupported);
  return collection_.sink.error_count() == errors;
}

bool Loader::read_case(const fs::path& directory, const fs::path& root, const Listing& listing) {
  Case result;
  result.path = directory.string();
  result.name = directory == root ? fs::absolute(directory).lexically_normal().filename().string()
                                  : directory.lexically_relative(root).string();
  if (is_file(directory / "probes.yaml") && !listing.steps.empty()) {
    report(fmt::format("`{}` has both probes.yaml and steps", result.path));
    return false;
  }
  if (is_file(directory / "expect.yaml") && !read_rejection(directory, result)) return false;
  if (listing.steps.empty()) {
    std::optional<Step> step = read_step(directory, "", result);
    if (!step) return false;
    result.steps.push_back(std::move(*step));
  }
  for (const auto& [number, path] : listing.steps) {
    std::optional<Step> step = read_step(path, path.filename().string(), result);
    if (!step) return false;
    result.steps.push_back(std::move(*step));
  }
  collection_.cases.push_back(std::move(result));
  return true;
}

void Loader::search(const fs::path& directory, const fs::path& root, int depth) {
  const std::optional<Listing> listing = list(directory);
  if (!listing) {
    ++collection_.unreadable;
    return;
  }
  if (is_file(directory / "probes.yaml") || !listing->steps.empty() ||
      (is_file(directory / "expect.yaml") && is_file(directory / "policy.yaml"))) {
    if (!read_case(directory, root, *listing)) ++collection_.unreadable;
    return;
  }
  if (depth == kMaxDepth) {
    ++collection_.unreadable;
    return report(fmt::format("`{}` is nested too deeply", directory.string()));
  }
  for (const fs::path& below : listing->directories) search(below, root, depth + 1);
}

void Loader::load(const std::string& directory) {
  // Without a trailing slash, so that names below it are made alike.
  fs::path root = fs::path(directory).lexically_normal();
  if (!root.has_filename()) root = root.parent_path();
  const std::size_t before = collection_.cases.size();
  const std::size_t errors = collection_.sink.error_count();
  search(root, root, 0);
  if (collection_.cases.size() == before && collection_.sink.error_count() == errors) {
    report(fmt::format("`{}` holds no test case", directory));
    ++collection_.unreadable;
  }
  const auto first = collection_.cases.begin() + static_cast<std::ptrdiff_t>(before);
  std::sort(first, collection_.cases.end(),
            [](const Case& a, const Case& b) { return a.name < b.name; });
}

}  // namespace

Collection load_cases(const std::vector<std::string>& directories) {
  Collection collection;
  Loader loader(collection);
  for (const std::string& directory : directories) loader.load(directory);
  return collection;
}

}  // namespace netpolc::cases
