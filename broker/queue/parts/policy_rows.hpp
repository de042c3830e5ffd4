// What a policy means to a queue beside its arguments (amqp.md 5.2).
#pragma once

#include "amqp/table.hpp"
#include "broker/queue/settings.hpp"

namespace warren::broker {

// Of limits the smaller counts; of all else the argument, where there is one. Keys that a classic queue does not know
// mean nothing, nor do values that would not pass.
void add_policy(const amqp::Table& policy, const amqp::Table& arguments, QueueSettings& settings);

}  // namespace warren::broker
