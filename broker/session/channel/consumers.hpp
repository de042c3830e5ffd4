// The consumers of a channel: how they come to their queues, follow them, and go.
#pragma once

#include <algorithm>
#include <vector>

#include "broker/session/channel/desk.hpp"

namespace warren::broker::session {

// Enters a consumer that is new and asks the queue to take it; the channel waits for the answer.
void open_consumer(Desk& desk, Consumer consumer, const QueueDefinition& queue);

// The queue has forgotten the consumer, or begun another reign: it is asked to take it as it took it before, and begins
// with a full window. Requires: the queue is the one that it had.
void attach_again(Desk& desk, Consumer& consumer, const QueueDefinition& queue);

// The client knows already.
void forget_consumer(Channel& channel, ConsumerId id);
// The client is told at the end of the step.
void lose_consumer(Desk& desk, ConsumerId id);

// The queue has taken the consumer. False: nobody waits for that.
bool take_attached(Desk& desk, const Attached& attached);
// An answer to what attach_again asked: a consumer that is refused is lost. False: it is none, or nobody waits for it.
bool take_unasked(Desk& desk, const QueueEvent& event);

// Those of which wanted(consumer) holds, in the order in which they came.
template <class Wanted>
std::vector<ConsumerId> consumers_where(const Channel& channel, const Wanted& wanted) {
  std::vector<ConsumerId> found;
  channel.consumers.for_each([&](ConsumerId id, const Consumer& consumer) {
    if (wanted(consumer)) found.push_back(id);
  });
  std::ranges::sort(found);
  return found;
}

}  // namespace warren::broker::session
