// SPDX-License-Identifier: Apache-2.0
#include "backends/nft_netlink/netns.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace netpolc::nft_netlink {

namespace {

std::vector<std::string> candidates(const std::string& netns) {
  if (netns.find('/') != std::string::npos) return {netns};
  std::vector<std::string> out{"/run/netns/" + netns, "/var/run/netns/" + netns};
  if (std::ranges::all_of(netns, [](char letter) { return letter >= '0' && letter <= '9'; })) {
    out.push_back("/proc/" + netns + "/ns/net");
  }
  return out;
}

}  // namespace

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

FileDescriptor::~FileDescriptor() {
  if (fd_ >= 0) ::close(fd_);
}

int FileDescriptor::release() { return std::exchange(fd_, -1); }

Result<FileDescriptor> open_netns(const std::string& netns) {
  if (netns.empty()) return FileDescriptor();
  int error = ENOENT;
  for (const std::string& path : candidates(netns)) {
    FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (fd.get() >= 0) return fd;
    error = errno;
    if (error != ENOENT) break;
  }
  if (error == ENOENT) {
    return fail(fmt::format("there is no network namespace `{}` (looked in /run/netns)", netns),
                error);
  }
  return fail(
      fmt::format("cannot open the network namespace `{}`: {}", netns, std::strerror(error)),
      error);
}

Result<FileDescriptor> socket_in(const FileDescriptor& netns, const std::string& name, int domain,
                                 int type, int protocol) {
  int fd = -1;
  int error = 0;
  bool has_entered = false;
  if (netns.get() < 0) {
    FileDescriptor socket(::socket(domain, type | SOCK_CLOEXEC, protocol));
    if (socket.get() >= 0) return socket;
    return fail(fmt::format("cannot open a socket: {}", std::strerror(errno)), errno);
  }
  try {
    // setns(2) moves one thread; this one ends with it.
    std::thread([&] {
      has_entered = ::setns(netns.get(), CLONE_NEWNET) == 0;
      if (has_entered) fd = ::socket(domain, type | SOCK_CLOEXEC, protocol);
      error = fd < 0 ? errno : 0;
    }).join();
  } catch (const std::system_error& failure) {
    return fail(fmt::format("cannot start a thread: {}", failure.what()), failure.code().value());
  }
  if (fd >= 0) return FileDescriptor(fd);
  if (has_entered)
    return fail(fmt::format("cannot open a socket: {}", std::strerror(error)), error);
  if (error == EPERM) {
    return fail(fmt::format("cannot enter the network namespace `{}`: that needs CAP_SYS_ADMIN "
                            "there: run as root, or inside `unshare -Urn`",
                            name),
                error);
  }
  return fail(
      fmt::format("cannot enter the network namespace `{}`: {}", name, std::strerror(error)),
      error);
}

}  // namespace netpolc::nft_netlink
