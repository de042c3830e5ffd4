// x-random and x-local-random: one binding, chosen by chance (amqp.md 4.8).
#pragma once

#include "broker/exchange/exchange_type.hpp"

namespace warren::broker {

extern const ExchangeTypeInfo kRandomExchange;
// Chooses among bindings to queues of this node only, so that publishing costs no hop.
extern const ExchangeTypeInfo kLocalRandomExchange;

}  // namespace warren::broker
