// One queue on a table: commands by short names, what came out as values.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "broker/queue/queue.hpp"

namespace warren::broker::testing {

inline constexpr SessionRef kPublisher{SessionId(100), NodeId(1), 0};
inline constexpr SessionRef kReader{SessionId(200), NodeId(1), 0};
inline constexpr ChannelRef kChannel{1, 1};

// A message that can be recognised by its routing key.
inline MessageRef message(std::string_view key, std::size_t body_bytes = 0, const MessageTraits& traits = {}) {
  MessageDraft draft("", key, std::string_view("\0\0", 2), body_bytes, traits);
  draft.append(std::string(body_bytes, 'x'));
  return draft.finish();
}

inline MessageRef lasting(std::string_view key, std::int64_t expiration_ms) {
  return message(key, 0, {.expiration_ms = expiration_ms});
}

inline MessageRef ranked(std::string_view key, std::uint8_t priority) {
  return message(key, 0, {.priority = priority});
}

// What a test wants of a consumer.
struct Wish {
  std::int32_t priority = 0;
  std::uint16_t prefetch = 0;
  bool no_ack = false;
  bool exclusive = false;
  bool paused = false;
};

struct QueueFixture {
  explicit QueueFixture(const QueueSettings& settings = {}) : queue({QueueId(7), Epoch(1)}, settings, Now{}) {}

  // One command as a batch of its own.
  void run(QueueCommand command) {
    step(std::move(command));
    end_batch();
  }
  void step(QueueCommand command) { queue.step(command, now, effects); }
  void end_batch() { queue.end_batch(now, effects); }
  void adopt(const QueueSettings& settings) {
    queue.adopt(settings, now, effects);
    end_batch();
  }
  void pass(Instant ms) {
    now.instant_ms += ms;
    if (queue.next_deadline() <= now.instant_ms) queue.tick(now, effects);
  }

  void publish(MessageRef what, std::uint64_t sequence = 0) {
    run(Enqueue{std::move(what), kPublisher, kChannel, sequence});
  }
  void publish(std::string_view key) { publish(message(key)); }
  void publish_all(std::initializer_list<std::string_view> keys) {
    for (const std::string_view key : keys) publish(key);
  }

  // Attaches a consumer on channel kChannel of kReader and returns its slot, or none when it was refused.
  ConsumerSlot consume(std::uint32_t id, const Wish& wish = {}) {
    const std::size_t before = mail.size();
    run(Attach{kReader,
               kChannel,
               ConsumerId(id),
               "",
               {},
               wish.priority,
               wish.prefetch,
               wish.no_ack,
               wish.exclusive,
               wish.paused});
    const auto* attached = std::get_if<Attached>(&mail.at(before).event);
    return attached == nullptr ? ConsumerSlot{} : attached->slot;
  }
  void cancel(std::uint32_t id, ConsumerSlot slot) { run(Detach{kReader, kChannel, ConsumerId(id), slot}); }
  void settle(Position first, Position last, Outcome outcome) { run(Settle{kReader, kChannel, first, last, outcome}); }
  GetAnswer get(bool no_ack = true) {
    run(Get{kReader, kChannel, no_ack});
    return take<GetAnswer>().back();
  }

  // The events of one kind, in order. All mail is forgotten.
  template <class Event>
  std::vector<Event> take() {
    std::vector<Event> found;
    for (SessionMail& one : mail)
      if (Event* event = std::get_if<Event>(&one.event)) found.push_back(std::move(*event));
    mail.clear();
    return found;
  }
  // Routing keys of what was delivered since, with "*" behind those marked redelivered: "a b* c".
  std::string delivered() {
    std::string keys;
    for (const Delivery& delivery : take<Delivery>()) add(keys, *delivery.message, delivery.redelivered);
    return keys;
  }
  // The same with the consumer's number in front: "1:a 2:b".
  std::string delivered_to() {
    std::string keys;
    for (const Delivery& delivery : take<Delivery>()) {
      if (!keys.empty()) keys += ' ';
      keys += std::to_string(delivery.consumer.value) + ':' + std::string(delivery.message->routing_key());
    }
    return keys;
  }
  // Takes all ready messages out, in order.
  std::string drain() {
    std::string keys;
    while (queue.ready() > 0) {
      const GetAnswer answer = get();
      add(keys, *answer.message, answer.redelivered);
    }
    return keys;
  }
  // Routing keys and reasons of the dead letters since: "a:maxlen b:expired".
  std::string dead() {
    static constexpr std::string_view kNames[] = {"rejected", "expired", "maxlen"};
    std::string keys;
    for (const DeadLetter& letter : std::exchange(dead_letters, {})) {
      add(keys, *letter.message, false);
      keys += ':' + std::string(kNames[static_cast<std::size_t>(letter.reason)]);
    }
    return keys;
  }
  static void add(std::string& keys, const Message& message, bool redelivered) {
    if (!keys.empty()) keys += ' ';
    keys += message.routing_key();
    if (redelivered) keys += '*';
  }

  std::vector<SessionMail> mail;
  std::vector<DeadLetter> dead_letters;
  std::vector<Farewell> farewells;
  RecordWriter journal;
  std::vector<SessionMail> mail_when_durable;
  std::vector<ChunkKey> erased_chunks;
  QueueEffects effects{mail, dead_letters, farewells, journal, mail_when_durable, erased_chunks};
  Now now{1000, 50};
  Queue queue;
};

}  // namespace warren::broker::testing
