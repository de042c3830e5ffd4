#include "node/cluster/state/refused_changes.hpp"

#include <fmt/core.h>

#include <utility>

namespace warren::node {
namespace {

constexpr Instant kToldEach_ms = 1000;

}  // namespace

std::optional<DefinitionRefused> RefusedChanges::note(std::string_view reason, std::string_view user, Instant now) {
  if (now < not_before_) {
    ++left_out_;
    return std::nullopt;
  }
  not_before_ = now + kToldEach_ms;
  return DefinitionRefused{std::string(reason), std::string(user), std::exchange(left_out_, 0)};
}

std::string line_of(const DefinitionRefused& refused) {
  std::string line = "a change of definitions was refused";
  if (!refused.user.empty()) line += fmt::format(" to user '{}'", refused.user);
  line += fmt::format(": {}", refused.reason);
  if (refused.more != 0) line += fmt::format(" ({} more since this was told last)", refused.more);
  return line;
}

}  // namespace warren::node
