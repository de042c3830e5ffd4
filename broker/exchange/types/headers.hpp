// headers: binding arguments are patterns over the headers table (amqp.md 4.6).
#pragma once

#include "broker/exchange/exchange_type.hpp"

namespace warren::broker {

extern const ExchangeTypeInfo kHeadersExchange;

}  // namespace warren::broker
