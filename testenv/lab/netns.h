// SPDX-License-Identifier: Apache-2.0
// Network namespaces of threads. A thread that has moved stays where it is, so all of this is done
// on threads that end with the work; the caller's own namespace never changes.
#pragma once

#include <future>
#include <string>
#include <utility>
#include <vector>

#include "netpolc/result.h"
#include "testenv/lab/fd.h"

namespace netpolc::lab {

// Runs `work` on a new thread, waits for it and hands on its result or exception.
template <typename Work>
auto on_own_thread(Work work) {
  return std::async(std::launch::async, std::move(work)).get();
}

// Moves the calling thread into a new network namespace. The namespace lives as long as the
// descriptor (or a thread or socket in it).
Result<UniqueFd> create_netns();

// Moves the calling thread into that namespace.
Status enter_netns(const UniqueFd& netns);

// One value below /proc/sys/net, of the calling thread's namespace.
struct Sysctl {
  std::string path;  // "ipv4/ip_forward"
  std::string value;
  bool optional = false;  // older kernels have it for the whole machine only, or not at all
};
Status write_sysctls(const std::vector<Sysctl>& values);

}  // namespace netpolc::lab
