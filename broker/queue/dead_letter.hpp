// Dead letters: the message that is published again, where to, and when a cycle ends it (amqp.md 5.6).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "broker/message.hpp"
#include "broker/queue/effects.hpp"
#include "broker/queue/settings.hpp"

namespace warren::broker {

// The keys that a message was routed by when it was published or died last, CC and BCC included.
std::vector<std::string> routing_keys_of(const Message& message);

// The keys to route a dead letter by: the target's key, or those above.
std::vector<std::string> dead_letter_keys(const Message& message, const DeadLetterTarget& target);

// The message to publish in place of one that died in `queue`: exchange and first routing key are the new ones, the
// expiration is gone, the headers tell the history. A history that a client sent is overwritten.
// Requires: properties that were checked when the message was published.
MessageRef make_dead_letter(const Message& message, std::string_view queue, DeathReason reason,
                            const DeadLetterTarget& target, WallSeconds now_s);

// Whether a dead letter (as made above) must not enter `queue`: it has died there before, and nobody rejected it since.
bool dropped_by_cycle(const Message& dead_letter, std::string_view queue);

}  // namespace warren::broker
