// SPDX-License-Identifier: Apache-2.0
// Claims about our own code. A false one is a bug of netpolc, never a fault of the input.
#pragma once

#include <stdexcept>
#include <string>

namespace netpolc {

// Thrown by NETPOLC_CHECK; caught only in the command line's main (exit status 70).
class InternalError : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

[[noreturn]] inline void internal_error(const char* file, int line, const char* claim,
                                        const std::string& what) {
  throw InternalError(std::string(file) + ":" + std::to_string(line) + ": " + what + " (" + claim +
                      ")");
}

}  // namespace netpolc

#define NETPOLC_CHECK(claim, what)                                   \
  do {                                                               \
    if (!(claim)) {                                                  \
      ::netpolc::internal_error(__FILE__, __LINE__, #claim, (what)); \
    }                                                                \
  } while (false)
