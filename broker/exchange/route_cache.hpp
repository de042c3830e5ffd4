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
#include "broker/catalog/definitions.hpp"
#include "broker/catalog/hash.hpp"

namespace warren::broker {

// Remembers at most limits::kRouteCacheEntriesMax routes, all of one state of the catalog. Full means empty:
// everything is forgotten at once, which costs less than keeping an order of use. Memory is kept, so that a steady
// state takes none.
class RouteCache {
 public:
  using Queues = std::span<const QueueRef>;

  // Forgets everything unless it is of this state.
  void keep_only(const CatalogStamp& stamp) {
    if (stamp != stamp_) {
      forget();
      stamp_ = stamp;
    }
  }

  // The route of this key, or of every key. Valid until the next put or keep_only.
  std::optional<Queues> find(ExchangeId exchange, std::string_view key) const {
    return find(hash_text(key, exchange.value), exchange, key, false);
  }
  std::optional<Queues> find_any_key(ExchangeId exchange) const {
    return find(hash_number(exchange.value), exchange, {}, true);
  }

  // Requires: not there yet; a key of at most 255 bytes. Routes to very many queues are not kept.
  void put(ExchangeId exchange, std::string_view key, Queues queues) {
    put(hash_text(key, exchange.value), exchange, key, false, queues);
  }
  void put_any_key(ExchangeId exchange, Queues queues) { put(hash_number(exchange.value), exchange, {}, true, queues); }

  std::size_t size() const { return size_; }

 private:
  // A route is remembered when its slot bears the generation of now.
  struct Slot {
    std::uint64_t hash = 0;
    std::uint64_t generation = 0;
    ExchangeId exchange;
    std::uint32_t key_at = 0;
    std::uint32_t queues_at = 0;
    std::uint32_t queue_count = 0;
    std::uint8_t key_bytes = 0;
    bool any_key = false;
  };

  std::optional<Queues> find(std::uint64_t hash, ExchangeId exchange, std::string_view key, bool any_key) const {
    if (size_ == 0) return {};
    for (std::size_t at = home(hash); slots_[at].generation == generation_; at = next(at)) {
      const Slot& slot = slots_[at];
      if (slot.hash == hash && slot.exchange == exchange && slot.any_key == any_key && key_of(slot) == key)
        return Queues(queues_.data() + slot.queues_at, slot.queue_count);
    }
    return {};
  }
  void put(std::uint64_t hash, ExchangeId exchange, std::string_view key, bool any_key, Queues queues);
  void place(const Slot& slot);
  void forget();
  void grow();

  std::size_t home(std::uint64_t hash) const { return hash & (slots_.size() - 1); }
  std::size_t next(std::size_t at) const { return (at + 1) & (slots_.size() - 1); }
  std::string_view key_of(const Slot& slot) const { return {keys_.data() + slot.key_at, slot.key_bytes}; }

  CatalogStamp stamp_;
  std::uint64_t generation_ = 1;
  std::size_t size_ = 0;
  std::vector<Slot> slots_;
  std::string keys_;              // of all routes, one after the other
  std::vector<QueueRef> queues_;  // of all routes, one after the other
};

}  // namespace warren::broker
