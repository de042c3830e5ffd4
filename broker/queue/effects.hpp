// What a queue wants done. Filled by Queue::step, carried out by its host.
#pragma once

#include <string>
#include <vector>

#include "base/ids.hpp"
#include "broker/message.hpp"
#include "broker/queue/messages.hpp"

namespace warren::broker {

// Mail for one session.
struct SessionMail {
  SessionRef to;
  QueueEvent event;
};

enum class DeathReason : std::uint8_t { rejected, expired, maxlen };

// A message that left the queue by dying, while the queue has a dead-letter exchange. The host routes it.
struct DeadLetter {
  MessageRef message;
  QueueId queue;
  DeathReason reason = DeathReason::rejected;
};

// The queue has no more reason to exist: its last consumer left (auto-delete), or nobody used it (expiry).
struct Farewell {
  QueueRef queue;
};

// Requires: the vectors outlive the call. The queue only appends.
struct QueueEffects {
  std::vector<SessionMail>& mail;
  std::vector<DeadLetter>& dead_letters;
  std::vector<Farewell>& farewells;
};

}  // namespace warren::broker
