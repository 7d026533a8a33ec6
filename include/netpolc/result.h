// SPDX-License-Identifier: Apache-2.0
// Failures of the environment (files, netlink, permissions). Faulty input is told by Diagnostic
// instead, and a bug of ours by an InternalError.
#pragma once

#include <expected>
#include <string>
#include <utility>

namespace netpolc {

// What the environment refused. `message` is a lower-case sentence without a final period that says
// what was tried; `errno_value` is 0 where no system call failed.
struct Error {
  std::string message;
  int errno_value = 0;
};

template <typename T>
using Result = std::expected<T, Error>;

using Status = std::expected<void, Error>;

inline std::unexpected<Error> fail(std::string message, int errno_value = 0) {
  return std::unexpected(Error{std::move(message), errno_value});
}

}  // namespace netpolc
