// What must hold before a method touches an exchange or a queue: the user's rights (amqp.md 6.1), and that it is there.
#pragma once

#include <string_view>

#include "broker/session/channel/desk.hpp"
#include "broker/session/rules/rights.hpp"

namespace warren::broker::session {

// 403 when the user lacks the right; the thing need not exist. The default exchange goes by the name amq.default.
Failure check_exchange_right(Desk& desk, Right right, std::string_view exchange);
Failure check_queue_right(Desk& desk, Right right, std::string_view queue);

// 403 when the exchange is a topic exchange and the user may not write or read that routing key (amqp.md 6.2).
Failure check_topic_right(Desk& desk, Right right, const Exchange& exchange, std::string_view key);

// Both ends of a bind or unbind, in the order of amqp.md 3.7: neither may be the default exchange.
Failure check_binding_access(Desk& desk, const Bind& bind);

// 404 when the queue's node is not running (clustering.md 3.3).
Failure check_home(const Desk& desk, const QueueDefinition& queue);
// Its words.
Refusal home_down(const Desk& desk, const QueueDefinition& queue);

// The queue, if this session may touch it: it exists, its node runs, and it is not another connection's own.
Result<const QueueDefinition*, Refusal> usable_queue(const Desk& desk, std::string_view name);

}  // namespace warren::broker::session
