// The exchange types that exist.
#pragma once

#include <span>
#include <string_view>

#include "broker/exchange/exchange_type.hpp"

namespace warren::broker {

std::span<const ExchangeTypeInfo* const> exchange_types();

// Null when there is no such type.
const ExchangeTypeInfo* find_exchange_type(std::string_view name);

}  // namespace warren::broker
