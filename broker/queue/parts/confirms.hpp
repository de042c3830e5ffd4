// Answers to publishers, gathered over a batch so that neighbours become one event.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/ids.hpp"
#include "broker/queue/effects.hpp"
#include "broker/queue/messages.hpp"

namespace warren::broker {

// Each channel gets its runs in the order of its publishes.
class Confirms {
 public:
  void confirm(const Enqueue& enqueue) { add(enqueue, false); }
  void reject(const Enqueue& enqueue) { add(enqueue, true); }
  // Forgets what was gathered for sessions of a node.
  void forget(NodeId node);
  // Sends everything gathered as Confirmed and Rejected.
  void flush(std::vector<SessionMail>& mail);
  std::size_t heap_bytes() const { return runs_.capacity() * sizeof(Run); }

 private:
  struct Run {
    SessionRef session;
    ChannelRef channel;
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    bool rejected = false;
  };

  void add(const Enqueue& enqueue, bool rejected) {
    if (enqueue.sequence == 0) return;
    if (!runs_.empty() && extend(runs_.back(), enqueue, rejected)) return;
    add_to_older_or_new(enqueue, rejected);
  }
  static bool extend(Run& run, const Enqueue& enqueue, bool rejected) {
    if (enqueue.sequence != run.last + 1 || rejected != run.rejected) return false;
    if (enqueue.channel != run.channel || enqueue.publisher != run.session) return false;
    ++run.last;
    return true;
  }
  void add_to_older_or_new(const Enqueue& enqueue, bool rejected);

  std::vector<Run> runs_;
};

}  // namespace warren::broker
