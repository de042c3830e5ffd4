// topic: binding keys are patterns over words (amqp.md 4.5).
#pragma once

#include "broker/exchange/exchange_type.hpp"

namespace warren::broker {

extern const ExchangeTypeInfo kTopicExchange;

}  // namespace warren::broker
