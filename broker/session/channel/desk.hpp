// Where one method of one channel is handled: the session, the channel and the surroundings at hand.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "broker/catalog/checks.hpp"
#include "broker/session/channel/channel.hpp"
#include "broker/session/core.hpp"

namespace warren::broker::session {

// Empty: all is well. Otherwise the channel or the connection closes with it.
using Failure = std::optional<Refusal>;

struct Desk {
  SessionCore& session;
  Channel& channel;
  SessionContext& context;

  template <class Method>
  void reply(const Method& method) {
    session.send(channel.ref.number, method);
  }

  void send(const QueueRef& queue, QueueCommand command) { context.queue_mail.push_back({queue, std::move(command)}); }

  // Sends a command to the registrar and makes the channel wait for Decided.
  void propose(Command command) {
    context.proposals.push_back({session.self, channel.ref, std::move(command), session.user});
    channel.awaiting = Awaiting::decision;
  }

  // Sends a request to a queue and makes the channel wait for its answer.
  void ask(const Asked& asked, QueueCommand command) {
    send(asked.queue, std::move(command));
    await_answer(asked);
  }
  void ask(const QueueDefinition& queue, QueueCommand command) { ask({queue.ref, queue.owner}, std::move(command)); }

  void await_answer(const Asked& asked) {
    channel.asked = asked;
    channel.awaiting = Awaiting::answer;
  }

  // The channel has confirms to tell or windows to give back when the step ends.
  void mark_unflushed() {
    if (channel.unflushed) return;
    channel.unflushed = true;
    session.unflushed.push_back(channel.ref.number);
  }

  Consumer* find_consumer(std::string_view tag) {
    const auto found = channel.consumer_tags.find(tag);
    return found == channel.consumer_tags.end() ? nullptr : channel.consumers.find(found->second);
  }
};

inline Failure refuse(amqp::ReplyCode code, std::string text) { return Refusal{code, std::move(text)}; }

}  // namespace warren::broker::session
