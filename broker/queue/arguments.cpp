#include "broker/queue/arguments.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "broker/queue/parts/argument_rows.hpp"

namespace warren::broker {
namespace {

using amqp::Table;
using amqp::Value;

// What consumers of classic queues may say, and what only those of streams may (amqp.md 3.10).
constexpr std::string_view kPriority = "x-priority";
constexpr std::string_view kCancelOnFailover = "x-cancel-on-ha-failover";
constexpr std::string_view kForeignToConsumers[] = {
    "x-stream-offset",
    "x-stream-filter",
    "x-stream-match-unfiltered",
};

// ---- refusals ----

std::string resource(std::string_view queue, std::string_view vhost) {
  return "queue '" + std::string(queue) + "' in vhost '" + std::string(vhost) + '\'';
}

std::string invalid(std::string_view name, const std::string& where) {
  return "invalid arg '" + std::string(name) + "' for " + where;
}

Refusal foreign(std::string_view name, const std::string& where) {
  return precondition_failed(invalid(name, where) + " of queue type rabbit_classic_queue");
}

Refusal inequivalent(std::string_view name, const std::string& where, const std::string& received,
                     const std::string& current) {
  return precondition_failed("inequivalent arg '" + std::string(name) + "' for " + where + ": received " + received +
                             " but current is " + current);
}

std::optional<Refusal> compare_flags(std::string_view name, const std::string& where, bool received, bool current) {
  if (received == current) return {};
  const auto shown = [](bool flag) { return flag ? "'true'" : "'false'"; };
  return inequivalent(name, where, shown(received), shown(current));
}

bool is_classic_type(std::string_view name, const Value* value) {
  return name == kQueueTypeArgument && value != nullptr && value->text() != nullptr && *value->text() == kClassicType;
}

// One known argument of a declaration against that of the queue, either of which may be absent (amqp.md 3.4 step 5).
std::optional<Refusal> compare_arguments(std::string_view name, const std::string& where, const Value* received,
                                         const Value* current) {
  // The type of a queue that does not say is classic.
  if (is_classic_type(name, received)) received = nullptr;
  if (is_classic_type(name, current)) current = nullptr;
  if (received == nullptr && current == nullptr) return {};
  const auto alone = [](const Value* value) {
    if (value == nullptr) return std::string("none");
    return "the value '" + amqp::print(*value) + "' of type '" + std::string(amqp::type_name(*value)) + '\'';
  };
  if (received == nullptr || current == nullptr) return inequivalent(name, where, alone(received), alone(current));
  if (amqp::equivalent(*received, *current)) return {};
  return inequivalent(name, where, '\'' + amqp::print(*received) + '\'', '\'' + amqp::print(*current) + '\'');
}

std::optional<Refusal> check_queue_type(const std::string& where, const Table& arguments) {
  const Value* type = arguments.find(kQueueTypeArgument);
  if (type == nullptr) return {};
  if (Complaint complaint = check_queue_type_name(*type))
    return precondition_failed(invalid(kQueueTypeArgument, where) + ": " + *complaint);
  if (*type->text() == kClassicType) return {};
  return precondition_failed("queue type '" + *type->text() + "' is not supported by this server yet, for " + where);
}

// Durability means nothing for a queue that goes with its connection (amqp.md 3.4 step 2).
bool effectively_durable(const QueueDefinition& queue) { return queue.durable && !queue.exclusive(); }

}  // namespace

Result<QueueSettings, Refusal> check_arguments(std::string_view queue, std::string_view vhost, const Table& arguments) {
  const std::string where = resource(queue, vhost);
  const Value* exchange = arguments.find(kDeadLetterExchangeArgument);
  if (exchange != nullptr && exchange->text() == nullptr)
    return precondition_failed("invalid type '" + std::string(amqp::type_name(*exchange)) + "' for arg '" +
                               std::string(kDeadLetterExchangeArgument) + "' in " + where);
  if (std::optional<Refusal> refusal = check_queue_type(where, arguments)) return std::move(*refusal);
  QueueSettings settings;
  for (const ArgumentRow& row : argument_rows()) {
    const Value* value = arguments.find(row.name);
    if (value == nullptr) continue;
    if (Complaint complaint = row.check(*value, arguments))
      return precondition_failed(invalid(row.name, where) + ": " + *complaint);
    row.apply(*value, settings);
  }
  for (const std::string_view name : foreign_arguments())
    if (arguments.find(name) != nullptr) return foreign(name, where);
  return settings;
}

QueueSettings settings_of(const QueueDefinition& definition, const Table* policy) {
  QueueSettings settings;
  settings.auto_delete = definition.auto_delete;
  settings.durable = definition.durable && !definition.exclusive();
  for (const ArgumentRow& row : argument_rows()) {
    const Value* value = definition.arguments.find(row.name);
    if (value != nullptr && !row.check(*value, definition.arguments)) row.apply(*value, settings);
  }
  if (policy != nullptr) add_policy(*policy, definition.arguments, settings);
  return settings;
}

std::optional<Refusal> check_equivalence(const QueueDefinition& existing, const QueueDefinition& wanted,
                                         std::string_view vhost) {
  const std::string where = resource(existing.name, vhost);
  if (existing.exclusive_owner != wanted.exclusive_owner)
    return Refusal{amqp::ReplyCode::resource_locked,
                   "cannot obtain exclusive access to locked " + where +
                       ". It could be originally declared on another connection or the exclusive property value does "
                       "not match that of the original declaration."};
  if (auto refusal = compare_flags("durable", where, effectively_durable(wanted), effectively_durable(existing)))
    return refusal;
  if (auto refusal = compare_flags("auto_delete", where, wanted.auto_delete, existing.auto_delete)) return refusal;
  for (const ArgumentRow& row : argument_rows())
    if (auto refusal =
            compare_arguments(row.name, where, wanted.arguments.find(row.name), existing.arguments.find(row.name)))
      return refusal;
  return {};
}

Result<ConsumerArguments, Refusal> check_consumer_arguments(std::string_view queue, std::string_view vhost,
                                                            const Table& arguments) {
  const std::string where = resource(queue, vhost);
  ConsumerArguments meaning;
  if (const Value* value = arguments.find(kPriority)) {
    if (Complaint complaint = check_integer(*value))
      return precondition_failed(invalid(kPriority, where) + ": " + *complaint);
    using Priority = std::numeric_limits<std::int32_t>;
    meaning.priority = static_cast<std::int32_t>(
        std::clamp<std::int64_t>(*amqp::as_integer(*value), Priority::min(), Priority::max()));
  }
  if (const Value* value = arguments.find(kCancelOnFailover)) {
    if (Complaint complaint = check_bool(*value))
      return precondition_failed(invalid(kCancelOnFailover, where) + ": " + *complaint);
    meaning.cancel_on_failover = *value->get<bool>();
  }
  for (const std::string_view name : kForeignToConsumers)
    if (arguments.find(name) != nullptr) return foreign(name, where);
  return meaning;
}

}  // namespace warren::broker
