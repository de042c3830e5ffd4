// The line that says what is about to be done.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tools/ctl/invocation.hpp"

namespace warren::ctl {

struct BannerFacts {
  std::string node;
  std::optional<std::int64_t> pid;
  std::int64_t timeout_ms = 0;
};

// The operation's banner with its names replaced: {node}, {pid}, {timeout} in milliseconds, {timeout_s}, and arguments.
std::string banner(const Invocation& invocation, const BannerFacts& facts);

}  // namespace warren::ctl
