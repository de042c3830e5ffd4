// direct: a binding matches when its key is one of the message's keys, byte for byte (amqp.md 4.3).
#pragma once

#include "broker/exchange/exchange_type.hpp"

namespace warren::broker {

extern const ExchangeTypeInfo kDirectExchange;

}  // namespace warren::broker
