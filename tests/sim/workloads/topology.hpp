// What a simulation declares, and where its publishes must go: a plain reference for the router.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "amqp/table.hpp"
#include "base/rng.hpp"

namespace warren::sim {

using QueueIndex = std::uint32_t;
inline constexpr QueueIndex kNoQueue = ~QueueIndex{0};

struct QueuePlan {
  std::string name;
  bool durable = false;
  bool exclusive = false;
  bool auto_delete = false;
  bool churns = false;  // clients delete and declare it as they like
  bool purged = false;  // clients purge it
  bool reject_publish = false;
  bool single_active = false;
  bool expires = false;  // a while after it was used last
  std::optional<std::int32_t> max_length = {};
  std::optional<std::int32_t> ttl_ms = {};
  std::uint8_t max_priority = 0;
  QueueIndex dead_letters = kNoQueue;  // where its dead go

  // Lives from the beginning to the end.
  bool stable() const { return !exclusive && !auto_delete && !churns && !expires; }
  // Messages may leave it though nobody took them.
  bool drops() const { return purged || ttl_ms || (max_length && !reject_publish); }
  amqp::Table arguments(const std::vector<QueuePlan>& queues) const;
};

struct ExchangePlan {
  std::string name;
  std::string type;
  bool durable = false;
};

struct BindingPlan {
  std::uint32_t exchange = 0;
  QueueIndex queue = 0;
  std::string key;
};

// Where publishers aim.
struct Target {
  std::string exchange;
  std::string key;
  std::vector<QueueIndex> queues;  // all stable queues it reaches
};

struct Topology {
  std::vector<QueuePlan> queues;
  std::vector<ExchangePlan> exchanges;
  std::vector<BindingPlan> bindings;
  std::vector<Target> targets;

  QueueIndex add(QueuePlan plan);
  // Whether the way from the target to the queue outlives the node.
  bool lasts(const Target& target, QueueIndex queue) const;
  // Works out where each target leads. Call once all else is there.
  void aim();
};

// What an exchange of that type does with a key, told as plainly as can be.
bool matches(const std::string& type, const std::string& binding_key, const std::string& key);

struct Mix;
Topology plan_topology(const Mix& mix, Rng& rng);

}  // namespace warren::sim
