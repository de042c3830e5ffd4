// x-recent-history: a fanout that gives its last messages to whoever is bound later (amqp.md 4.10).
#pragma once

#include "broker/exchange/exchange_type.hpp"

namespace warren::broker {

// Routes, and says what is to be kept; who keeps it is not its business.
extern const ExchangeTypeInfo kRecentHistoryExchange;

}  // namespace warren::broker
