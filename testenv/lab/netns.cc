// SPDX-License-Identifier: Apache-2.0
#include "testenv/lab/netns.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>

#include <cerrno>

namespace netpolc::lab {

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
    const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    const bool written = file && ::write(file.get(), sysctl.value.data(), sysctl.value.size()) ==
                                     static_cast<ssize_t>(sysctl.value.size());
    if (!written && !sysctl.optional) {
      return fail(fmt::format("cannot write `{}` to {}", sysctl.value, path), errno);
    }
  }
  return {};
}

}  // namespace netpolc::lab
