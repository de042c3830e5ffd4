#include "broker/queue/parts/limits_policy.hpp"

namespace warren::broker {

std::unique_ptr<LimitsPolicy> LimitsPolicy::make(const QueueSettings& settings, Instant now) {
  if (!settings.message_ttl_ms && !settings.expires_ms && !settings.max_length && !settings.max_length_bytes) return {};
  return std::unique_ptr<LimitsPolicy>(new LimitsPolicy(settings, now));
}

LimitsPolicy::LimitsPolicy(const QueueSettings& settings, Instant now)
    : message_ttl_ms_(settings.message_ttl_ms.value_or(kUnlimited)),
      expires_ms_(settings.expires_ms.value_or(kUnlimited)),
      used_at_(now),
      overflow_(settings.overflow) {
  if (settings.max_length) max_length_ = static_cast<std::uint64_t>(*settings.max_length);
  if (settings.max_length_bytes) max_body_bytes_ = static_cast<std::uint64_t>(*settings.max_length_bytes);
}

}  // namespace warren::broker
