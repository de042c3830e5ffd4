#include "broker/session/channel/unsettled.hpp"

#include <algorithm>
#include <utility>

namespace warren::broker::session {

std::optional<std::size_t> Unsettled::place_of(std::uint64_t tag) const {
  if (entries_.empty() || tag < entries_.front().tag) return std::nullopt;
  // Without gaps the place is the distance; gaps only move an entry towards the front.
  std::size_t high = std::min<std::uint64_t>(tag - entries_.front().tag, entries_.size() - 1);
  if (entries_[high].tag == tag) return high;
  std::size_t low = 0;
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (entries_[middle].tag < tag)
      low = middle + 1;
    else
      high = middle;
  }
  return entries_[low].tag == tag ? std::optional(low) : std::nullopt;
}

void Unsettled::compact() {
  Ring<UnsettledDelivery> kept;
  for (std::size_t i = 0; i < entries_.size(); ++i)
    if (entries_[i].held) kept.push_back(entries_[i]);
  entries_ = std::move(kept);
}

}  // namespace warren::broker::session
