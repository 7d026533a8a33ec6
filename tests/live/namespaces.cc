// SPDX-License-Identifier: Apache-2.0
#include "tests/live/namespaces.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string_view>
#include <thread>

#include "testenv/lab/lab.h"

namespace netpolc::test {

namespace {

bool is_ci() {
  const char* value = std::getenv("CI");
  return value != nullptr && std::string_view(value) == "true";
}

}  // namespace

Namespace::Namespace() {
  int fd = -1;
  std::thread([&] {
    if (::unshare(CLONE_NEWNET) == 0) {
      fd = ::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
    }
  }).join();
  if (fd < 0) throw std::runtime_error("cannot make a network namespace");
  fd_ = nft_netlink::FileDescriptor(fd);
}

std::string Namespace::path() const { return fmt::format("/proc/{}/fd/{}", ::getpid(), fd_.get()); }

std::optional<std::string> Namespace::run(const std::string& command) const {
  const std::string whole = fmt::format("nsenter --net={} sh -c '{}' 2>&1", path(), command);
  FILE* pipe = ::popen(whole.c_str(), "r");
  if (pipe == nullptr) return std::nullopt;
  std::string out;
  char buffer[4096];
  for (std::size_t got = 0; (got = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;) {
    out.append(buffer, got);
  }
  if (::pclose(pipe) == 0) return out;
  fmt::print(stderr, "{}: {}\n", command, out);
  return std::nullopt;
}

int run_live_tests(int count, char** arguments) {
  testing::InitGoogleTest(&count, arguments);
  if (const Status entered = lab::Lab::enter(); !entered) {
    fmt::print("skipped: {}\n", entered.error().message);
    return is_ci() ? 1 : 77;
  }
  return RUN_ALL_TESTS();
}

bool has_command(const std::string& command) {
  const bool is_there = std::system(fmt::format("command -v {} >/dev/null", command).c_str()) == 0;
  if (!is_there && is_ci()) ADD_FAILURE() << command << " is missing";
  return is_there;
}

}  // namespace netpolc::test
