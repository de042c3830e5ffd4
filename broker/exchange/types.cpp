#include "broker/exchange/types.hpp"

#include <algorithm>
#include <array>

#include "broker/exchange/types/direct.hpp"
#include "broker/exchange/types/fanout.hpp"
#include "broker/exchange/types/headers.hpp"
#include "broker/exchange/types/recent_history.hpp"
#include "broker/exchange/types/spread/consistent_hash.hpp"
#include "broker/exchange/types/spread/modulus_hash.hpp"
#include "broker/exchange/types/spread/random.hpp"
#include "broker/exchange/types/topic.hpp"

namespace warren::broker {
namespace {

constexpr std::array<const ExchangeTypeInfo*, 9> kTypes{
    &kDirectExchange,          //
    &kFanoutExchange,          //
    &kTopicExchange,           //
    &kHeadersExchange,         //
    &kConsistentHashExchange,  //
    &kRandomExchange,          //
    &kLocalRandomExchange,     //
    &kModulusHashExchange,     //
    &kRecentHistoryExchange,   //
};

}  // namespace

std::span<const ExchangeTypeInfo* const> exchange_types() { return kTypes; }

const ExchangeTypeInfo* find_exchange_type(std::string_view name) {
  const auto* found = std::ranges::find(kTypes, name, &ExchangeTypeInfo::name);
  return found == kTypes.end() ? nullptr : *found;
}

}  // namespace warren::broker
