#include "broker/queue/parts/policy_rows.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "broker/queue/parts/argument_rows.hpp"

namespace warren::broker {
namespace {

using amqp::Table;
using Limit = std::optional<std::int64_t> QueueSettings::*;

struct LimitRow {
  std::string_view key;
  Limit limit;
};

constexpr LimitRow kLimits[] = {
    {"message-ttl", &QueueSettings::message_ttl_ms},
    {"expires", &QueueSettings::expires_ms},
    {"max-length", &QueueSettings::max_length},
    {"max-length-bytes", &QueueSettings::max_length_bytes},
};

constexpr std::string_view kOverflow = "overflow";
constexpr std::string_view kOverflowArgument = "x-overflow";

const std::string* text(const Table& policy, std::string_view key) {
  const amqp::Value* value = policy.find(key);
  return value == nullptr ? nullptr : value->text();
}

// Each of the two is chosen by itself; a key alone means nothing.
void add_dead_letter(const Table& policy, QueueSettings& settings) {
  const std::string* exchange = text(policy, "dead-letter-exchange");
  if (!settings.dead_letter && exchange != nullptr) settings.dead_letter = DeadLetterTarget{*exchange, {}};
  const std::string* key = text(policy, "dead-letter-routing-key");
  if (settings.dead_letter && !settings.dead_letter->routing_key && key != nullptr)
    settings.dead_letter->routing_key = *key;
}

}  // namespace

void add_policy(const Table& policy, const Table& arguments, QueueSettings& settings) {
  for (const LimitRow& row : kLimits) {
    const amqp::Value* value = policy.find(row.key);
    const std::optional<std::int64_t> number = value == nullptr ? std::nullopt : amqp::as_integer(*value);
    if (!number || *number < 0) continue;
    std::optional<std::int64_t>& limit = settings.*row.limit;
    limit = limit ? std::min(*limit, *number) : *number;
  }
  add_dead_letter(policy, settings);
  const std::string* overflow = text(policy, kOverflow);
  if (overflow != nullptr && arguments.find(kOverflowArgument) == nullptr) read_overflow(*overflow, settings);
}

}  // namespace warren::broker
