#include "broker/queue/parts/argument_rows.hpp"

#include <algorithm>
#include <initializer_list>

#include "base/limits.hpp"

namespace warren::broker {
namespace {

using amqp::Table;
using amqp::Value;

constexpr std::int64_t kPriorityMax = 255;

// ---- details, as RabbitMQ prints its terms ----

std::string name_in_quotes(std::string text) { return '"' + text + '"'; }

std::string term(std::string_view name, std::int64_t number) {
  return '{' + std::string(name) + ',' + std::to_string(number) + '}';
}

std::string unacceptable_type(const Value& value) {
  return "{unacceptable_type," + std::string(amqp::type_name(value)) + '}';
}

bool is_one_of(const std::string& text, std::initializer_list<std::string_view> known) {
  return std::find(known.begin(), known.end(), text) != known.end();
}

// ---- checks ----

Complaint check_non_negative(const Value& value, const Table&) {
  if (Complaint complaint = check_integer(value)) return complaint;
  const std::int64_t number = *amqp::as_integer(value);
  return number < 0 ? Complaint(term("value_negative", number)) : Complaint();
}

Complaint check_ttl(const Value& value, const Table& all) {
  if (Complaint complaint = check_non_negative(value, all)) return complaint;
  const std::int64_t number = *amqp::as_integer(value);
  return number > limits::kExpiryMsMax ? Complaint(term("value_too_large", number)) : Complaint();
}

Complaint check_expires(const Value& value, const Table& all) {
  if (Complaint complaint = check_ttl(value, all)) return complaint;
  return *amqp::as_integer(value) == 0 ? Complaint(term("value_zero", 0)) : Complaint();
}

Complaint check_priority_levels(const Value& value, const Table& all) {
  if (Complaint complaint = check_non_negative(value, all)) return complaint;
  const std::int64_t number = *amqp::as_integer(value);
  return number > kPriorityMax ? Complaint(term("max_value_exceeded", number)) : Complaint();
}

Complaint check_text(const Value& value, const Table&) {
  return value.text() == nullptr ? Complaint(unacceptable_type(value)) : Complaint();
}

Complaint check_dead_letter_key(const Value& value, const Table& all) {
  if (Complaint complaint = check_text(value, all)) return complaint;
  return all.find(kDeadLetterExchangeArgument) == nullptr ? Complaint("routing_key_but_no_dlx_defined") : Complaint();
}

Complaint check_overflow(const Value& value, const Table& all) {
  if (Complaint complaint = check_text(value, all)) return complaint;
  if (is_one_of(*value.text(), {"drop-head", "reject-publish", "reject-publish-dlx"})) return {};
  return "invalid_overflow";
}

Complaint check_mode(const Value& value, const Table& all) {
  if (Complaint complaint = check_text(value, all)) return complaint;
  if (is_one_of(*value.text(), {"default", "lazy"})) return {};
  return name_in_quotes("unsupported queue mode '" + *value.text() + "'");
}

Complaint check_version(const Value& value, const Table& all) {
  if (Complaint complaint = check_non_negative(value, all)) return complaint;
  const std::int64_t number = *amqp::as_integer(value);
  if (number == 1 || number == 2) return {};
  return name_in_quotes("unsupported queue version '" + std::to_string(number) + "'");
}

Complaint check_single_active(const Value& value, const Table&) { return check_bool(value); }

Complaint check_type(const Value& value, const Table&) { return check_queue_type_name(value); }

Complaint check_leader_locator(const Value& value, const Table& all) {
  if (Complaint complaint = check_text(value, all)) return complaint;
  if (is_one_of(*value.text(), {"client-local", "balanced", "random", "least-leaders"})) return {};
  return "invalid_queue_locator_arg";
}

// RabbitMQ fails on unknown names; a plain refusal is meant (amqp.md 9).
Complaint check_master_locator(const Value& value, const Table& all) {
  if (Complaint complaint = check_text(value, all)) return complaint;
  if (is_one_of(*value.text(), {"client-local", "min-masters", "random"})) return {};
  return "invalid_queue_locator_arg";
}

// ---- effects. Each requires that the check has passed. ----

void no_effect(const Value&, QueueSettings&) {}

void set_expires(const Value& value, QueueSettings& settings) { settings.expires_ms = amqp::as_integer(value); }
void set_ttl(const Value& value, QueueSettings& settings) { settings.message_ttl_ms = amqp::as_integer(value); }
void set_length(const Value& value, QueueSettings& settings) { settings.max_length = amqp::as_integer(value); }
void set_bytes(const Value& value, QueueSettings& settings) { settings.max_length_bytes = amqp::as_integer(value); }

void set_dead_letter_exchange(const Value& value, QueueSettings& settings) {
  settings.dead_letter = DeadLetterTarget{*value.text(), {}};
}

// Comes after the exchange in the list.
void set_dead_letter_key(const Value& value, QueueSettings& settings) {
  if (settings.dead_letter) settings.dead_letter->routing_key = *value.text();
}

// 0 behaves as 1 (amqp.md 5.5).
void set_priorities(const Value& value, QueueSettings& settings) {
  settings.max_priority = static_cast<std::uint8_t>(std::max<std::int64_t>(*amqp::as_integer(value), 1));
}

void read_overflow(std::string_view word, QueueSettings& settings) {
  settings.overflow = word == "reject-publish"       ? Overflow::reject_publish
                      : word == "reject-publish-dlx" ? Overflow::reject_publish_dlx
                                                     : Overflow::drop_head;
}

void set_overflow(const Value& value, QueueSettings& settings) { read_overflow(*value.text(), settings); }

void set_single_active(const Value& value, QueueSettings& settings) {
  settings.single_active_consumer = *value.get<bool>();
}

// ---- the lists ----

// What a classic queue knows.
constexpr ArgumentRow kRows[] = {
    {"x-expires", check_expires, set_expires},
    {"x-message-ttl", check_ttl, set_ttl},
    {kDeadLetterExchangeArgument, check_text, set_dead_letter_exchange},
    {"x-dead-letter-routing-key", check_dead_letter_key, set_dead_letter_key},
    {"x-max-length", check_non_negative, set_length},
    {"x-max-length-bytes", check_non_negative, set_bytes},
    {"x-max-priority", check_priority_levels, set_priorities},
    {"x-overflow", check_overflow, set_overflow},
    {"x-queue-mode", check_mode, no_effect},
    {"x-queue-version", check_version, no_effect},
    {"x-single-active-consumer", check_single_active, set_single_active},
    {kQueueTypeArgument, check_type, no_effect},
    {kMasterLocatorArgument, check_master_locator, no_effect},
    {"x-queue-leader-locator", check_leader_locator, no_effect},
};

// What only quorum queues and streams know.
constexpr std::string_view kForeign[] = {
    "x-dead-letter-strategy",          "x-max-in-memory-length", "x-max-in-memory-bytes",
    "x-quorum-initial-group-size",     "x-delivery-limit",       "x-max-age",
    "x-stream-max-segment-size-bytes", "x-initial-cluster-size", "x-stream-filter-size-bytes",
};

// ---- policies ----

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

std::span<const ArgumentRow> argument_rows() { return kRows; }

std::span<const std::string_view> foreign_arguments() { return kForeign; }

Complaint check_queue_type_name(const Value& value) {
  if (value.text() == nullptr) return unacceptable_type(value);
  if (is_one_of(*value.text(), {kClassicType, "quorum", "stream"})) return {};
  return name_in_quotes("unsupported queue type '" + *value.text() + "'");
}

Complaint check_integer(const Value& value) {
  if (amqp::as_integer(value)) return {};
  return name_in_quotes("expected integer, got " + std::string(amqp::type_name(value)));
}

Complaint check_bool(const Value& value) {
  return value.get<bool>() == nullptr ? Complaint(unacceptable_type(value)) : Complaint();
}

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
