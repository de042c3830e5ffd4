#include "broker/session/rules/consumer_timeout.hpp"

#include <algorithm>

namespace warren::broker::session {
namespace {

std::int64_t limit_of(QueueId queue, const Catalog& catalog, std::int64_t of_node_ms) {
  const PolicyList::InForce policy = catalog.policy_of(queue);
  const amqp::Value* value = policy == nullptr ? nullptr : policy->settings.find(kConsumerTimeoutKey);
  const std::int64_t of_queue_ms = value == nullptr ? 0 : amqp::as_integer(*value).value_or(0);
  if (of_queue_ms <= 0) return of_node_ms;
  return of_node_ms == 0 ? of_queue_ms : std::min(of_node_ms, of_queue_ms);
}

}  // namespace

std::int64_t overdue_limit_ms(const Unsettled& unsettled, const Catalog& catalog, std::int64_t of_node_ms,
                              Instant now) {
  QueueId last;
  std::int64_t limit_ms = of_node_ms;
  std::int64_t overdue_ms = 0;
  unsettled.for_each_held([&](const UnsettledDelivery& delivery) {
    if (overdue_ms != 0) return;
    // Neighbours come from the same queue mostly.
    if (delivery.queue.id != last) limit_ms = limit_of(last = delivery.queue.id, catalog, of_node_ms);
    if (limit_ms != 0 && delivery.delivered_ms <= now - limit_ms) overdue_ms = limit_ms;
  });
  return overdue_ms;
}

}  // namespace warren::broker::session
