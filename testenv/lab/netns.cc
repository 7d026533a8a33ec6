// SPDX-License-Identifier: Apache-2.0
#include "testenv/lab/netns.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>

#include <array>
#include <cerrno>
#include <string_view>

namespace netpolc::lab {
namespace {

bool holds(int file, const std::string& value) {
  std::array<char, 64> text{};
  const ssize_t size = ::pread(file, text.data(), text.size(), 0);
  return size > 0 && std::string_view(text.data(), static_cast<std::size_t>(size)) == value + "\n";
}

}  // namespace

Result<UniqueFd> create_netns() {
  if (::unshare(CLONE_NEWNET) != 0) {
    return fail("cannot make a network namespace", errno);
  }
  UniqueFd netns(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC));
  if (!netns) return fail("cannot open /proc/thread-self/ns/net", errno);
  return netns;
}

Status enter_netns(const UniqueFd& netns) {
  if (::setns(netns.get(), CLONE_NEWNET) != 0) {
    return fail("cannot enter a network namespace of the lab", errno);
  }
  return {};
}

Status write_sysctls(const std::vector<Sysctl>& values) {
  for (const Sysctl& sysctl : values) {
    const std::string path = "/proc/sys/net/" + sysctl.path;
    const UniqueFd file(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    // Some writes wait for the lock of all network configuration of the machine; a read never does.
    if (file && holds(file.get(), sysctl.value)) continue;
    const bool written = file && ::pwrite(file.get(), sysctl.value.data(), sysctl.value.size(),
                                          0) == static_cast<ssize_t>(sysctl.value.size());
    if (!written && !sysctl.optional) {
      return fail(fmt::format("cannot write `{}` to {}", sysctl.value, path), errno);
    }
  }
  return {};
}

}  // namespace netpolc::lab
