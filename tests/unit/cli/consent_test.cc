// SPDX-License-Identifier: Apache-2.0
#include "cli/consent.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>

#include "tests/unit/cli/standard_input.h"

namespace netpolc::cli {
namespace {

using std::chrono::seconds;

constexpr seconds kPatience{20};  // never waited for: the answer is there before the question

struct Answer {
  const char* text;
  bool is_at_end;
  Consent expected;
};

TEST(ConsentWaiter, TakesTheLineYesAndNothingElse) {
  const Answer answers[] = {
      {"yes\n", false, Consent::kGiven},          {"yes\nno\n", false, Consent::kGiven},
      {"no\n", false, Consent::kRefused},         {"\n", false, Consent::kRefused},
      {"YES\n", false, Consent::kRefused},        {" yes\n", false, Consent::kRefused},
      {"yes please\n", false, Consent::kRefused}, {"", true, Consent::kRefused},
      {"yes", true, Consent::kRefused},
  };
  for (const Answer& answer : answers) {
    StandardInput input;
    input.write(answer.text);
    if (answer.is_at_end) input.close();
    ConsentWaiter waiter;
    EXPECT_EQ(waiter.wait(kPatience), answer.expected) << answer.text;
  }
}

TEST(ConsentWaiter, TimesOutOnSilence) {
  StandardInput input;
  ConsentWaiter waiter;
  EXPECT_EQ(waiter.wait(seconds(0)), Consent::kTimedOut);
  input.write("yes");
  EXPECT_EQ(waiter.wait(seconds(1)), Consent::kTimedOut) << "a line has an end";
}

TEST(ConsentWaiter, SignalsAnswerToo) {
  for (const int number : {SIGUSR1, SIGHUP, SIGINT, SIGTERM}) {
    StandardInput input;
    ConsentWaiter waiter;
    // Blocked by the waiter, so the signal waits for wait() wherever it comes from.
    ASSERT_EQ(::kill(::getpid(), number), 0);
    EXPECT_EQ(waiter.wait(kPatience), number == SIGUSR1 ? Consent::kGiven : Consent::kRefused)
        << number;
  }
}

TEST(ConsentWaiter, SignalsGoBeforeTheInput) {
  StandardInput input;
  input.write("yes\n");
  ConsentWaiter waiter;
  ASSERT_EQ(::kill(::getpid(), SIGTERM), 0);
  EXPECT_EQ(waiter.wait(kPatience), Consent::kRefused);
}

TEST(ConsentWaiter, LeavesSignalsAsTheyWere) {
  {
    StandardInput input;
    ConsentWaiter waiter;
    sigset_t blocked;
    sigprocmask(SIG_BLOCK, nullptr, &blocked);
    for (const int number : {SIGUSR1, SIGHUP, SIGINT, SIGTERM}) {
      EXPECT_EQ(sigismember(&blocked, number), 1) << number;
    }
  }
  sigset_t blocked;
  sigprocmask(SIG_BLOCK, nullptr, &blocked);
  for (const int number : {SIGUSR1, SIGHUP, SIGINT, SIGTERM}) {
    EXPECT_EQ(sigismember(&blocked, number), 0) << number;
  }
}

}  // namespace
}  // namespace netpolc::cli
