// One open channel: its consumers, what it owes and is owed, and the method it is waiting with.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "amqp/assembler.hpp"
#include "amqp/methods.hpp"
#include "base/flat_map.hpp"
#include "base/ring.hpp"
#include "broker/queue/messages.hpp"
#include "broker/session/channel/confirms.hpp"
#include "broker/session/channel/publish.hpp"
#include "broker/session/channel/unsettled.hpp"
#include "broker/session/mail.hpp"

namespace warren::broker::session {

struct Consumer {
  ConsumerId id;
  std::string tag;
  QueueRef queue;     // in the reign in which it is attached
  NodeId home;        // where the queue lives
  ConsumerSlot slot;  // none until the queue has answered
  bool no_ack = false;
  bool exclusive = false;
  bool cancel_on_failover = false;  // lost with the reign; others are attached in the next one
  bool paused = false;              // the queue was told to wait: the channel is at its shared limit
  bool due = false;                 // stands in Channel::due_consumers
  bool pause_heard = false;         // and has answered: none of its deliveries is on the way
  std::int64_t unreturned = 0;      // window bytes written out and not yet given back
  std::int32_t priority = 0;
  std::uint16_t prefetch = 0;
  amqp::Table arguments;
};

// What a channel waits for. Until it comes, later commands of the channel queue up.
enum class Awaiting : std::uint8_t {
  nothing,
  decision,  // of the registrar
  answer,    // of a queue, or of the holder of a direct reply-to consumer
  commit,    // every publish of a transaction
};

// Who is to answer: a queue, or none and the holder of a direct reply-to consumer on that node.
struct Asked {
  QueueRef queue;
  NodeId home;
  ConsumerId consumer = {};  // the one that comes or leaves by this
};

// The registrar's answer to the method under way.
enum class Decision : std::uint8_t {
  none,
  unchanged,  // it was so already
  changed,
};

// A publish or settlement that waits for tx.commit (amqp.md 3.17).
struct BufferedPublish {
  MessageRef message;
  std::vector<QueueRef> queues;
  bool absent = false;      // some queue's node was not running
  bool returnable = false;  // mandatory: returned at commit if it reaches nobody
};
struct BufferedSettle {
  std::vector<std::uint64_t> tags;
  Outcome outcome = Outcome::accepted;
};
struct Transaction {
  std::vector<BufferedPublish> publishes;
  std::vector<Remember> memories;
  std::vector<BufferedSettle> settles;
  Confirms confirms;  // of the publishes being committed
};

// A command that came while the channel was waiting: a method's payload, or a publish with its content.
using WaitingCommand = std::variant<std::string, std::unique_ptr<IncomingPublish>>;
struct Waiting {
  WaitingCommand command;
  std::size_t bytes = 0;
};

enum class ChannelMode : std::uint8_t { plain, confirming, transactional };

struct Channel {
  explicit Channel(ChannelRef channel_ref) : ref(channel_ref) {}

  ChannelRef ref;
  bool closing = false;  // channel.close was sent; only close and close-ok count
  ChannelMode mode = ChannelMode::plain;
  bool unflushed = false;  // stands in SessionCore::unflushed

  // ---- the method under way ----
  Awaiting awaiting = Awaiting::nothing;
  Asked asked;  // while an answer is awaited
  amqp::MethodId method_id{0, 0};
  std::string held_method;     // payload of the method that waits
  std::string generated_name;  // server-named queue or consumer of the method that waits
  Decision decision = Decision::none;
  std::uint32_t held_count = 0;  // messages that the queue had when it agreed to go
  Ring<Waiting> backlog;

  // ---- publishing ----
  amqp::ContentAssembler content;
  std::unique_ptr<IncomingPublish> incoming;
  PublishMemo memo;
  Confirms confirms;
  std::unique_ptr<Transaction> transaction;

  // ---- consuming ----
  FlatMap<ConsumerId, Consumer> consumers;
  std::map<std::string, ConsumerId, std::less<>> consumer_tags;
  Unsettled unsettled;
  std::vector<ConsumerId> due_consumers;  // with enough of their window to give back
  std::vector<std::string> lost_tags;     // of consumers lost in this step: told together, in order
  std::uint64_t delivery_tag = 0;         // the last one given
  std::uint16_t prefetch = 0;             // for consumers to come
  std::uint16_t shared_limit = 0;         // over all consumers; zero: none
  std::uint32_t shared_used = 0;          // unsettled deliveries to consumers
  std::uint32_t paused_consumers = 0;
  std::string last_queue;          // the last one declared, for the empty-name shortcut
  std::string reply_consumer_tag;  // of the direct reply-to consumer
  std::uint64_t reply_secret = 0;  // zero: no direct reply-to consumer

  bool at_shared_limit() const { return shared_limit != 0 && shared_used >= shared_limit; }
  // The consumer that comes or leaves by the method under way, which answers for it.
  ConsumerId consumer_under_way() const { return awaiting == Awaiting::answer ? asked.consumer : ConsumerId{}; }
};

}  // namespace warren::broker::session
