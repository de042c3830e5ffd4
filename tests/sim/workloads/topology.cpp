#include "tests/sim/workloads/topology.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "tests/sim/workloads/mix.hpp"

namespace warren::sim {
namespace {

std::vector<std::string_view> words_of(std::string_view key) {
  std::vector<std::string_view> words;
  while (true) {
    const std::size_t dot = key.find('.');
    words.push_back(key.substr(0, dot));
    if (dot == std::string_view::npos) return words;
    key.remove_prefix(dot + 1);
  }
}

using Words = std::vector<std::string_view>;

bool topic_matches(const Words& pattern, std::size_t at, const Words& key, std::size_t word) {
  if (at == pattern.size()) return word == key.size();
  if (pattern[at] == "#") {
    for (std::size_t rest = word; rest <= key.size(); ++rest)
      if (topic_matches(pattern, at + 1, key, rest)) return true;
    return false;
  }
  if (word == key.size() || (pattern[at] != "*" && pattern[at] != key[word])) return false;
  return topic_matches(pattern, at + 1, key, word + 1);
}

constexpr std::int32_t kExpires_ms = 150;
constexpr std::string_view kPatterns[] = {"a.*", "#.b", "a.#", "*.*.b"};
constexpr std::string_view kTopics[] = {"a.b", "a.x.b", "c", "a"};

QueuePlan special_queue(std::uint64_t kind, Rng& rng) {
  QueuePlan plan;
  switch (kind) {
    case 0:
      plan.max_length = static_cast<std::int32_t>(1 + rng.below(8));
      plan.reject_publish = true;
      break;
    case 1: plan.max_length = static_cast<std::int32_t>(1 + rng.below(8)); break;
    case 2: plan.ttl_ms = static_cast<std::int32_t>(rng.below(200)); break;
    case 3: plan.max_priority = static_cast<std::uint8_t>(1 + rng.below(5)); break;
    case 4: plan.purged = true; break;
    case 5: plan.churns = true; break;
    case 8: plan.single_active = true; break;
    case 9: plan.expires = true; break;
    case 6: plan.auto_delete = true; break;
    default: plan.exclusive = true; break;
  }
  return plan;
}

constexpr std::uint64_t kSpecialKinds = 10;

void add_exchanges(Topology& topology, Rng& rng) {
  topology.exchanges = {{"x.fanout", "fanout"}, {"x.direct", "direct"}, {"x.topic", "topic"}};
  for (QueueIndex queue = 0; queue < topology.queues.size(); ++queue) {
    if (!topology.queues[queue].stable()) continue;
    if (rng.one_in(2)) topology.bindings.push_back({0, queue, ""});
    if (rng.one_in(2)) topology.bindings.push_back({1, queue, fmt::format("k{}", rng.below(3))});
    if (rng.one_in(2)) topology.bindings.push_back({2, queue, std::string(kPatterns[rng.below(std::size(kPatterns))])});
  }
  topology.targets.push_back({"x.fanout", "whatever", {}});
  for (int key = 0; key < 3; ++key) topology.targets.push_back({"x.direct", fmt::format("k{}", key), {}});
  for (const std::string_view topic : kTopics) topology.targets.push_back({"x.topic", std::string(topic), {}});
  topology.targets.push_back({"", "nowhere", {}});
}

}  // namespace

amqp::Table QueuePlan::arguments(const std::vector<QueuePlan>& queues) const {
  amqp::Table table;
  if (max_length) table.set("x-max-length", *max_length);
  if (reject_publish) table.set("x-overflow", "reject-publish");
  if (single_active) table.set("x-single-active-consumer", true);
  if (expires) table.set("x-expires", kExpires_ms);
  if (ttl_ms) table.set("x-message-ttl", *ttl_ms);
  if (max_priority != 0) table.set("x-max-priority", static_cast<std::int32_t>(max_priority));
  if (dead_letters != kNoQueue) {
    table.set("x-dead-letter-exchange", "");
    table.set("x-dead-letter-routing-key", std::string_view(queues[dead_letters].name));
  }
  return table;
}

QueueIndex Topology::add(QueuePlan plan) {
  const auto index = static_cast<QueueIndex>(queues.size());
  plan.name = fmt::format("q{}", index);
  queues.push_back(std::move(plan));
  return index;
}

bool Topology::lasts(const Target& target, QueueIndex queue) const {
  if (!queues[queue].durable) return false;
  if (target.exchange.empty()) return true;
  return std::any_of(exchanges.begin(), exchanges.end(), [&](const ExchangePlan& exchange) {
    return exchange.name == target.exchange && exchange.durable;
  });
}

bool matches(const std::string& type, const std::string& binding_key, const std::string& key) {
  if (type == "fanout") return true;
  if (type == "direct") return binding_key == key;
  return topic_matches(words_of(binding_key), 0, words_of(key), 0);
}

void Topology::aim() {
  for (QueueIndex queue = 0; queue < queues.size(); ++queue) {
    targets.push_back({"", queues[queue].name, {}});
    if (queues[queue].stable()) targets.back().queues.push_back(queue);
  }
  for (Target& target : targets) {
    for (const BindingPlan& binding : bindings) {
      const ExchangePlan& exchange = exchanges[binding.exchange];
      if (exchange.name != target.exchange || !matches(exchange.type, binding.key, target.key)) continue;
      if (std::find(target.queues.begin(), target.queues.end(), binding.queue) == target.queues.end())
        target.queues.push_back(binding.queue);
    }
  }
}

Topology plan_topology(const Mix& mix, Rng& rng) {
  Topology topology;
  const std::uint64_t plain = 1 + rng.below(mix.plain_queues_max);
  for (std::uint64_t i = 0; i < plain; ++i) topology.add({});
  const std::uint64_t special = mix.special_queues_max == 0 ? 0 : rng.below(mix.special_queues_max + 1);
  for (std::uint64_t i = 0; i < special; ++i) {
    QueuePlan plan = special_queue(rng.below(kSpecialKinds), rng);
    if (plan.stable() && rng.one_in(2)) plan.dead_letters = topology.add({});
    topology.add(std::move(plan));
  }
  if (rng.one_in(3)) {
    QueuePlan dying;
    dying.dead_letters = 0;
    topology.add(std::move(dying));
  }
  if (mix.exchanges && !rng.one_in(3)) add_exchanges(topology, rng);
  if (mix.durable) {
    for (QueuePlan& queue : topology.queues) queue.durable = !rng.one_in(4);
    for (ExchangePlan& exchange : topology.exchanges) exchange.durable = !rng.one_in(3);
  }
  topology.aim();
  return topology;
}

}  // namespace warren::sim
