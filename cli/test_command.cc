// SPDX-License-Identifier: Apache-2.0
#include "cli/test_command.h"

#include <fmt/format.h>
#include <fnmatch.h>
#include <unistd.h>

#include <atomic>
#include <boost/program_options.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <expected>
#include <fstream>
#include <sstream>
#include <thread>
#include <utility>

#include "cli/exit_status.h"
#include "cli/test_live.h"
#include "cli/test_report.h"
#include "compiler/cases/load.h"
#include "compiler/cases/simulate.h"
#include "compiler/diag/render.h"

namespace netpolc::cli {
namespace {

namespace po = boost::program_options;
using Clock = std::chrono::steady_clock;

constexpr unsigned kMaxJobs = 256;

struct Settings {
  std::vector<std::string> directories;
  std::string filter;  // empty: all
  std::string output;  // empty: stdout
  ReportFormat format = ReportFormat::kHuman;
  unsigned jobs = 2;
  bool live = false;
  bool timing = false;
  bool list = false;
  bool help = false;
};

void print(std::FILE* stream, const std::string& text) { std::fputs(text.c_str(), stream); }

po::options_description visible_options() {
  po::options_description options("Options");
  auto add = options.add_options();
  add("live", "also send every probe as a real packet, in network namespaces made for it");
  add("format", po::value<std::string>()->default_value("human"), "human, tap or junit");
  add("output", po::value<std::string>(), "write the report to this file");
  add("filter", po::value<std::string>(), "only cases whose name matches this glob");
  add("jobs", po::value<unsigned>()->default_value(2), "threads that simulate");
  add("timing", "tell where the time went");
  add("list", "name the cases and stop");
  add("help", "show this text");
  return options;
}

std::string usage() {
  std::ostringstream text;
  text << "Usage: netpolc test CASE_DIR... [options]\n\n"
          "Compiles each case's policies and compares every probe's verdict with its expectation.\n"
          "A directory without a case in it is searched for cases.\n\n"
       << visible_options();
  return text.str();
}

// The settings, or what is wrong with the arguments.
std::expected<Settings, std::string> parse_settings(const std::vector<std::string>& args) {
  po::options_description options = visible_options();
  options.add_options()("directory", po::value<std::vector<std::string>>());
  po::positional_options_description positional;
  positional.add("directory", -1);
  po::variables_map values;
  try {
    po::store(po::command_line_parser(args).options(options).positional(positional).run(), values);
    po::notify(values);
  } catch (const po::error& error) {
    return std::unexpected(error.what());
  }
  Settings settings;
  settings.live = values.contains("live");
  settings.timing = values.contains("timing");
  settings.list = values.contains("list");
  settings.help = values.contains("help");
  if (settings.help) return settings;
  settings.jobs = values["jobs"].as<unsigned>();
  if (settings.jobs == 0 || settings.jobs > kMaxJobs) {
    return std::unexpected(fmt::format("--jobs must be from 1 to {}", kMaxJobs));
  }
  const auto format = report_format(values["format"].as<std::string>());
  if (!format) return std::unexpected("--format must be human, tap or junit");
  settings.format = *format;
  if (values.contains("output")) settings.output = values["output"].as<std::string>();
  if (values.contains("filter")) settings.filter = values["filter"].as<std::string>();
  if (!values.contains("directory")) return std::unexpected("no CASE_DIR");
  settings.directories = values["directory"].as<std::vector<std::string>>();
  return settings;
}

// Simulates all cases with that many threads; results in the order of `tests`. An exception in a
// thread (a bug of ours) is thrown again here.
std::vector<CaseRun> simulate_all(const std::vector<cases::Case>& tests, unsigned jobs) {
  std::vector<CaseRun> runs(tests.size());
  std::vector<std::exception_ptr> bugs(jobs);
  std::atomic<std::size_t> next = 0;
  {
    std::vector<std::jthread> threads;
    for (unsigned job = 0; job < jobs; ++job) {
      threads.emplace_back([&, job] {
        try {
          for (std::size_t i = next++; i < tests.size(); i = next++) {
            runs[i].name = tests[i].name;
            runs[i].simulated = cases::simulate(tests[i]);
          }
        } catch (...) {
          bugs[job] = std::current_exception();
        }
      });
    }
  }
  for (const std::exception_ptr& bug : bugs) {
    if (bug) std::rethrow_exception(bug);
  }
  return runs;
}

// Sends the probes of the cases that could be simulated.
Status send_all(const std::vector<cases::Case>& tests, std::vector<CaseRun>& runs) {
  std::vector<const cases::Case*> chosen;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < tests.size(); ++i) {
    const cases::Status status = runs[i].simulated.status;
    const bool was_tried = status == cases::Status::kPassed || status == cases::Status::kFailed;
    if (!was_tried || tests[i].rejection) continue;
    chosen.push_back(&tests[i]);
    places.push_back(i);
  }
  auto results = run_live(chosen);
  if (!results) return std::unexpected(results.error());
  for (std::size_t i = 0; i < places.size(); ++i) runs[places[i]].live = std::move((*results)[i]);
  return {};
}

int exit_status(const TestRun& run) {
  const Totals totals = totals_of(run);
  if (totals.unreadable != 0) return kExitInvalidInput;
  return totals.failed == 0 ? kExitOk : kExitFindings;
}

int refuse(const Error& error) {
  print(stderr, fmt::format("netpolc test: {}\n", error.message));
  return kExitEnvironment;
}

int write_report(const Settings& settings, const TestRun& run, const diag::SourceManager& sources) {
  const std::string report = render_report(run, sources, settings.format);
  if (settings.output.empty()) {
    print(stdout, report);
  } else {
    std::ofstream file(settings.output, std::ios::binary | std::ios::trunc);
    file << report;
    file.close();
    if (!file) {
      print(stderr, fmt::format("netpolc test: cannot write `{}`\n", settings.output));
      return kExitEnvironment;
    }
    print(stdout, render_summary(run));
  }
  // Not between the lines of a format that a program reads.
  if (settings.timing) {
    const bool mixes = settings.output.empty() && settings.format != ReportFormat::kHuman;
    print(mixes ? stderr : stdout, render_timing(run));
  }
  return exit_status(run);
}

int run_cases(const Settings& settings) {
  const auto start = Clock::now();
  cases::Collection collection = cases::load_cases(settings.directories);
  std::erase_if(collection.cases, [&](const cases::Case& test) {
    return !settings.filter.empty() &&
           ::fnmatch(settings.filter.c_str(), test.name.c_str(), 0) != 0;
  });
  if (!collection.sink.all().empty()) {
    const bool color = ::isatty(STDERR_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
    print(stderr, diag::render_text(collection.sink.all(), collection.sources, color));
  }
  if (collection.cases.empty() && !collection.sink.has_errors()) {
    print(stderr, fmt::format("netpolc test: no case matches `{}`\n", settings.filter));
    return kExitUsage;
  }
  if (settings.list) {
    for (const cases::Case& test : collection.cases) print(stdout, test.name + "\n");
    return collection.sink.has_errors() ? kExitInvalidInput : kExitOk;
  }
  TestRun run;
  run.unreadable = collection.unreadable;
  run.is_live = settings.live;
  // The lab's namespaces can only be entered while there is one thread.
  if (settings.live) {
    if (const Status entered = enter_lab(); !entered) return refuse(entered.error());
  }
  run.runs = simulate_all(collection.cases, settings.jobs);
  if (settings.live) {
    if (const Status sent = send_all(collection.cases, run.runs); !sent) {
      return refuse(sent.error());
    }
  }
  run.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  return write_report(settings, run, collection.sources);
}

}  // namespace

int run_test_command(const std::vector<std::string>& args) {
  const auto settings = parse_settings(args);
  if (!settings) {
    print(stderr, fmt::format("netpolc test: {}\n\n{}", settings.error(), usage()));
    return kExitUsage;
  }
  if (settings->help) {
    print(stdout, usage());
    return kExitOk;
  }
  return run_cases(*settings);
}

}  // namespace netpolc::cli
