// x-modulus-hash: one binding, chosen by the hash of the routing keys (amqp.md 4.9).
#pragma once

#include "broker/exchange/exchange_type.hpp"

namespace warren::broker {

extern const ExchangeTypeInfo kModulusHashExchange;

}  // namespace warren::broker
