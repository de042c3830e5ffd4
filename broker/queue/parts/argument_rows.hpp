// One row per x-argument that a classic queue knows: name, check, effect (amqp.md 5.1); and what policies add (5.2).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "amqp/table.hpp"
#include "broker/queue/settings.hpp"

namespace warren::broker {

// The detail of an error text, or none.
using Complaint = std::optional<std::string>;

struct ArgumentRow {
  std::string_view name;
  // `all` is the table that the value stands in: some arguments need others.
  Complaint (*check)(const amqp::Value& value, const amqp::Table& all);
  // Requires: the check passes.
  void (*apply)(const amqp::Value& value, QueueSettings& settings);
};

inline constexpr std::string_view kQueueTypeArgument = "x-queue-type";
inline constexpr std::string_view kClassicType = "classic";

// In the order in which RabbitMQ checks and compares them.
std::span<const ArgumentRow> argument_rows();

// Arguments that only quorum queues and streams know.
std::span<const std::string_view> foreign_arguments();

// What is wrong with the name of a queue type, supported here or not.
Complaint check_queue_type_name(const amqp::Value& value);

// What is wrong with a value that should be an integer, whatever its width.
Complaint check_integer(const amqp::Value& value);

// What is wrong with a value that should be a boolean.
Complaint check_bool(const amqp::Value& value);

// What a policy means beside the arguments: of limits the smaller counts; of all else the argument, where there is one.
// Keys that a classic queue does not know mean nothing, nor do values that would not pass.
void add_policy(const amqp::Table& policy, const amqp::Table& arguments, QueueSettings& settings);

}  // namespace warren::broker
