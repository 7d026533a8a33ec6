// SPDX-License-Identifier: Apache-2.0
// Sockets in other network namespaces. The caller's own namespace never changes.
#pragma once

#include <string>

#include "netpolc/result.h"

namespace netpolc::nft_netlink {

// A file descriptor that closes itself.
class FileDescriptor {
 public:
  explicit FileDescriptor(int fd = -1) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(other.release()) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor();

  int get() const { return fd_; }
  int release();

 private:
  int fd_;
};

// Opens the namespace that `netns` names (see ConnectionOptions). Empty: none, which stands for the
// caller's own (entering even that by setns(2) would need CAP_SYS_ADMIN).
Result<FileDescriptor> open_netns(const std::string& netns);

// socket(2) in that namespace, which must be called `name` in messages.
Result<FileDescriptor> socket_in(const FileDescriptor& netns, const std::string& name, int domain,
                                 int type, int protocol);

}  // namespace netpolc::nft_netlink
