// The server side of one client connection, as a machine: bytes and mail in; bytes, mail and wishes out.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "amqp/frame_reader.hpp"
#include "base/flat_map.hpp"
#include "broker/session/authentication.hpp"
#include "broker/session/channel/channel.hpp"
#include "broker/session/channel/desk.hpp"
#include "broker/session/core.hpp"

namespace warren::broker::session {

// The driver gives what the socket brings and carries out what the session wants: take output(), read while
// wants_reading(), close the socket when wants_close() and the output is gone. A step ends with end_step().
class Session {
 public:
  Session(SessionRef self, Peer peer, const SessionSettings& settings, const Now& now);

  // ---- inputs ----

  // Bytes from the socket. What cannot be processed now is kept until it can.
  void receive(std::string_view bytes, SessionContext& context);
  // The socket took that many bytes of what output() gave.
  void sent(std::size_t bytes, SessionContext& context);
  // The socket is gone: everything held goes back, exclusive queues are deleted. The session may be destroyed
  // afterwards.
  void peer_gone(SessionContext& context);
  // Mail of a queue, of the registrar or of another session. Mail for a channel that is no more is sent back where that
  // matters.
  void deliver(QueueEvent& event, SessionContext& context);
  void deliver(Letter& letter, SessionContext& context);
  // The process of another node ended, or was agreed to be down: nothing that was on the way from or to it arrives.
  void peer_lost(NodeId node, SessionContext& context);
  // Another process of that node is agreed on. What the former one was sent from here its link has told.
  void peer_restarted(NodeId node, SessionContext& context);
  // Queues began new reigns, and others before that are not known here. queues_moved() follows.
  void moves_missed(std::span<const QueueMoved> moves, SessionContext& context);
  // Queues began new reigns, as the catalog says by now.
  void queues_moved(std::span<const QueueMoved> moves, SessionContext& context);
  // next_deadline() has come.
  void tick(SessionContext& context);
  // The alarms, or the room in other shards' inboxes, may have changed.
  void reconsider_reading(SessionContext& context);
  // Closes with 320 and the reason (amqp.md 1.11).
  void force_close(std::string_view reason, SessionContext& context);
  // After each batch of inputs: confirms leave, windows go back.
  void end_step(SessionContext& context);

  // ---- what the driver asks ----

  Output& output() { return core_.out; }
  // The driver has taken the output.
  void output_taken(std::size_t bytes, const Now& now);
  bool wants_reading() const { return !held_ && !cut_; }
  bool wants_close() const { return cut_; }
  // Without waiting for the output: the client does not take it.
  bool wants_cut() const { return overdue_; }
  Instant next_deadline() const;
  const SessionCore& core() const { return core_; }
  std::size_t channels() const { return channels_.size(); }
  bool running() const { return state_ == State::running; }
  // The client was told not to publish.
  bool blocked() const { return blocked_; }
  // visit(const Channel&) for each that is open, in no useful order.
  template <class Visit>
  void for_each_channel(Visit&& visit) const {
    channels_.for_each([&](ChannelNumber, const std::unique_ptr<Channel>& channel) { visit(std::as_const(*channel)); });
  }

 private:
  // A client that breaks the rules is cut off after this long without another word (amqp.md 1.3, 1.4).
  static constexpr std::int64_t kMisbehaviour_ms = 3000;

  enum class State : std::uint8_t {
    awaiting_header,
    starting,  // connection.start was sent
    securing,  // connection.secure was sent
    tuning,    // connection.tune was sent
    opening,   // tune-ok came
    running,
    finishing,  // the client closes; what it had asked for on its channels is finished first
    leaving,    // the client closes; its exclusive queues go first
    left,       // close-ok was sent; the client closes the socket
    closing,    // connection.close was sent; only close-ok and close count
    muted,      // nothing is read or sent any more; the socket is cut at the deadline
  };

  void process(std::string_view bytes, SessionContext& context);
  bool must_hold(const SessionContext& context) const;
  void block_on_alarm(SessionContext& context);
  bool read_header(std::string_view& bytes, SessionContext& context);
  void process_frames(SessionContext& context);
  void on_frame(const amqp::Frame& frame, SessionContext& context);

  // connection-class methods: handshake.cpp
  void on_connection_frame(const amqp::Frame& frame, SessionContext& context);
  void on_handshake(const amqp::Method& method, SessionContext& context);
  void on_start_ok(const amqp::ConnectionStartOk& method, SessionContext& context);
  void on_secure_ok(const amqp::ConnectionSecureOk& method, SessionContext& context);
  void admit(const Authentication& who, SessionContext& context);
  void on_tune_ok(const amqp::ConnectionTuneOk& method, SessionContext& context);
  void on_open(const amqp::ConnectionOpen& method, SessionContext& context);
  void send_start(SessionContext& context);

  // ends: closing.cpp
  void fail_connection(amqp::ReplyCode code, std::string_view text, amqp::MethodId method, SessionContext& context);
  void fail_framing(std::string_view text, SessionContext& context);
  void mute(SessionContext& context, std::int64_t delay_ms);
  void leave_when_idle(SessionContext& context);
  bool channels_idle() const;
  void leave(SessionContext& context);
  void finish_leaving(SessionContext& context);
  void abandon_channels(SessionContext& context);
  void fail_channel(Channel& channel, const Refusal& refusal, SessionContext& context);
  void close_channel(Channel& channel, SessionContext& context);
  void forget_channel(Channel& channel);
  void fail_with(const amqp::ProtocolError& error, SessionContext& context);

  // channels: dispatch.cpp
  Channel* channel_for(const amqp::Frame& frame, SessionContext& context);
  void on_channel_frame(Channel& channel, const amqp::Frame& frame, SessionContext& context);
  void on_method(Channel& channel, std::string_view payload, SessionContext& context);
  void on_content_header(Channel& channel, const amqp::Frame& frame, SessionContext& context);
  void on_content_body(Channel& channel, const amqp::Frame& frame, SessionContext& context);
  void content_complete(Channel& channel, SessionContext& context);
  void begin_publish(Channel& channel, std::string_view payload, SessionContext& context);
  void on_closing_method(Channel& channel, amqp::MethodId id, SessionContext& context);
  void run_method(Channel& channel, std::string_view payload, SessionContext& context);
  void run_backlog(Channel& channel, SessionContext& context);
  void conclude(Channel& channel, const Failure& failure, SessionContext& context);
  void wait_in_line(Channel& channel, WaitingCommand command, std::size_t bytes, SessionContext& context);
  Channel* find_channel(ChannelRef ref);
  // answer_fails(desk) for each open channel, by number: if so the method under way asks again.
  template <class AnswerFails>
  void on_every_channel(SessionContext& context, NodeId lost, AnswerFails&& answer_fails);
  void resume_channel(Channel& channel, const Failure& failure, SessionContext& context);

  void arm_heartbeat(const Now& now);
  void arm_consumer_timeout(const SessionContext& context);
  void tick_heartbeat(SessionContext& context);
  void tick_consumer_timeouts(SessionContext& context);

  SessionCore core_;
  State state_ = State::awaiting_header;
  amqp::FrameReader reader_;
  ByteBuffer kept_;       // input that waits: less than a protocol header, or what came while reading was held
  bool held_ = false;     // no input is processed for now
  bool blocked_ = false;  // the client was told that it is blocked
  bool cut_ = false;
  bool overdue_ = false;

  FlatMap<ChannelNumber, std::unique_ptr<Channel>> channels_;
  std::vector<std::unique_ptr<Channel>> retired_;  // closed within this step

  Instant deadline_ms_ = kNever;  // of the handshake, or for cutting the socket
  Instant send_heartbeat_ms_ = kNever;
  Instant check_heartbeat_ms_ = kNever;
  Instant check_consumers_ms_ = kNever;
  bool received_since_check_ = false;
  std::uint8_t silent_checks_ = 0;
  ByteBuffer scratch_;
};

}  // namespace warren::broker::session
