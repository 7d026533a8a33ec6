// SPDX-License-Identifier: Apache-2.0
// Waits for somebody to confirm that they can still reach the machine.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace netpolc::cli {

enum class Consent : std::uint8_t { kGiven, kRefused, kTimedOut };

// While it lives, SIGHUP, SIGINT, SIGTERM and SIGUSR1 do not end the process; wait() sees them.
class ConsentWaiter {
 public:
  ConsentWaiter();
  ~ConsentWaiter();
  ConsentWaiter(const ConsentWaiter&) = delete;
  ConsentWaiter& operator=(const ConsentWaiter&) = delete;

  // Given by the line `yes` on standard input or by SIGUSR1. Refused by another line, by the end of
  // the input (a lost ssh session) and by the other signals.
  Consent wait(std::chrono::seconds patience);

 private:
  int signals_ = -1;
};

}  // namespace netpolc::cli
