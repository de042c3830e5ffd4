// What is wrong with what was kept, as sentences for the log.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace warren::broker {

inline constexpr std::size_t kComplaintsMax = 100;

// Adds a sentence, unless there are many already: the last place says that more is wrong.
inline void complain(std::vector<std::string>& complaints, std::string sentence) {
  if (complaints.size() >= kComplaintsMax) return;
  const bool last = complaints.size() + 1 == kComplaintsMax;
  complaints.push_back(last ? "more of the definitions is missing or damaged than is told here" : std::move(sentence));
}

}  // namespace warren::broker
