#include "broker/catalog/policies/policy.hpp"

#include <algorithm>
#include <array>

namespace warren::broker {
namespace {

// By value.
constexpr std::array<std::string_view, 6> kWords{"all",           "queues", "exchanges", "classic_queues",
                                                 "quorum_queues", "streams"};

}  // namespace

std::string_view apply_to_word(ApplyTo apply_to) { return kWords[static_cast<std::size_t>(apply_to)]; }

bool read_apply_to(std::string_view word, ApplyTo& apply_to) {
  const auto* found = std::ranges::find(kWords, word);
  if (found == kWords.end()) return false;
  apply_to = static_cast<ApplyTo>(found - kWords.begin());
  return true;
}

}  // namespace warren::broker
