// fanout: every binding matches (amqp.md 4.4).
#pragma once

#include "broker/exchange/exchange_type.hpp"

namespace warren::broker {

extern const ExchangeTypeInfo kFanoutExchange;

}  // namespace warren::broker
