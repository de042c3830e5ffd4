// What sessions tell queues (commands) and what queues tell sessions (events). Plain values: they travel between
// machines, shards and nodes. A request names the channel that waits for its answer; a channel waits for one answer at
// a time. What belongs to one reign of a queue names it, so that mail of a former one is known when it comes late.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "amqp/table.hpp"
#include "base/ids.hpp"
#include "base/limits.hpp"
#include "broker/message.hpp"

namespace warren::broker {

// A channel as queues know it. The generation tells a channel from a later one with the same number.
struct ChannelRef {
  std::uint32_t generation = 0;
  ChannelNumber number = 0;
  friend constexpr auto operator<=>(const ChannelRef&, const ChannelRef&) = default;
};

// A consumer as its session numbers it; never reused within the session.
using ConsumerId = Id<struct ConsumerKind, std::uint32_t>;

// A consumer as its queue numbers it; given in Attached, quoted by the session from then on.
using ConsumerSlot = Id<struct ConsumerSlotKind, std::uint64_t>;

// ---- commands ----

struct Enqueue {
  MessageRef message;
  SessionRef publisher;
  ChannelRef channel;
  std::uint64_t sequence = 0;  // 0: no confirm is wanted
  bool redelivered = false;    // a client may have seen it, in another queue than this one
};

// Registers a consumer. Answered by Attached or AttachRefused.
struct Attach {
  SessionRef session;
  ChannelRef channel;
  ConsumerId consumer;
  std::string tag;
  amqp::Table arguments;
  std::int32_t priority = 0;
  std::uint16_t prefetch = 0;  // 0: no limit
  bool no_ack = false;
  bool exclusive = false;
  bool paused = false;  // starts without taking deliveries (see Pause)
};

// Removes a consumer. Answered by Detached, which follows every delivery to it. What it holds unsettled stays with its
// channel.
struct Detach {
  SessionRef session;
  ChannelRef channel;
  ConsumerId consumer;
  ConsumerSlot slot;
};

// Takes one message. Answered by GetAnswer.
struct Get {
  SessionRef session;
  ChannelRef channel;
  bool no_ack = false;
};

enum class Outcome : std::uint8_t {
  accepted,   // ack
  requeued,   // reject or nack with requeue, recover, end of the channel: delivered once, will be flagged
  discarded,  // reject or nack without requeue: dead-lettered or dropped
  returned,   // never reached the client: goes back as if it had not been delivered
};

// Settles every delivery that the channel holds at positions first..last.
struct Settle {
  SessionRef session;
  ChannelRef channel;
  Position first = 0;
  Position last = 0;
  Outcome outcome = Outcome::accepted;
};

// Gives a consumer's window back: that many bytes have reached its socket.
struct Replenish {
  ConsumerSlot slot;
  std::int64_t bytes = 0;
};

// The session takes no deliveries for this consumer now (its channel is at its shared limit), or takes them again. A
// pause is answered by Paused.
struct Pause {
  ConsumerSlot slot;
  bool paused = true;
};

// Answered by Counted. `declared` tells a (re)declaration, which postpones expiry, from a mere look.
struct Inspect {
  SessionRef session;
  ChannelRef channel;
  bool declared = false;
};

// Removes ready messages. Answered by Purged.
struct Purge {
  SessionRef session;
  ChannelRef channel;
};

// Asks whether the queue may be deleted. Answered by DeleteAnswer; if the answer is yes the queue keeps what it has and
// lets what is published wait, until it is deleted or told to stay.
struct Delete {
  SessionRef session;
  ChannelRef channel;
  bool if_unused = false;
  bool if_empty = false;
};

// The queue that agreed to go is not deleted: the group has refused it.
struct Stay {};

using QueueCommand = std::variant<Enqueue, Attach, Detach, Get, Settle, Replenish, Pause, Inspect, Purge, Delete, Stay>;

// Whether the command means something to a queue that has begun another reign since it was sent. Messages and positions
// stay what they are. Consumers of the former reign are none any more, and sessions ask anew what was not answered.
inline bool outlives_reign(const QueueCommand& command) {
  return std::holds_alternative<Enqueue>(command) || std::holds_alternative<Settle>(command) ||
         std::holds_alternative<Stay>(command);
}

// ---- events ----

// What a delivery takes of its consumer's window.
inline std::int64_t delivery_window_bytes(const Message& message) {
  return static_cast<std::int64_t>(message.body_bytes()) + limits::kDeliveryOverheadBytes;
}

struct Delivery {
  MessageRef message;
  QueueRef queue;
  Position position = 0;
  ChannelRef channel;
  ConsumerId consumer;
  bool redelivered = false;
};

// The publishes first..last of the channel are safe in this queue. One event per run of neighbours.
struct Confirmed {
  ChannelRef channel;
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};

// The publishes first..last of the channel were refused by this queue (amqp.md 5.4, overflow).
struct Rejected {
  ChannelRef channel;
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};

struct Attached {
  QueueRef queue;
  ChannelRef channel;
  ConsumerId consumer;
  ConsumerSlot slot;
};

struct AttachRefused {
  QueueRef queue;
  ChannelRef channel;
  ConsumerId consumer;
  bool gone = false;  // the queue is no more; otherwise it is in exclusive use
};

struct Detached {
  QueueRef queue;
  ChannelRef channel;
  ConsumerId consumer;
};

struct GetAnswer {
  MessageRef message;  // none: the queue is empty
  QueueRef queue;
  Position position = 0;
  ChannelRef channel;
  std::uint32_t remaining = 0;  // ready messages left
  bool redelivered = false;
  bool no_ack = false;
  bool gone = false;  // the queue is no more
};

struct Counted {
  QueueRef queue;
  ChannelRef channel;
  std::uint32_t ready = 0;
  std::uint32_t consumers = 0;
  bool gone = false;
};

struct Purged {
  QueueRef queue;
  ChannelRef channel;
  std::uint32_t messages = 0;
  bool gone = false;
};

struct DeleteAnswer {
  enum class Verdict : std::uint8_t { may_go, in_use, not_empty, gone };
  QueueRef queue;
  ChannelRef channel;
  Verdict verdict = Verdict::may_go;
  std::uint32_t ready = 0;
};

// The consumer is paused: every delivery that was sent to it before has come.
struct Paused {
  QueueRef queue;
  ChannelRef channel;
  ConsumerId consumer;
};

// The queue went away under this consumer.
struct ConsumerLost {
  QueueRef queue;
  ChannelRef channel;
  ConsumerId consumer;
};

using QueueEvent = std::variant<Delivery, Confirmed, Rejected, Attached, AttachRefused, Detached, GetAnswer, Counted,
                                Purged, DeleteAnswer, Paused, ConsumerLost>;

}  // namespace warren::broker
