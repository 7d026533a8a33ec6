// SPDX-License-Identifier: Apache-2.0
#include "cli/input.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

namespace netpolc::cli {

namespace {

namespace fs = std::filesystem;

std::string read_stdin(std::vector<SourceText>& out) {
  std::string bytes;
  std::array<char, 65536> chunk{};
  while (true) {
    const ssize_t got = ::read(STDIN_FILENO, chunk.data(), chunk.size());
    if (got == 0) break;
    if (got < 0) {
      if (errno == EINTR) continue;
      return fmt::format("cannot read standard input: {}", std::strerror(errno));
    }
    bytes.append(chunk.data(), static_cast<std::size_t>(got));
  }
  out.push_back({"<stdin>", std::move(bytes)});
  return {};
}

std::string read_file(const fs::path& path, std::vector<SourceText>& out) {
  std::ifstream file(path, std::ios::binary);
  std::string bytes;
  std::array<char, 65536> chunk{};
  // Unlike an iterator over the buffer, read() reports a failure by the stream's state and does not
  // throw.
  while (file.read(chunk.data(), chunk.size()) || file.gcount() > 0) {
    bytes.append(chunk.data(), static_cast<std::size_t>(file.gcount()));
  }
  if (!file.eof()) {
    return fmt::format("cannot read `{}`: {}", path.string(), std::strerror(errno));
  }
  out.push_back({path.string(), std::move(bytes)});
  return {};
}

bool is_manifest(const fs::path& path) {
  const std::string extension = path.extension().string();
  return extension == ".yaml" || extension == ".yml" || extension == ".json";
}

std::string read_directory(const std::string& path, std::vector<SourceText>& out) {
  std::error_code error;
  std::vector<fs::path> files;
  for (fs::recursive_directory_iterator at(path, error), end; !error && at != end;
       at.increment(error)) {
    if (at->is_regular_file(error) && is_manifest(at->path())) files.push_back(at->path());
  }
  if (error) return fmt::format("cannot read directory `{}`: {}", path, error.message());
  if (files.empty()) {
    return fmt::format("directory `{}` holds no manifest: no .yaml, .yml or .json file", path);
  }
  std::ranges::sort(files);
  for (const fs::path& file : files) {
    std::string problem = read_file(file, out);
    if (!problem.empty()) return problem;
  }
  return {};
}

}  // namespace

std::string read_sources(const std::vector<std::string>& paths, std::vector<SourceText>& out) {
  for (const std::string& path : paths) {
    std::error_code error;
    std::string problem;
    if (path == "-") {
      problem = read_stdin(out);
    } else if (fs::is_directory(path, error)) {
      problem = read_directory(path, out);
    } else if (!fs::exists(path, error)) {
      problem = fmt::format("cannot read `{}`: {}", path,
                            error ? error.message() : "no such file or directory");
    } else {
      problem = read_file(path, out);
    }
    if (!problem.empty()) return problem;
  }
  return {};
}

}  // namespace netpolc::cli
