// What a queue's arguments mean to it (amqp.md 5.1).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace warren::broker {

// Of a queue: the exchange that its dead letters go to.
inline constexpr std::string_view kDeadLetterExchangeArgument = "x-dead-letter-exchange";
// And how the node that it lives on is chosen.
inline constexpr std::string_view kMasterLocatorArgument = "x-queue-master-locator";

// What happens when a message would take a queue beyond its length (amqp.md 5.4).
enum class Overflow : std::uint8_t { drop_head, reject_publish, reject_publish_dlx };

// Where dead letters go (amqp.md 5.6).
struct DeadLetterTarget {
  std::string exchange;                         // "": the default exchange
  std::optional<std::string> routing_key = {};  // none: the keys that the message had
};

struct QueueSettings {
  std::optional<std::int64_t> message_ttl_ms = {};
  std::optional<std::int64_t> expires_ms = {};
  std::optional<std::int64_t> max_length = {};        // ready messages
  std::optional<std::int64_t> max_length_bytes = {};  // bodies of ready messages
  std::optional<std::uint8_t> max_priority = {};      // none: one order for all; at least 1 (amqp.md 5.5)
  std::optional<DeadLetterTarget> dead_letter = {};
  Overflow overflow = Overflow::drop_head;
  bool single_active_consumer = false;
  bool auto_delete = false;  // these are properties of the declaration, not arguments
  bool durable = false;      // and not exclusive: persistent messages survive a restart
};

}  // namespace warren::broker
