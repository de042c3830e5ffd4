#include "broker/session/channel/consumers.hpp"

#include <utility>
#include <variant>

#include "broker/session/methods/handlers.hpp"

namespace warren::broker::session {
namespace {

void settle_in(Desk& desk, Consumer& consumer, const QueueDefinition& queue) {
  Channel& channel = desk.channel;
  if (consumer.paused) --channel.paused_consumers;
  consumer.queue = queue.ref;
  consumer.home = queue.owner;
  consumer.slot = {};
  consumer.unreturned = 0;
  consumer.paused = consumer.pause_heard = !consumer.no_ack && channel.at_shared_limit();
  channel.paused_consumers += consumer.paused ? 1 : 0;
}

Attach request_of(const Desk& desk, const Consumer& consumer) {
  Attach request;
  request.session = desk.session.self;
  request.channel = desk.channel.ref;
  request.consumer = consumer.id;
  request.tag = consumer.tag;
  request.arguments = consumer.arguments;
  request.priority = consumer.priority;
  request.prefetch = consumer.prefetch;
  request.no_ack = consumer.no_ack;
  request.exclusive = consumer.exclusive;
  request.paused = consumer.paused;
  return request;
}

// One that waits to be taken by that reign of its queue.
Consumer* waiting(Channel& channel, ConsumerId id, const QueueRef& queue) {
  Consumer* consumer = channel.consumers.find(id);
  return consumer != nullptr && !consumer->slot && consumer->queue == queue ? consumer : nullptr;
}

}  // namespace

void open_consumer(Desk& desk, Consumer consumer, const QueueDefinition& queue) {
  Channel& channel = desk.channel;
  const ConsumerId id = consumer.id;
  settle_in(desk, consumer, queue);
  desk.send(queue.ref, request_of(desk, consumer));
  desk.await_answer({queue.ref, queue.owner, id});
  channel.consumer_tags.emplace(consumer.tag, id);
  channel.consumers.insert(id, std::move(consumer));
}

void attach_again(Desk& desk, Consumer& consumer, const QueueDefinition& queue) {
  settle_in(desk, consumer, queue);
  desk.send(queue.ref, request_of(desk, consumer));
}

void forget_consumer(Channel& channel, ConsumerId id) {
  if (const Consumer* consumer = channel.consumers.find(id)) {
    channel.consumer_tags.erase(consumer->tag);
    channel.consumers.erase(id);
  }
}

void lose_consumer(Desk& desk, ConsumerId id) {
  const Consumer* consumer = desk.channel.consumers.find(id);
  if (consumer == nullptr) return;
  desk.channel.lost_tags.push_back(consumer->tag);
  forget_consumer(desk.channel, id);
  desk.mark_unflushed();
}

bool take_attached(Desk& desk, const Attached& attached) {
  Consumer* consumer = waiting(desk.channel, attached.consumer, attached.queue);
  if (consumer == nullptr) return false;
  consumer->slot = attached.slot;
  // There may have come room while it could not be told.
  update_pauses(desk);
  return true;
}

bool take_unasked(Desk& desk, const QueueEvent& event) {
  if (const auto* attached = std::get_if<Attached>(&event)) return take_attached(desk, *attached);
  const auto* refused = std::get_if<AttachRefused>(&event);
  if (refused == nullptr || waiting(desk.channel, refused->consumer, refused->queue) == nullptr) return false;
  lose_consumer(desk, refused->consumer);
  return true;
}

}  // namespace warren::broker::session
