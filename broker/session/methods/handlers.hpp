// One function per method that a client may send on an open channel. Each answers, asks elsewhere, or says why not.
#pragma once

#include <span>
#include <string_view>

#include "amqp/methods.hpp"
#include "broker/session/channel/desk.hpp"

namespace warren::broker::session {

Failure on(Desk& desk, const amqp::ChannelFlow& method);
Failure on(Desk& desk, const amqp::AccessRequest& method);

Failure on(Desk& desk, const amqp::ExchangeDeclare& method);
Failure on(Desk& desk, const amqp::ExchangeDelete& method);
Failure on(Desk& desk, const amqp::ExchangeBind& method);
Failure on(Desk& desk, const amqp::ExchangeUnbind& method);

Failure on(Desk& desk, const amqp::QueueDeclare& method);
Failure on(Desk& desk, const amqp::QueueBind& method);
Failure on(Desk& desk, const amqp::QueueUnbind& method);
Failure on(Desk& desk, const amqp::QueuePurge& method);
Failure on(Desk& desk, const amqp::QueueDelete& method);

Failure on(Desk& desk, const amqp::BasicQos& method);
Failure on(Desk& desk, const amqp::BasicConsume& method);
Failure on(Desk& desk, const amqp::BasicCancel& method);
Failure on(Desk& desk, const amqp::BasicCancelOk& method);
Failure on(Desk& desk, const amqp::BasicGet& method);

Failure on(Desk& desk, const amqp::BasicAck& method);
Failure on(Desk& desk, const amqp::BasicNack& method);
Failure on(Desk& desk, const amqp::BasicReject& method);
Failure on(Desk& desk, const amqp::BasicRecover& method);
Failure on(Desk& desk, const amqp::BasicRecoverAsync& method);

Failure on(Desk& desk, const amqp::ConfirmSelect& method);
Failure on(Desk& desk, const amqp::TxSelect& method);
Failure on(Desk& desk, const amqp::TxCommit& method);
Failure on(Desk& desk, const amqp::TxRollback& method);

// A publish whose content is complete.
Failure on_publish(Desk& desk, IncomingPublish& publish);

// Decodes the payload of a method frame and calls its handler.
Failure handle_method(Desk& desk, std::string_view payload);
// Handles the method that waits once more: this time it finds what it asked for.
Failure look_again(Desk& desk);

// ---- answers to what a method asked for ----

Failure on_decided(Desk& desk, Decided& decided);
// Whether the event is the answer that the channel waits for.
bool is_awaited(const Channel& channel, const QueueEvent& event);
Failure on_answer(Desk& desk, QueueEvent& event);
Failure on_counted(Desk& desk, const Counted& counted);
Failure on_purged(Desk& desk, const Purged& purged);
Failure on_delete_answer(Desk& desk, const DeleteAnswer& answer);
Failure on_attached(Desk& desk, const Attached& attached);
Failure on_attach_refused(Desk& desk, const AttachRefused& refused);
Failure on_detached(Desk& desk, const Detached& detached);
Failure on_get_answer(Desk& desk, GetAnswer& answer);
Failure on_reply_consumer_answer(Desk& desk, const ReplyConsumerAnswer& answer);

// ---- what queues send unasked ----

void on_delivery(Desk& desk, Delivery& delivery);
void on_confirmed(Desk& desk, const Confirmed& confirmed);
void on_rejected(Desk& desk, const Rejected& rejected);
void on_paused(Desk& desk, const Paused& paused);
void on_consumer_lost(Desk& desk, const ConsumerLost& lost);
void on_direct_reply(Desk& desk, DirectReply& reply);

// basic.cancel for the consumers that went with their queue (amqp.md 3.11).
void tell_lost_consumers(Desk& desk);

// ---- a node that is lost, a queue that moves ----

// What the channel had of queues on that node: consumers are lost, deliveries settle nothing any more; mirrored queues
// whose owner runs, as far as is known, are asked to take their consumers again. Publishes that were not answered are
// rejected. Returns whether an answer from there is awaited: then ask_again finds one.
bool forget_node(Desk& desk, NodeId node);
// A former process of that node took publishes over from another owner, and had not answered them when it ended. What
// was sent to the node itself its link tells.
void forget_handed_on(Desk& desk, NodeId node);
// Who had these queues may have handed publishes on to owners that are not known here, and are no more.
void forget_former_owners(Desk& desk, std::span<const QueueMoved> moves);
// Queues began new reigns: consumers follow them, and who hands a queue over in order hands on what is not confirmed.
// Returns whether an answer of a former reign is awaited: then ask_again finds one.
bool follow_queues(Desk& desk, std::span<const QueueMoved> moves);
// The answer that is awaited does not come. The method under way asks the queue's present owner, or hears what is said
// without one; `lost` is none unless a node was lost.
Failure ask_again(Desk& desk, NodeId lost);

// ---- shared by the above ----

// A delivery was not settled in time (amqp.md 3.18).
Refusal consumer_timed_out(ChannelNumber channel, std::int64_t timeout_ms);

// Everything that the channel holds unsettled goes back, its consumers leave. What has not been committed is forgotten.
void abandon_channel(Desk& desk);

// Sends the confirms that are due and ends a transaction that is through; fails when one could not be kept.
Failure flush_channel(Desk& desk);

// Answers tx.commit once every publish of the transaction is answered.
Failure finish_commit(Desk& desk);

// Gives consumers' windows back to their queues while the socket keeps up. False: some are due and must wait.
bool return_windows(Desk& desk);

// Settles what was noted for a transaction.
void settle_buffered(Desk& desk, const BufferedSettle& buffered);

// Settles all that is held up to the tag; zero: all of it.
void settle_up_to(Desk& desk, std::uint64_t tag, Outcome outcome);

// Lets consumers go on that were told to wait and have nothing on the way, once the channel is below its shared limit.
void update_pauses(Desk& desk);

// Sends a message with its content to the client. Requires: the caller has sent the method that announces it.
void write_content(SessionCore& session, ChannelNumber channel, const MessageRef& message);

// The body alone, in frames; large ones by reference.
void write_body(SessionCore& session, ChannelNumber channel, const MessageRef& message);

// basic.return with its content.
void return_unroutable(Desk& desk, const MessageRef& message);

// Numbers a publish that waits for what it reaches.
std::uint64_t expect_confirms(Desk& desk, Confirms& confirms, const Reach& reach);

// Publishes to queues. Sequence 0: no confirm is wanted.
void enqueue(Desk& desk, MessageRef message, std::span<const QueueRef> queues, std::uint64_t sequence);

}  // namespace warren::broker::session
