// What a queue wants done. Filled by Queue::step, carried out by its host.
#pragma once

#include <string>
#include <vector>

#include "base/ids.hpp"
#include "broker/message.hpp"
#include "broker/queue/messages.hpp"
#include "broker/queue/stored/records.hpp"
#include "broker/queue/stored/values.hpp"

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

// Requires: what is referred to outlives the call. The queue only appends.
struct QueueEffects {
  std::vector<SessionMail>& mail;
  std::vector<DeadLetter>& dead_letters;
  std::vector<Farewell>& farewells;
  // What the disk must remember, in order. Begun by the host.
  RecordWriter& journal;
  // To be sent once all that stands in the journal now is durable.
  std::vector<SessionMail>& mail_when_durable;
  // Cold chunks that nobody needs any more.
  std::vector<ChunkKey>& erased_chunks;
  // What copies on other nodes must hear, in order; null: there are none. Then `mail_when_durable` waits for them, too.
  RecordWriter* copies = nullptr;
};

}  // namespace warren::broker
