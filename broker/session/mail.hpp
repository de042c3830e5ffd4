// Mail that sessions send and receive, beside what queues tell them (broker/queue/messages).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "base/ids.hpp"
#include "broker/catalog/commands.hpp"
#include "broker/message.hpp"
#include "broker/queue/messages.hpp"
#include "broker/refusal.hpp"

namespace warren::broker {

// A command for a queue, wherever it lives.
struct QueueMail {
  QueueRef to;
  QueueCommand command;
};

// A wish to change the catalog, for the registrar. Answered by Decided, unless `from` is none.
struct Propose {
  SessionRef from;
  ChannelRef channel;
  Command command;
  std::string user = {};  // on whose behalf; empty: the broker's own
};

// The registrar's answer. When it arrives, the receiver's own copy of the catalog has the change.
struct Decided {
  ChannelRef channel;
  std::optional<Refusal> refusal;
  bool changed = false;  // false and no refusal: it was so already
};

// A message for the direct reply-to consumer of a channel (amqp.md 4.13).
struct DirectReply {
  ChannelRef channel;
  std::uint64_t secret = 0;
  MessageRef message;
};

// Does this direct reply-to consumer still live? Answered by ReplyConsumerAnswer.
struct ReplyConsumerQuestion {
  ChannelRef channel;
  std::uint64_t secret = 0;
  SessionRef asker;
  ChannelRef asking_channel;
};

struct ReplyConsumerAnswer {
  ChannelRef channel;
  bool alive = false;
};

// A message that an exchange keeps for destinations to come, for the registrar's shard (amqp.md 4.10).
struct Remember {
  ExchangeId exchange;
  MessageRef message;
};

struct Letter {
  SessionRef to;
  std::variant<Decided, DirectReply, ReplyConsumerQuestion, ReplyConsumerAnswer> content;
};

}  // namespace warren::broker
