#include "broker/exchange/router.hpp"

#include <algorithm>
#include <functional>

namespace warren::broker {
namespace {

// Up to here a look along the road is quicker than a map.
constexpr std::size_t kShortRoad = 16;

}  // namespace

std::span<const QueueRef> Router::route(const Exchange& exchange, std::string_view routing_key,
                                        const RoutingExtras& extras, Rng& rng) {
  if (exchange.is_default() && extras.more_keys.empty()) {
    repeatable_ = true;
    // As quick as a remembered route, and always true: declaring queues makes nobody forget.
    const QueueDefinition* queue = catalog_.find_queue(exchange.definition.vhost, routing_key);
    return queue == nullptr ? std::span<const QueueRef>() : std::span(&queue->ref, 1);
  }
  return recall_or_walk(exchange, routing_key, extras, rng);
}

std::span<const QueueRef> Router::recall_or_walk(const Exchange& exchange, std::string_view routing_key,
                                                 const RoutingExtras& extras, Rng& rng) {
  const ExchangeId id = exchange.definition.id;
  const RouteDependence own = exchange.type->depends_on();
  const bool one_key = extras.more_keys.empty();
  repeatable_ = one_key;
  if (own != RouteDependence::message && one_key) {
    cache_.keep_only(catalog_.routes_stamp());
    if (own == RouteDependence::nothing)
      if (const auto known = cache_.find_any_key(id)) return *known;
    if (const auto known = cache_.find(id, routing_key)) return *known;
  }
  walk(exchange, routing_key, extras, rng);
  repeatable_ = one_key && dependence_ != RouteDependence::message;
  if (dependence_ == RouteDependence::nothing && one_key) cache_.put_any_key(id, queues_);
  if (dependence_ == RouteDependence::key && one_key) cache_.put(id, routing_key, queues_);
  return queues_;
}

void Router::walk(const Exchange& start, std::string_view routing_key, const RoutingExtras& extras, Rng& rng) {
  keys_.assign(1, routing_key);
  keys_.insert(keys_.end(), extras.more_keys.begin(), extras.more_keys.end());
  const RoutingInput input(keys_, extras.properties, here_, rng);
  dependence_ = RouteDependence::nothing;
  queues_.clear();
  road_.clear();
  long_road_.clear();
  rememberers_.clear();
  reach(start);
  for (std::size_t i = 0; i < road_.size(); ++i) visit(*road_[i], input);
  sort_queues();
}

void Router::visit(const Exchange& exchange, const RoutingInput& input) {
  const std::size_t queues_before = queues_.size();
  matched_.clear();
  if (exchange.is_default()) {
    find_queues_by_name(exchange.definition.vhost, input.keys());
  } else {
    dependence_ = std::max(dependence_, exchange.type->depends_on());
    RouteSink sink(queues_, matched_);
    exchange.type->route(input, sink);
    if (sink.remembered()) rememberers_.push_back(exchange.definition.id);
  }
  for (const Exchange* next : matched_) reach(*next);
  const bool matched = !matched_.empty() || queues_.size() > queues_before;
  if (matched || !exchange.has_alternate) return;
  if (const Exchange* alternate = catalog_.find_exchange(exchange.definition.vhost, exchange.alternate))
    reach(*alternate);
}

void Router::find_queues_by_name(VhostId vhost, std::span<const std::string_view> names) {
  // The revision that remembered routes hang on does not grow with new queues.
  dependence_ = RouteDependence::message;
  for (std::string_view name : names)
    if (const QueueDefinition* queue = catalog_.find_queue(vhost, name)) queues_.push_back(queue->ref);
}

void Router::reach(const Exchange& exchange) {
  if (on_the_road(exchange)) return;
  road_.push_back(&exchange);
  if (road_.size() < kShortRoad) return;
  if (long_road_.empty())
    for (const Exchange* passed : road_) long_road_.insert(passed->definition.id, true);
  long_road_.insert(exchange.definition.id, true);
}

bool Router::on_the_road(const Exchange& exchange) {
  if (!long_road_.empty()) return long_road_.contains(exchange.definition.id);
  return std::ranges::find(road_, &exchange) != road_.end();
}

void Router::sort_queues() {
  const auto out_of_order = [](const QueueRef& a, const QueueRef& b) { return a >= b; };
  // Bindings made in the order of their queues come out sorted already.
  if (std::ranges::adjacent_find(queues_, out_of_order) == queues_.end()) return;
  std::ranges::sort(queues_);
  const auto repeats = std::ranges::unique(queues_);
  queues_.erase(repeats.begin(), repeats.end());
}

}  // namespace warren::broker
