// Transcripts: what happens to a session as lines of text, and below each what the session did.
//
//   client 1 queue.purge queue='q'        the client sends a method on channel 1
//     queue q: purge                      the session sends mail to queue q
//   queue q to 1: purged 3                the queue answers
//     client 1 queue.purge-ok message-count=3
//
// Lines that begin with a blank are reactions, all others are inputs; '#' begins a comment. See
// tests/scenarios/session/README.md.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker/session/session.hpp"
#include "tests/broker/session/surroundings.hpp"

namespace warren::broker::session::testing {

class Transcript {
 public:
  // Carries an input out and gives what the session did. An input that is not understood gives a line that says so.
  std::vector<std::string> react(std::string_view input);

 private:
  bool carry_out(std::string_view input);
  bool on_client(std::string_view rest);
  bool on_queue(std::string_view rest, bool late = false);
  bool on_registrar();
  bool on_permission(std::string_view rest);
  bool on_topic(std::string_view rest);
  bool on_node(std::string_view rest);
  bool on_moved(std::string_view rest);
  void mirror(std::string_view rest);
  void declare(std::string_view rest);
  void forget(std::string_view rest);
  bool open(std::string_view capabilities);
  void apply(const Command& command);
  void receive(std::string_view bytes) { session_.receive(bytes, around_.context); }

  void show_output();
  void show_frame(const amqp::Frame& frame);
  void show_queue_mail();
  void show_proposals();
  void show(std::string line) { lines_.push_back(std::move(line)); }
  std::string queue_name(QueueRef queue);

  Surroundings around_;
  Session session_{kSelf, {"client", true}, around_.settings, around_.now};
  std::vector<Propose> undecided_;
  std::map<ChannelNumber, ChannelRef> channels_;  // as mail has named them
  std::map<QueueId, std::string> names_;          // of queues that were once seen
  std::vector<QueueMoved> moves_;                 // that the session has not been told
  std::vector<std::string> lines_;
  bool cut_ = false;
};

// Everything that a transcript says and that does not come true; empty when all does. `text` is the transcript.
std::string mistakes(std::string_view text);

}  // namespace warren::broker::session::testing
