// SPDX-License-Identifier: Apache-2.0
// The corpus of faulty inputs in tests/diag: one fault a file, its diagnostics told by comments in
// the file, and every row of the catalogue shown by at least one file.
//
//   # expect-error@+1 NP1204: part of the message       (also expect-warning, expect-note)
//
// `@+1` is the line below, `@-2` two lines above; without it the comment's own line. A file that
// cannot hold comments has its expectations in a file of the same name with `.expect` at the end,
// one a line: `3 error NP1204 part of the message`. A line `# options: …` (in an .expect file
// `options …`) may hold: inventory, strict_api_1_36, max_bytes=N, max_depth=N, max_alias_nodes=N.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <ostream>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/api/load.h"
#include "compiler/diag/catalogue.h"
#include "compiler/diag/render.h"
#include "compiler/document/parse.h"

namespace netpolc::diag {
namespace {

namespace fs = std::filesystem;

// Codes that need more than documents and the API, with the test that shows them.
struct ShownElsewhere {
  Code code;
  std::string_view test;  // a file that holds the code's id
};
constexpr ShownElsewhere kShownElsewhere[] = {
    // About a whole input, and about where its rules are to run.
    {Code::kNoManifest, "tests/unit/compiler/driver/compile_test.cc"},
    {Code::kUnknownPlacement, "tests/unit/compiler/driver/compile_test.cc"},
};

// The last number of the parts that the corpus goes through: documents, objects, inventory, cross
// checks. Test cases (15xx), the driver (16xx) and limits of netpolc (19xx) have tests of their
// own.
constexpr unsigned kLastNumber = 1499;

struct Expectation {
  std::uint32_t line = 0;
  std::string severity;
  std::string code;
  std::string text;  // part of the message
};

struct Case {
  fs::path path;
  std::string bytes;
  std::vector<Expectation> expected;
  api::LoadOptions load_options;
  document::Limits limits;
  bool is_inventory = false;
};

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

fs::path source_dir() {
  const char* source = std::getenv("NETPOLC_SOURCE_DIR");
  return source != nullptr ? source : ".";
}

fs::path corpus_dir() { return source_dir() / "tests" / "diag"; }

void read_options(const std::string& words, Case& item) {
  std::istringstream in(words);
  for (std::string word; in >> word;) {
    const std::size_t equals = word.find('=');
    const std::string name = word.substr(0, equals);
    const std::size_t number =
        equals == std::string::npos ? 0 : std::stoul(word.substr(equals + 1));
    if (name == "inventory") {
      item.is_inventory = true;
    } else if (name == "strict_api_1_36") {
      item.load_options.strict_api_1_36 = true;
    } else if (name == "max_bytes") {
      item.limits.max_bytes = number;
    } else if (name == "max_depth") {
      item.limits.max_depth = number;
    } else if (name == "max_alias_nodes") {
      item.limits.max_alias_nodes = number;
    } else {
      ADD_FAILURE() << item.path << ": no such option: " << word;
    }
  }
}

void read_comments(Case& item) {
  static const std::regex kExpect(R"(# expect-(error|warning|note)(@([+-]\d+))? (NP\d{4}): (.*)$)");
  static const std::regex kOptions(R"(^# options: (.*)$)");
  std::istringstream in(item.bytes);
  std::uint32_t number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    std::smatch match;
    if (std::regex_search(line, match, kOptions)) read_options(match[1], item);
    if (!std::regex_search(line, match, kExpect)) continue;
    const int offset = match[3].matched ? std::stoi(match[3]) : 0;
    item.expected.push_back({static_cast<std::uint32_t>(static_cast<int>(number) + offset),
                             match[1], match[4], match[5]});
  }
}

void read_sidecar(const std::string& text, Case& item) {
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line.starts_with('#')) continue;
    std::istringstream words(line);
    std::string first;
    words >> first;
    if (first == "options") {
      read_options(line.substr(first.size()), item);
      continue;
    }
    Expectation expectation;
    expectation.line = static_cast<std::uint32_t>(std::stoul(first));
    words >> expectation.severity >> expectation.code >> std::ws;
    std::getline(words, expectation.text);
    item.expected.push_back(expectation);
  }
}

std::vector<Case> load_corpus() {
  std::vector<Case> cases;
  for (const fs::directory_entry& entry : fs::directory_iterator(corpus_dir())) {
    const fs::path& path = entry.path();
    if (path.extension() == ".expect" || path.extension() == ".md") continue;
    Case item;
    item.path = path;
    item.bytes = read_file(path);
    const fs::path sidecar = path.string() + ".expect";
    if (fs::exists(sidecar)) {
      read_sidecar(read_file(sidecar), item);
    } else {
      read_comments(item);
    }
    cases.push_back(std::move(item));
  }
  std::sort(cases.begin(), cases.end(),
            [](const Case& a, const Case& b) { return a.path < b.path; });
  return cases;
}

std::string_view severity_name(Severity severity) {
  constexpr std::string_view kNames[] = {"note", "warning", "error"};
  return kNames[static_cast<std::size_t>(severity)];
}

struct Outcome {
  SourceManager sources;
  Sink sink;
};

void run(const Case& item, Outcome& outcome) {
  const std::uint32_t source = outcome.sources.add(item.path.filename().string(), item.bytes);
  const std::vector<document::Value> documents =
      document::parse_documents(outcome.sources, source, item.limits, outcome.sink);
  const std::vector<document::Value> none;
  api::load_model(item.is_inventory ? none : documents, item.is_inventory ? documents : none,
                  item.load_options, outcome.sink);
}

std::vector<std::string> sorted(std::vector<std::string> items) {
  std::sort(items.begin(), items.end());
  return items;
}

TEST(DiagnosticsCorpus, EachFileGivesExactlyWhatItSays) {
  const std::vector<Case> corpus = load_corpus();
  ASSERT_FALSE(corpus.empty());
  for (const Case& item : corpus) {
    EXPECT_FALSE(item.expected.empty()) << item.path << " expects nothing";
    Outcome outcome;
    run(item, outcome);
    const std::string text = render_text(outcome.sink.all(), outcome.sources, false);
    std::vector<std::string> expected;
    for (const Expectation& one : item.expected) {
      expected.push_back(std::to_string(one.line) + " " + one.severity + " " + one.code);
      EXPECT_FALSE(one.text.empty()) << item.path;
      EXPECT_NE(text.find(one.text), std::string::npos) << item.path << ": " << one.text;
    }
    std::vector<std::string> found;
    for (const Diagnostic& one : outcome.sink.all()) {
      const std::uint32_t line = one.span.is_known() ? outcome.sources.position(one.span).line : 0;
      found.push_back(std::to_string(line) + " " + std::string(severity_name(one.severity)) + " " +
                      std::string(one.code));
    }
    EXPECT_EQ(sorted(found), sorted(expected)) << item.path << "\n" << text;
  }
}

TEST(DiagnosticsCorpus, EveryRowOfTheCatalogueHasACase) {
  std::set<std::string> shown;
  for (const Case& item : load_corpus()) {
    for (const Expectation& one : item.expected) shown.insert(one.code);
  }
  for (const CatalogueRow& row : catalogue()) {
    const bool is_elsewhere =
        std::any_of(std::begin(kShownElsewhere), std::end(kShownElsewhere),
                    [&](const ShownElsewhere& item) { return item.code == row.code; });
    if (static_cast<unsigned>(row.code) > kLastNumber || is_elsewhere) continue;
    EXPECT_TRUE(shown.contains(std::string(row.id)))
        << row.id << " " << row.name << " has no case in tests/diag";
  }
}

TEST(DiagnosticsCorpus, CodesShownElsewhereAreShownThere) {
  for (const ShownElsewhere& item : kShownElsewhere) {
    const std::string text = read_file(source_dir() / item.test);
    EXPECT_NE(text.find(catalogue_row(item.code).id), std::string::npos)
        << catalogue_row(item.code).name << " is not in " << item.test;
  }
}

}  // namespace
}  // namespace netpolc::diag
