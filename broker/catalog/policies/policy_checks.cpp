#include "broker/catalog/policies/policy_checks.hpp"

#include <algorithm>
#include <initializer_list>
#include <string_view>

#include "base/limits.hpp"
#include "base/pattern/pattern.hpp"
#include "broker/catalog/policies/mirror_keys.hpp"
#include "broker/catalog/policies/terms.hpp"

namespace warren::broker {
namespace {

using amqp::Value;
using Mistake = std::optional<std::string>;

struct KeyRow {
  std::string_view key;
  bool (*valid)(const Value& value);
  std::string_view otherwise;  // follows the value
  bool of_operators = false;   // they may set it too
};

// ---- what values are valid ----

template <std::int64_t kLeast, std::int64_t kMost>
bool integer(const Value& value) {
  const std::optional<std::int64_t> number = amqp::as_integer(value);
  return number && *number >= kLeast && *number <= kMost;
}
constexpr auto kAnyCount = integer<0, INT64_MAX>;
constexpr auto kPositive = integer<1, INT64_MAX>;

bool text(const Value& value) { return value.text() != nullptr; }
bool name(const Value& value) { return text(value) && value.text()->size() <= limits::kShortStringBytesMax; }

bool one_of(const Value& value, std::initializer_list<std::string_view> words) {
  return text(value) && std::find(words.begin(), words.end(), *value.text()) != words.end();
}
bool queue_mode(const Value& value) { return one_of(value, {"default", "lazy"}); }
bool overflow(const Value& value) { return one_of(value, {"drop-head", "reject-publish", "reject-publish-dlx"}); }
bool strategy(const Value& value) { return one_of(value, {"at-most-once", "at-least-once"}); }
bool master_locator(const Value& value) { return one_of(value, {"client-local", "min-masters", "random"}); }
bool leader_locator(const Value& value) {
  return one_of(value, {"client-local", "balanced", "random", "least-leaders"});
}

// A number and one of the letters of years, months, days, hours, minutes, seconds.
bool max_age(const Value& value) {
  if (!text(value) || value.text()->size() < 2) return false;
  const std::string_view all = *value.text();
  return std::string_view("YMDhms").find(all.back()) != std::string_view::npos &&
         all.substr(0, all.size() - 1).find_first_not_of("0123456789") == std::string_view::npos;
}

// Those that mean something to quorum queues and streams alone are accepted as RabbitMQ does for classic queues: the
// same policy may be meant for several types.
constexpr KeyRow kPolicyKeys[] = {
    {kAlternateExchangeKey, name, "is not a valid alternate exchange name"},
    {"dead-letter-exchange", name, "is not a valid dead letter exchange name"},
    {"dead-letter-routing-key", name, "is not a valid dead letter routing key"},
    {"dead-letter-strategy", strategy, "is not a valid dead letter strategy"},
    {"message-ttl", integer<0, limits::kExpiryMsMax>, "is not a valid message TTL", true},
    {"expires", integer<1, limits::kExpiryMsMax>, "is not a valid queue expiry", true},
    {"max-length", kAnyCount, "is not a valid maximum length", true},
    {"max-length-bytes", kAnyCount, "is not a valid maximum length in bytes", true},
    {"max-in-memory-length", kAnyCount, "is not a valid maximum memory in messages", true},
    {"max-in-memory-bytes", kAnyCount, "is not a valid maximum memory in bytes", true},
    {"overflow", overflow, "is not a valid overflow value", true},
    {"delivery-limit", integer<INT64_MIN, INT64_MAX>, "is not a valid delivery limit", true},
    {"queue-mode", queue_mode, "is not a valid queue mode"},
    {"queue-version", integer<1, 2>, "is not a valid queue version", true},
    {kMasterLocatorKey, master_locator, "invalid queue-master-locator value"},
    {"queue-leader-locator", leader_locator, "is not a valid queue leader locator value"},
    {kConsumerTimeoutKey, integer<0, limits::kExpiryMsMax>, "is not a valid consumer timeout"},
    {"max-age", max_age, "is not a valid max age"},
    {"stream-max-segment-size-bytes", integer<0, 3'000'000'000>, "is not a valid segment size"},
    {"stream-filter-size-bytes", integer<16, 255>, "is not a valid filter size"},
    {"initial-cluster-size", kPositive, "is not a valid cluster size"},
    {"target-group-size", kPositive, "is not a valid target group size", true},
};

const KeyRow* row_of(std::string_view key, PolicyKind kind) {
  const auto* found = std::ranges::find(kPolicyKeys, key, &KeyRow::key);
  if (found == std::end(kPolicyKeys)) return nullptr;
  return kind == PolicyKind::user || found->of_operators ? found : nullptr;
}

bool is_recognised(std::string_view key, PolicyKind kind) {
  if (row_of(key, kind) != nullptr) return true;
  return kind == PolicyKind::user ? is_mirror_key(key) : is_mirror_key_of_operators(key);
}

// Values are judged before keys.
Mistake mistake_in_definition(const PolicyDefinition& policy) {
  const amqp::Table& definition = policy.definition;
  if (definition.empty()) return "no policy provided";
  for (const auto& [key, value] : definition.entries) {
    const KeyRow* row = row_of(key, policy.kind);
    if (row != nullptr && !row->valid(value)) return term_of(value) + ' ' + std::string(row->otherwise);
  }
  if (Mistake mistake = mistake_in_mirror_keys(definition)) return mistake;
  amqp::Table unknown;
  for (const auto& entry : definition.entries)
    if (!is_recognised(entry.first, policy.kind)) unknown.entries.push_back(entry);
  if (unknown.empty()) return {};
  return term_of(unknown) + " are not recognised policy settings";
}

Mistake mistake_in(const PolicyDefinition& policy) {
  if (policy.name.empty() || policy.name.size() > limits::kPolicyNameBytesMax)
    return "the name of a policy has 1 to " + std::to_string(limits::kPolicyNameBytesMax) + " bytes";
  if (Result<Pattern, std::string> pattern = Pattern::read(policy.pattern); !pattern)
    return "pattern should be regular expression but is invalid: " + pattern.error();
  if (!amqp::encodable(policy.definition) || amqp::encoded_size(policy.definition) > limits::kPolicyBytesMax)
    return "a definition has at most " + std::to_string(limits::kPolicyBytesMax) + " bytes";
  return mistake_in_definition(policy);
}

}  // namespace

Refusal validation_failed(const std::string& what) {
  return {amqp::ReplyCode::precondition_failed, "Validation failed\n\n" + what};
}

std::optional<Refusal> check_policy(const PolicyDefinition& policy) {
  if (Mistake mistake = mistake_in(policy)) return validation_failed(*mistake);
  return {};
}

}  // namespace warren::broker
