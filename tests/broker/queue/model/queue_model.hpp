// The queue again, written for plainness alone: ordered maps, whole scans, no memory saved. It follows the real one
// event by event: who was chosen among equals is taken from the event, everything else is foretold. Messages are told
// apart by their routing keys.
#pragma once

#include <deque>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "broker/queue/queue.hpp"

namespace warren::broker::testing {

struct ModelMessage {
  MessageRef message;
  Instant deadline = kNever;
  bool redelivered = false;
};

struct ModelConsumer {
  Attach attach;
  ConsumerSlot slot;
  std::int64_t window = 0;
  std::uint32_t unsettled = 0;
  // How often each other consumer got something while this one could have.
  std::map<std::uint32_t, int> passed_by = {};
};

struct ModelHeld {
  ModelMessage message;
  SessionRef session;
  ChannelRef channel;
  std::uint32_t consumer = 0;  // 0: taken by get
};

class QueueModel {
 public:
  QueueModel(const QueueSettings& settings, Instant start) : settings_(settings), used_at_(start) {}

  // Follows one command and the mail it caused. Returns what is wrong, or nothing.
  std::string follow(const QueueCommand& command, Instant now, const std::vector<SessionMail>& mail,
                     std::vector<DeadLetter>& dead_letters);
  std::string follow_end_of_batch(Instant now, const std::vector<SessionMail>& mail,
                                  std::vector<DeadLetter>& dead_letters);
  // What waits for the journal, of the same batch. Returns what is wrong, or nothing.
  std::string follow_durable(const std::vector<SessionMail>& mail);
  // A cold chunk has come: gets are answered and deliveries go on that had to wait.
  std::string follow_loaded(Instant now, const std::vector<SessionMail>& mail, std::vector<DeadLetter>& dead_letters);
  std::string follow_tick(Instant now, const std::vector<SessionMail>& mail, std::vector<DeadLetter>& dead_letters);
  // Whether deliveries and answers to gets may come later, because messages may be cold.
  void be_patient(bool patient) { patient_ = patient; }
  // What must hold between commands.
  std::string compare(const Queue& queue) const;

  bool closed() const { return closed_; }
  std::size_t farewells() const { return farewells_; }
  const std::map<std::uint32_t, ModelConsumer>& consumers() const { return consumers_; }
  const std::map<Position, ModelHeld>& held() const { return held_; }
  using Place = std::pair<int, Position>;  // minus the priority, then the position
  const std::map<Place, ModelMessage>& ready() const { return ready_; }
  Place place_of(Position position, const Message& message) const;
  Instant next_deadline() const;

 private:
  using Answers = std::map<std::pair<SessionRef, ChannelRef>, std::vector<std::pair<std::uint64_t, bool>>>;

  void on(const Enqueue& enqueue);
  void on(const Attach& attach);
  void on(const Detach& detach);
  void on(const Get& get);
  void on(const Settle& settle);
  void on(const Replenish& replenish);
  void on(const Pause& pause);
  void on(const Inspect& inspect);
  void on(const Purge& purge);
  void on(const Delete& del);
  void on(const Stay& stay);

  void begin(Instant now, const std::vector<SessionMail>& mail, std::vector<DeadLetter>& dead_letters);
  std::string finish();
  void complain(const std::string& sentence) {
    if (wrong_.empty()) wrong_ = sentence;
  }
  // The next event of the mail, which must be of that kind.
  template <class Event>
  const Event& expect(const char* kind);

  // The confirms and rejections at the front of what is left of the mail.
  Answers take_answers(const std::vector<SessionMail>& mail);
  bool next_is_get_answer() const;
  void answer(const Get& get);
  void answer_waiting_gets();
  bool can_receive(const ModelConsumer& consumer) const;
  bool anybody() const;
  // Whether the consumer must acknowledge it.
  bool deliver(Position position, ModelMessage message);
  void dispatch();
  void die(const ModelMessage& message, DeathReason reason);
  void expire();
  void drop_surplus();
  bool exceeded(std::size_t count, std::uint64_t bytes) const;
  std::uint64_t ready_bytes() const;
  void choose_active();
  void close();

  QueueSettings settings_;
  std::map<Place, ModelMessage> ready_;
  std::map<Position, ModelHeld> held_;
  std::map<std::uint32_t, ModelConsumer> consumers_;  // by consumer id, which grows
  Answers answers_;
  Answers durable_answers_;
  std::deque<Get> waiting_gets_;
  Position next_position_ = 1;
  std::uint32_t active_ = 0;
  Instant used_at_;
  bool requeued_ = false;
  bool closed_ = false;
  bool patient_ = false;
  std::size_t farewells_ = 0;

  Instant now_ = 0;
  const std::vector<SessionMail>* mail_ = nullptr;
  std::size_t at_ = 0;
  std::vector<DeadLetter>* dead_letters_ = nullptr;
  std::vector<std::pair<std::string, DeathReason>> deaths_;  // by routing key
  std::string wrong_;
};

}  // namespace warren::broker::testing
