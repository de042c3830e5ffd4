// x-consistent-hash: one destination, chosen by a hash, in proportion to weights (amqp.md 4.7).
#pragma once

#include "broker/exchange/exchange_type.hpp"

namespace warren::broker {

extern const ExchangeTypeInfo kConsistentHashExchange;

}  // namespace warren::broker
