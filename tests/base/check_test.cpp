#include "base/check.hpp"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <string>

namespace warren::check_test {

namespace {

// What a child process that breaks an invariant says, and the signal that ends it.
std::string last_words(int& signal) {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    std::signal(SIGABRT, SIG_DFL);
    ::dup2(ends[1], STDERR_FILENO);
    WARREN_CHECK(1 + 1 == 3, "sums are right");
    ::_exit(0);
  }
  ::close(ends[1]);
  std::string words;
  char part[256];
  for (ssize_t got = ::read(ends[0], part, sizeof part); got > 0; got = ::read(ends[0], part, sizeof part))
    words.append(part, static_cast<std::size_t>(got));
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  return words;
}

}  // namespace

TEST_CASE("an invariant that holds does nothing") { WARREN_CHECK(1 + 1 == 2, "sums are right"); }

TEST_CASE("a broken invariant ends the process and says which and where") {
  int signal = 0;
  const std::string words = last_words(signal);
  CHECK(signal == SIGABRT);
  CHECK(words.starts_with("warren: broken invariant: sums are right ("));
  CHECK(words.find("check_test.cpp:") != std::string::npos);
}

}  // namespace warren::check_test
