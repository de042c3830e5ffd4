// What will happen, the earliest first; what is due at the same time happens in the order in which it was planned.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "tests/sim/scene.hpp"

namespace warren::sim {

enum class EventKind : std::uint8_t {
  up,     // a socket brings bytes to the server
  take,   // a socket takes bytes from the server
  down,   // a socket brings bytes to its client
  reset,  // the server learns that a socket is gone
  ended,  // the client learns that the server closed
  mail,   // a batch arrives at a shard
  tick,   // a shard's deadline
  wake,   // a client acts
  start,  // the node comes back
  sync,   // of a shard's journal, ends
  journal_retry,
  job,    // of a shard, ends
  load,   // the same
  spare,  // the same
};

struct Event {
  Micros at = 0;
  std::uint64_t order = 0;
  EventKind kind = EventKind::wake;
  std::uint32_t subject = 0;  // socket, shard, lane or client
};

class EventQueue {
 public:
  bool empty() const { return heap_.empty(); }

  void add(Micros at, EventKind kind, std::uint32_t subject) {
    heap_.push_back({at, ++added_, kind, subject});
    std::push_heap(heap_.begin(), heap_.end(), later);
    traffic_ += is_traffic(kind);
  }

  // Requires: not empty.
  Event take() {
    std::pop_heap(heap_.begin(), heap_.end(), later);
    const Event event = heap_.back();
    heap_.pop_back();
    traffic_ -= is_traffic(event.kind);
    return event;
  }

  // Requires: not empty.
  Micros next_at() const { return heap_.front().at; }

  // What concerns shards that are no more: their mail, their deadlines, the ends of their sockets.
  void forget_shards() {
    std::erase_if(heap_, [this](const Event& event) {
      const bool gone = concerns_shard(event.kind);
      if (gone) traffic_ -= is_traffic(event.kind);
      return gone;
    });
    std::make_heap(heap_.begin(), heap_.end(), later);
  }

  // Bytes and mail are on their way.
  bool traffic() const { return traffic_ != 0; }

  // Of a shard's disk.
  static bool is_storage(EventKind kind) { return kind >= EventKind::sync; }

 private:
  static bool concerns_shard(EventKind kind) {
    return kind == EventKind::mail || kind == EventKind::tick || kind == EventKind::reset || is_storage(kind);
  }
  static bool later(const Event& a, const Event& b) { return a.at != b.at ? a.at > b.at : a.order > b.order; }
  static int is_traffic(EventKind kind) { return kind != EventKind::tick && kind != EventKind::wake ? 1 : 0; }

  std::vector<Event> heap_;
  std::uint64_t added_ = 0;
  std::int64_t traffic_ = 0;
};

}  // namespace warren::sim
