#include "broker/exchange/route_cache.hpp"

#include <utility>

#include "base/check.hpp"
#include "base/limits.hpp"

namespace warren::broker {
namespace {

constexpr std::size_t kFirstSlots = 64;
// Queues in all remembered routes together, 4 MiB of them.
constexpr std::size_t kQueuesMax = std::size_t{1} << 18;

}  // namespace

void RouteCache::put(std::uint64_t hash, ExchangeId exchange, std::string_view key, bool any_key, Queues queues) {
  WARREN_CHECK(key.size() <= limits::kShortStringBytesMax, "a routing key is a short string");
  if (queues.size() > kQueuesMax) return;
  if (size_ == limits::kRouteCacheEntriesMax || queues_.size() + queues.size() > kQueuesMax) forget();
  if ((size_ + 1) * 2 > slots_.size()) grow();
  place({.hash = hash,
         .generation = generation_,
         .exchange = exchange,
         .key_at = static_cast<std::uint32_t>(keys_.size()),
         .queues_at = static_cast<std::uint32_t>(queues_.size()),
         .queue_count = static_cast<std::uint32_t>(queues.size()),
         .key_bytes = static_cast<std::uint8_t>(key.size()),
         .any_key = any_key});
  keys_.append(key);
  queues_.insert(queues_.end(), queues.begin(), queues.end());
  ++size_;
}

void RouteCache::place(const Slot& slot) {
  std::size_t at = home(slot.hash);
  while (slots_[at].generation == generation_) at = next(at);
  slots_[at] = slot;
}

void RouteCache::forget() {
  ++generation_;
  size_ = 0;
  keys_.clear();
  queues_.clear();
}

void RouteCache::grow() {
  const std::vector<Slot> old =
      std::exchange(slots_, std::vector<Slot>(slots_.empty() ? kFirstSlots : slots_.size() * 2));
  for (const Slot& slot : old)
    if (slot.generation == generation_) place(slot);
}

}  // namespace warren::broker
