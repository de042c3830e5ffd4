// Routes that were walked once and are still true.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"

namespace warren::broker {

// Remembers at most limits::kRouteCacheEntriesMax routes, all of one revision of the catalog. Full means empty:
// everything is forgotten at once, which costs less than keeping an order of use. Memory is kept, so that a steady
// state takes none.
class RouteCache {
 public:
  struct Found {
    std::span<const QueueRef> queues;
    bool depends_on_key = false;
  };

  // Forgets everything unless it is of this revision.
  void keep_only(Revision revision) {
    if (revision != revision_) forget(revision);
  }

  // Valid until the next put() or keep_only().
  std::optional<Found> find(ExchangeId exchange, std::string_view key) const;
  // Requires: not there yet.
  void put(ExchangeId exchange, std::string_view key, std::span<const QueueRef> queues, bool depends_on_key);

 private:
  // A route is remembered when its slot bears the generation of now.
  struct Slot {
    std::uint64_t hash = 0;
    ExchangeId exchange;
    std::uint64_t generation = 0;
    std::uint32_t key_at = 0;
    std::uint32_t queues_at = 0;
    std::uint32_t queue_count = 0;
    std::uint8_t key_bytes = 0;
    bool depends_on_key = false;
  };

  void forget(Revision revision);
  void grow();

  Revision revision_;
  std::uint64_t generation_ = 1;
  std::size_t size_ = 0;
  std::vector<Slot> slots_;
  std::string keys_;              // of all routes, one after the other
  std::vector<QueueRef> queues_;  // of all routes, one after the other
};

}  // namespace warren::broker
