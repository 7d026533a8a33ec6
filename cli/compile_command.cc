// SPDX-License-Identifier: Apache-2.0
#include "cli/compile_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "backends/nft_text/emit.h"
#include "cli/command.h"
#include "cli/compiler_options.h"
#include "cli/exit_status.h"

namespace netpolc::cli {

namespace {

namespace po = boost::program_options;

constexpr const char* kCheckUsage =
    "Usage: netpolc check -f POLICIES [-i INVENTORY] [options]\n\n"
    "Validates policies and inventory and prints every error with its place.\n"
    "Exit status: 0 valid, 2 bad usage, 3 invalid input.\n";

constexpr const char* kCompileUsage =
    "Usage: netpolc compile -f POLICIES -i INVENTORY [-o FILE] [options]\n\n"
    "Compiles policies to an nftables ruleset for review and `nft -f`.\n"
    "Exit status: 0 written, 2 bad usage, 3 invalid input, 4 the output cannot be written.\n";

// Writes beside `path` and renames, so that a reader never sees half a file. Empty: it worked.
std::string write_file(const std::string& path, const std::string& bytes) {
  const std::string temporary = fmt::format("{}.{}.tmp", path, ::getpid());
  {
    std::ofstream file(temporary, std::ios::binary | std::ios::trunc);
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    file.close();
    if (!file) {
      const std::string why = std::strerror(errno);
      std::error_code ignored;
      std::filesystem::remove(temporary, ignored);
      return fmt::format("cannot write `{}`: {}", path, why);
    }
  }
  std::error_code error;
  std::filesystem::rename(temporary, path, error);
  if (error) {
    std::error_code ignored;
    std::filesystem::remove(temporary, ignored);
    return fmt::format("cannot write `{}`: {}", path, error.message());
  }
  return {};
}

// "1 policy", "2 policies".
std::string count(std::size_t number, const char* one, const char* many) {
  return fmt::format("{} {}", number, number == 1 ? one : many);
}

}  // namespace

int run_check_command(const std::vector<std::string>& args) {
  po::options_description options = input_options();
  options.add(ruleset_options());
  const auto values = parse_command("check", kCheckUsage, options, args);
  if (!values) return values.error();
  const auto settings = compiler_settings(*values);
  if (!settings) return report_failure("check", settings.error(), kExitUsage);
  int status = kExitOk;
  const auto compilation = run_compiler(*settings, Extent::kCheck, status);
  if (!compilation) return status;
  if (!compilation->dump.empty()) {
    fmt::print("{}", compilation->dump);
    return kExitOk;
  }
  const model::Model& model = compilation->model;
  fmt::print("{}, {}: valid\n", count(model.policies.size(), "policy", "policies"),
             count(model.inventory.endpoints.size(), "endpoint", "endpoints"));
  return kExitOk;
}

int run_compile_command(const std::vector<std::string>& args) {
  po::options_description options = input_options();
  options.add(ruleset_options());
  po::options_description output("Output");
  output.add_options()("output,o", po::value<std::string>(),
                       "write here instead of to standard output")(
      "backend", po::value<std::string>(), "what to write: nft (the default)");
  options.add(output);
  const auto values = parse_command("compile", kCompileUsage, options, args);
  if (!values) return values.error();
  const auto settings = compiler_settings(*values);
  if (!settings) return report_failure("compile", settings.error(), kExitUsage);
  if (values->contains("backend") && (*values)["backend"].as<std::string>() != "nft") {
    return report_failure("compile", "--backend is nft", kExitUsage);
  }
  int status = kExitOk;
  const auto compilation = run_compiler(*settings, Extent::kCompile, status);
  if (!compilation) return status;
  const std::string text =
      settings->options.dump_stage.empty() ? nft_text::emit(compilation->table) : compilation->dump;
  const std::string path =
      values->contains("output") ? (*values)["output"].as<std::string>() : std::string("-");
  if (path == "-") {
    std::fwrite(text.data(), 1, text.size(), stdout);
    if (std::fflush(stdout) != 0) {
      return report_failure("compile", "cannot write to standard output", kExitEnvironment);
    }
    return kExitOk;
  }
  const std::string problem = write_file(path, text);
  if (!problem.empty()) return report_failure("compile", problem, kExitEnvironment);
  return kExitOk;
}

}  // namespace netpolc::cli
