// The x-arguments of queues and of their consumers: checks, in the words that clients know, and meaning.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "amqp/table.hpp"
#include "base/result.hpp"
#include "broker/catalog/definitions.hpp"
#include "broker/queue/settings.hpp"
#include "broker/refusal.hpp"

namespace warren::broker {

// Checks the arguments of a declaration that would make a new queue (amqp.md 3.4 steps 6 to 8, 5.1) and tells what they
// mean. Unknown arguments pass. Leaves `auto_delete` alone.
Result<QueueSettings, Refusal> check_arguments(std::string_view queue, std::string_view vhost,
                                               const amqp::Table& arguments);

// The settings of a queue that was declared, with what of a policy is in force for it; null: nothing. Arguments that
// would not pass today have no effect.
QueueSettings settings_of(const QueueDefinition& definition, const amqp::Table* policy);

// Whether declaring `wanted` again is the same as `existing` (amqp.md 3.4 step 5). `wanted.exclusive_owner` is the
// declaring session if it asks for an exclusive queue, else none.
std::optional<Refusal> check_equivalence(const QueueDefinition& existing, const QueueDefinition& wanted,
                                         std::string_view vhost);

// What the arguments of basic.consume mean.
struct ConsumerArguments {
  std::int32_t priority = 0;
  bool cancel_on_failover = false;  // told when the queue gets another owner, and gone (clustering.md 4.8)
};

// Checks the arguments of basic.consume (amqp.md 3.10). Priorities beyond 32 bits are taken as the nearest that fits.
Result<ConsumerArguments, Refusal> check_consumer_arguments(std::string_view queue, std::string_view vhost,
                                                            const amqp::Table& arguments);

}  // namespace warren::broker
