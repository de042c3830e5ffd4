#include "server/log.hpp"

#include <fmt/chrono.h>
#include <fmt/core.h>
#include <unistd.h>

#include <chrono>

namespace warren::server {

void log(std::string_view line) {
  const auto now = std::chrono::system_clock::now();
  const auto milliseconds =
      std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count() % 1000;
  const std::string whole = fmt::format("{:%Y-%m-%d %H:%M:%S}.{:03} {}\n",
                                        fmt::gmtime(std::chrono::system_clock::to_time_t(now)), milliseconds, line);
  // One call per line, so that lines of several threads do not mix. What cannot be logged is lost.
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, whole.data(), whole.size());
}

}  // namespace warren::server
