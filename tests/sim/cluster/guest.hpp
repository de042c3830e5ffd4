// A client of a simulated cluster: one connection, one channel, one thing at a time. Declares queues, publishes with
// confirms, gets, consumes and acknowledges; at the end it empties what is there.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/rng.hpp"
#include "tests/sim/client/wire.hpp"
#include "tests/sim/cluster/judge.hpp"
#include "tests/sim/cluster/mirrors/mirror_judge.hpp"

namespace warren::sim::cluster {

class Guest : WireListener {
 public:
  // `mirrors`: null in the mix without mirrored queues.
  Guest(Scene& scene, Judge& judge, MirrorJudge* mirrors, std::uint32_t number, std::uint64_t seed)
      : scene_(scene), judge_(judge), mirrors_(mirrors), number_(number), rng_(seed) {}

  // ---- its connection, as the world carries it ----

  bool connected() const { return static_cast<bool>(session_); }
  SessionId session() const { return session_; }
  Place at() const { return at_; }
  void connect(Place at, SessionId session);
  void lost();
  // From its node; disc_seen_at as Judge::granted wants it.
  void hear(std::string_view bytes, const Member& home, Micros disc_seen_at);
  // What it has to say since.
  std::string take_words();

  // ---- its work ----

  // Does something, if it waits for nothing.
  void act(const Member& home);
  // Empties these queues from now on, and does nothing else.
  void drain(std::vector<std::size_t> queues);
  bool drained() const { return draining_ && queues_left_.empty(); }
  // Does nothing any more but wait for what it has asked.
  void rest() { resting_ = true; }
  // Has asked, or published, and not been answered.
  bool waits() const { return state_ == State::waits || !unconfirmed_.empty(); }
  // It has asked for a queue then, and was not answered.
  std::optional<Micros> declares_since() const { return declaring_ ? std::optional(asked_at_) : std::nullopt; }
  // What it was given and has not acknowledged.
  const std::set<std::size_t>& kept() const { return kept_; }
  std::string whereabouts() const;

 private:
  enum class State : std::uint8_t { away, coming, free, waits };

  void on_method(ChannelNumber channel, const amqp::Method& method) override;
  void on_content(ChannelNumber channel, const amqp::Method& method, std::string_view properties,
                  std::string_view body) override;
  void on_nonsense(std::string_view what) override;
  void handshake(const amqp::Method& method);
  void declare(const Member& home);
  void publish(const Member& home);
  void get();
  void consume();
  void settle_late();
  void take_in(std::size_t message, std::uint64_t tag, bool redelivered, bool consumed);
  void forget_channel();
  std::optional<std::size_t> read(std::string_view body, std::optional<std::size_t> queue);
  void confirm(std::uint64_t tag, bool multiple, bool good);
  void queue_is_gone();
  std::size_t some_thing();

  Scene& scene_;
  Judge& judge_;
  MirrorJudge* mirrors_;
  const Member* home_ = nullptr;  // while it hears
  Micros disc_seen_at_ = 0;
  std::uint32_t number_;
  Rng rng_;
  std::optional<Wire> wire_;
  State state_ = State::away;
  SessionId session_;
  Place at_ = 0;
  std::uint32_t declared_ = 0;
  std::optional<std::size_t> asked_;  // the queue that it has just asked for or about
  bool declaring_ = false;
  Micros asked_at_ = 0;
  std::uint64_t published_ = 0;                       // on this channel
  std::map<std::uint64_t, std::size_t> unconfirmed_;  // by delivery tag
  std::set<std::size_t> kept_;
  std::map<std::uint64_t, std::size_t> deliveries_;  // of those the ones of its consumer, by delivery tag
  std::optional<std::size_t> consumes_;              // a queue, or did so last
  bool consuming_ = false;
  std::uint64_t connections_ = 0;
  bool resting_ = false;
  bool draining_ = false;
  std::vector<std::size_t> queues_left_;
};

}  // namespace warren::sim::cluster
