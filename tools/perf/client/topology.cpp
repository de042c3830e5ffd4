#include "tools/perf/client/topology.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace warren::perf {
namespace {

// Requests under way at once while much is declared.
constexpr std::size_t kPipelined = 100;
// Routing keys where the exchange spreads messages by a hash.
constexpr std::size_t kHashedKeys = 64;

}  // namespace

Topology::Kind Topology::kind_of(const Plan& plan) {
  if (!plan.bind_keys.empty() || !plan.keys.empty()) return Kind::given;
  if (plan.exchange.empty()) return Kind::by_name;
  if (plan.exchange == "fanout") return Kind::to_all;
  if (plan.exchange == "direct") return Kind::direct;
  if (plan.exchange == "topic") return Kind::topic;
  if (plan.exchange == "headers") return Kind::headers;
  return Kind::given;
}

Topology::Topology(const Plan& plan) : plan_(plan), kind_(kind_of(plan)) {
  if (!plan.exchange.empty()) exchange_ = plan.prefix + ".exchange";
  bindings_ = plan.bindings != 0 ? plan.bindings : plan.queues;
  switch (kind_) {
    case Kind::by_name: bindings_ = 0, keys_ = plan.queues; break;
    case Kind::to_all: bindings_ = plan.queues, keys_ = 1; break;
    case Kind::given:
      if (!plan.bind_keys.empty()) bindings_ = std::max(plan.bind_keys.size(), plan.queues);
      if (plan.exchange.empty()) bindings_ = 0;
      keys_ = plan.keys.empty() ? kHashedKeys : plan.keys.size();
      break;
    default: keys_ = bindings_;
  }
}

std::string Topology::queue_name(std::size_t queue) const { return fmt::format("{}.{}", plan_.prefix, queue); }

std::string Topology::routing_key(std::size_t key) const {
  switch (kind_) {
    case Kind::by_name: return queue_name(key);
    case Kind::direct: return fmt::format("key.{}", key);
    case Kind::topic: return fmt::format("perf.{}.end", key);
    case Kind::given: return plan_.keys.empty() ? fmt::format("key.{}", key) : plan_.keys[key];
    case Kind::to_all:
    case Kind::headers: break;
  }
  return {};
}

amqp::Table Topology::headers(std::size_t key) const {
  amqp::Table table;
  if (kind_ == Kind::headers) table.set("key", static_cast<std::int64_t>(key));
  return table;
}

// Topic patterns of all three kinds, of which each matches the key of its own number only.
std::string Topology::binding_key(std::size_t binding) const {
  constexpr std::size_t kPatterns = 3;
  switch (kind_) {
    case Kind::topic:
      switch (binding % kPatterns) {
        case 0: return fmt::format("perf.{}.*", binding);
        case 1: return fmt::format("perf.{}.#", binding);
        default: return fmt::format("*.{}.end", binding);
      }
    case Kind::direct: return routing_key(binding);
    case Kind::given:  // "1" is a weight to exchanges that hash
      return plan_.bind_keys.empty() ? "1" : plan_.bind_keys[binding % plan_.bind_keys.size()];
    default: return {};
  }
}

std::optional<std::vector<std::size_t>> Topology::queues_of(std::size_t key) const {
  if (kind_ == Kind::given) return {};
  std::vector<std::size_t> queues;
  for (std::size_t queue = 0; queue < plan_.queues; ++queue)
    if (consumed(queue) && (kind_ == Kind::to_all || queue == key % plan_.queues)) queues.push_back(queue);
  return queues;
}

std::vector<std::size_t> Topology::keys_of_publisher(std::size_t publisher) const {
  std::vector<std::size_t> mine;
  for (std::size_t key = publisher % keys_; key < keys_; key += plan_.publishers) mine.push_back(key);
  return mine;
}

void Topology::declare(Link& link) const {
  remove(link);
  for (std::size_t queue = 0; queue < plan_.queues; ++queue) {
    const std::string name = queue_name(queue);
    link.call<amqp::QueueDeclareOk>(kChannel, amqp::QueueDeclare{.queue = name,
                                                                 .durable = plan_.durable,
                                                                 .auto_delete = plan_.auto_delete,
                                                                 .arguments = plan_.queue_arguments});
  }
  if (exchange_.empty()) return;
  link.call<amqp::ExchangeDeclareOk>(
      kChannel, amqp::ExchangeDeclare{.exchange = exchange_, .type = plan_.exchange, .durable = plan_.durable});
  bind_all(link);
}

void Topology::bind_all(Link& link) const {
  std::size_t answered = 0;
  for (std::size_t binding = 0; binding < bindings_; ++binding) {
    const std::string queue = queue_name(binding % plan_.queues);
    const std::string key = binding_key(binding);
    amqp::Table arguments = headers(binding);
    if (!arguments.empty()) arguments.set("x-match", "all");
    amqp::append_method_frame(
        link.out(), kChannel,
        amqp::QueueBind{.queue = queue, .exchange = exchange_, .routing_key = key, .arguments = arguments});
    for (; binding - answered >= kPipelined; ++answered) link.await<amqp::QueueBindOk>(kChannel);
  }
  for (; answered < bindings_; ++answered) link.await<amqp::QueueBindOk>(kChannel);
}

void Topology::remove(Link& link) const {
  for (std::size_t queue = 0; queue < plan_.queues; ++queue) {
    const std::string name = queue_name(queue);
    link.call<amqp::QueueDeleteOk>(kChannel, amqp::QueueDelete{.queue = name});
  }
  if (!exchange_.empty()) link.call<amqp::ExchangeDeleteOk>(kChannel, amqp::ExchangeDelete{.exchange = exchange_});
}

}  // namespace warren::perf
