// SPDX-License-Identifier: Apache-2.0
// The options that every command with policies has (-f, -i, where the rules run, how), and the
// commands' way from them to a compilation with its diagnostics printed.
#pragma once

#include <boost/program_options.hpp>
#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "compiler/driver/compile.h"
#include "netpolc/compile.h"

namespace netpolc::cli {

struct CompilerSettings {
  std::vector<std::string> policies;   // paths
  std::vector<std::string> inventory;  // paths
  CompileOptions options;
  bool json_diagnostics = false;
};

boost::program_options::options_description input_options();
boost::program_options::options_description ruleset_options();

// What was asked for, or what is wrong with it.
std::expected<CompilerSettings, std::string> compiler_settings(
    const boost::program_options::variables_map& values);

enum class Extent : std::uint8_t { kCheck, kCompile };

// Reads the inputs, runs the compiler and prints all diagnostics to stderr. Returns nullptr and
// sets `status` when the input is not to be used.
std::unique_ptr<driver::Compilation> run_compiler(const CompilerSettings& settings, Extent extent,
                                                  int& status);

// Prints "netpolc COMMAND: error: MESSAGE" to stderr and returns `status`.
int report_failure(const std::string& command, const std::string& message, int status);

}  // namespace netpolc::cli
