// SPDX-License-Identifier: Apache-2.0
#include "testenv/lab/services.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>

#include "testenv/lab/fd.h"

namespace netpolc::lab {
namespace {

std::string_view protocol_word(std::uint8_t protocol) {
  switch (protocol) {
    case IPPROTO_TCP:
      return "tcp";
    case IPPROTO_UDP:
      return "udp";
    case IPPROTO_SCTP:
      return "sctp";
    default:
      return {};
  }
}

std::string print_family(const std::vector<Service>& services, IpFamily family) {
  const bool ipv4 = family == IpFamily::kIpv4;
  std::string rules;
  for (const Service& service : services) {
    if (service.address.family != family) continue;
    const std::string backend = service.backend.to_string();
    rules += fmt::format("    {} daddr {} {} dport {} dnat to {}:{}\n", ipv4 ? "ip" : "ip6",
                         service.address.to_string(), protocol_word(service.protocol), service.port,
                         ipv4 ? backend : "[" + backend + "]", service.backend_port);
  }
  if (rules.empty()) return {};
  return fmt::format(
      "table {} lab_nat {{\n  chain prerouting {{\n    type nat hook prerouting priority dstnat;\n"
      "{}  }}\n}}\n",
      ipv4 ? "ip" : "ip6", rules);
}

// Starts nft with these descriptors. An ordinary user's PATH often lacks the system's programs.
int spawn_nft(int input, int errors, pid_t& child) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO);
  std::array<char, 4> name{"nft"};
  std::array<char, 3> option{"-f"};
  std::array<char, 2> dash{"-"};
  std::array<char*, 4> arguments{name.data(), option.data(), dash.data(), nullptr};
  int error = ENOENT;
  for (const char* program : {"nft", "/usr/sbin/nft", "/sbin/nft"}) {
    error = posix_spawnp(&child, program, &actions, nullptr, arguments.data(), environ);
    if (error != ENOENT) break;
  }
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

std::string read_from_start(int fd) {
  std::array<char, 2048> text{};
  const ssize_t size = ::pread(fd, text.data(), text.size(), 0);
  return {text.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
}

}  // namespace

Result<std::string> print_services(const std::vector<Service>& services) {
  for (const Service& service : services) {
    if (protocol_word(service.protocol).empty()) {
      return fail(fmt::format("a service cannot have protocol {}", service.protocol));
    }
    if (service.address.family != service.backend.family) {
      return fail(fmt::format("service {} and its backend {} are of two families",
                              service.address.to_string(), service.backend.to_string()));
    }
  }
  return print_family(services, IpFamily::kIpv4) + print_family(services, IpFamily::kIpv6);
}

std::string print_sctp_guard() {
  if (::access("/sys/module/sctp", F_OK) != 0 &&
      ::access("/proc/thread-self/net/sctp", F_OK) != 0) {
    return {};
  }
  // The first chunk's type is the 13th byte of the packet; 6 is ABORT. Before connection tracking.
  return "table inet lab_sctp {\n  chain prerouting {\n"
         "    type filter hook prerouting priority -450;\n"
         "    meta l4proto sctp @th,96,8 6 drop\n  }\n}\n";
}

Status load_ruleset(const std::string& commands) {
  // Files in memory, so that neither side can wait for the other.
  const UniqueFd input(::memfd_create("ruleset", MFD_CLOEXEC));
  const UniqueFd errors(::memfd_create("errors", MFD_CLOEXEC));
  if (!input || !errors ||
      ::write(input.get(), commands.data(), commands.size()) !=
          static_cast<ssize_t>(commands.size()) ||
      ::lseek(input.get(), 0, SEEK_SET) != 0) {
    return fail("cannot store the ruleset for nft", errno);
  }
  pid_t child = -1;
  if (const int error = spawn_nft(input.get(), errors.get(), child); error != 0) {
    return fail("cannot start nft", error);
  }
  int state = 0;
  while (::waitpid(child, &state, 0) < 0) {
    if (errno != EINTR) return fail("cannot wait for nft", errno);
  }
  if (!WIFEXITED(state) || WEXITSTATUS(state) != 0) {
    return fail("nft refused the lab's rules: " + read_from_start(errors.get()));
  }
  return {};
}

}  // namespace netpolc::lab
