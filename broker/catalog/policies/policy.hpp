// Settings that operators give to queues and exchanges by the pattern of their names (amqp.md 5.2).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "amqp/table.hpp"
#include "base/ids.hpp"

namespace warren::broker {

// Of each kind at most one is in force for a queue: limits of operators cannot be undone by users. The values are on
// disk.
enum class PolicyKind : std::uint8_t { user, operators };

// What a policy is for. The values are on disk.
enum class ApplyTo : std::uint8_t { all, queues, exchanges, classic_queues, quorum_queues, streams };

struct PolicyDefinition {
  VhostId vhost;
  PolicyKind kind = PolicyKind::user;
  std::string name;
  std::string pattern;  // occurs in the names of what it is for (see base/pattern)
  ApplyTo apply_to = ApplyTo::all;
  std::int64_t priority = 0;  // the highest that matches counts; of equal ones the first by name
  amqp::Table definition;     // numbers are 64 bits wide, texts long strings
};

// The policies in force for one queue or exchange.
struct EffectivePolicy {
  std::string user;       // the name; empty: none of that kind
  std::string operators;  // the same
  amqp::Table settings;   // of both, merged
};

// "queues"; and back, false for what is no such word.
std::string_view apply_to_word(ApplyTo apply_to);
bool read_apply_to(std::string_view word, ApplyTo& apply_to);

// Whether it is for classic queues, the only ones there are, or for exchanges.
constexpr bool for_queues(ApplyTo apply_to) {
  return apply_to == ApplyTo::all || apply_to == ApplyTo::queues || apply_to == ApplyTo::classic_queues;
}
constexpr bool for_exchanges(ApplyTo apply_to) { return apply_to == ApplyTo::all || apply_to == ApplyTo::exchanges; }

// ---- keys that the broker acts on, in policies ----

inline constexpr std::string_view kAlternateExchangeKey = "alternate-exchange";
inline constexpr std::string_view kMasterLocatorKey = "queue-master-locator";
inline constexpr std::string_view kConsumerTimeoutKey = "consumer-timeout";

}  // namespace warren::broker
