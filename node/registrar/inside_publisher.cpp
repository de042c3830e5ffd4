#include "node/registrar/inside_publisher.hpp"

#include <string_view>

#include "amqp/properties.hpp"

namespace warren::node {

void InsidePublisher::publish(const broker::Exchange& exchange, std::span<const std::string> keys,
                              const broker::MessageRef& message) {
  amqp::PropertiesView properties;
  amqp::scan_properties(message->properties(), properties);
  const std::vector<std::string_view> more_keys(keys.begin() + 1, keys.end());
  for (const QueueRef& queue : router_.route(exchange, keys.front(), {more_keys, &properties}, rng_))
    queue_mail_.push_back({queue, broker::Enqueue{message, {}, {}, 0}});
  for (const ExchangeId memory : router_.last_rememberers()) memories_.push_back({memory, message});
}

}  // namespace warren::node
