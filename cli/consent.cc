// SPDX-License-Identifier: Apache-2.0
#include "cli/consent.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <string>

namespace netpolc::cli {

namespace {

constexpr std::array kSignals = {SIGHUP, SIGINT, SIGTERM, SIGUSR1};

sigset_t watched_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : kSignals) sigaddset(&set, number);
  return set;
}

}  // namespace

ConsentWaiter::ConsentWaiter() {
  const sigset_t set = watched_signals();
  sigprocmask(SIG_BLOCK, &set, nullptr);
  signals_ = ::signalfd(-1, &set, SFD_CLOEXEC);
}

ConsentWaiter::~ConsentWaiter() {
  if (signals_ >= 0) ::close(signals_);
  const sigset_t set = watched_signals();
  sigprocmask(SIG_UNBLOCK, &set, nullptr);
}

Consent ConsentWaiter::wait(std::chrono::seconds patience) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point end = Clock::now() + patience;
  std::string line;
  while (true) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
    if (left <= 0) return Consent::kTimedOut;
    std::array<pollfd, 2> watched = {pollfd{signals_, POLLIN, 0}, pollfd{STDIN_FILENO, POLLIN, 0}};
    const int ready = ::poll(watched.data(), watched.size(), static_cast<int>(left));
    if (ready < 0 && errno != EINTR) return Consent::kRefused;
    if (ready <= 0) continue;
    if ((watched[0].revents & POLLIN) != 0) {
      signalfd_siginfo signal{};
      if (::read(signals_, &signal, sizeof signal) != sizeof signal) return Consent::kRefused;
      return signal.ssi_signo == SIGUSR1 ? Consent::kGiven : Consent::kRefused;
    }
    if (watched[1].revents == 0) continue;
    char letter = 0;
    if (::read(STDIN_FILENO, &letter, 1) != 1) return Consent::kRefused;
    if (letter != '\n') {
      line += letter;
      continue;
    }
    return line == "yes" ? Consent::kGiven : Consent::kRefused;
  }
}

}  // namespace netpolc::cli
