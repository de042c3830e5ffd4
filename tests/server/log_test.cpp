#include "server/log.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdio>
#include <string>

namespace warren::log_test {

namespace {

// What a call writes to standard error.
template <class Call>
std::string written(Call&& call) {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const int saved = ::dup(STDERR_FILENO);
  ::dup2(ends[1], STDERR_FILENO);
  call();
  ::dup2(saved, STDERR_FILENO);
  ::close(saved);
  ::close(ends[1]);
  char text[1024];
  const ssize_t bytes = ::read(ends[0], text, sizeof text);
  ::close(ends[0]);
  return {text, static_cast<std::size_t>(bytes)};
}

}  // namespace

TEST_CASE("a log line is one line with the time in front") {
  const std::string line = written([] { warren::server::log("something happened"); });
  CHECK(line.ends_with(" something happened\n"));
  CHECK(line.find('\n') == line.size() - 1);
  CHECK(line.starts_with("20"));
}

}  // namespace warren::log_test
