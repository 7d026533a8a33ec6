// SPDX-License-Identifier: Apache-2.0
// Lab::enter: the one step that changes the process itself.
#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "testenv/lab/fd.h"
#include "testenv/lab/lab.h"

namespace netpolc::lab {
namespace {

Status write_file(const char* path, const std::string& text) {
  const UniqueFd file(::open(path, O_WRONLY | O_CLOEXEC));
  if (!file || ::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
    return fail(fmt::format("cannot write {}", path), errno);
  }
  return {};
}

std::string why_no_user_namespace(int error) {
  switch (error) {
    case EINVAL:
      return "cannot make a user namespace: the process has more than one thread";
    case ENOSPC:
      return "cannot make a user namespace: the limit user.max_user_namespaces is reached";
    case EPERM:
      return "cannot make a user namespace: the system does not let this user do it (see "
             "kernel.unprivileged_userns_clone, kernel.apparmor_restrict_unprivileged_userns)";
    default:
      return "cannot make a user namespace";
  }
}

Status enter_user_namespace() {
  const uid_t uid = ::geteuid();
  const gid_t gid = ::getegid();
  if (::unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) {
    const int error = errno;
    return fail(why_no_user_namespace(error), error);
  }
  // The kernel takes a group map from an ordinary user only after setgroups is given up.
  if (auto done = write_file("/proc/self/setgroups", "deny"); !done) return done;
  if (auto done = write_file("/proc/self/uid_map", fmt::format("0 {} 1\n", uid)); !done) {
    return done;
  }
  return write_file("/proc/self/gid_map", fmt::format("0 {} 1\n", gid));
}

}  // namespace

Status Lab::enter() {
  // A batch has a socket for each probe.
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
    files.rlim_cur = files.rlim_max;
    if (::setrlimit(RLIMIT_NOFILE, &files) != 0) {
      return fail("cannot raise the limit of open files", errno);
    }
  }
  // Root in a container often lacks CAP_SYS_ADMIN: it goes the way of an ordinary user.
  if (::geteuid() == 0 && ::unshare(CLONE_NEWNET) == 0) return {};
  return enter_user_namespace();
}

}  // namespace netpolc::lab
