// From an exchange and a routing key to queues (amqp.md 4.1).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "amqp/properties.hpp"
#include "base/flat_map.hpp"
#include "base/ids.hpp"
#include "base/rng.hpp"
#include "broker/catalog/catalog.hpp"
#include "broker/exchange/exchange_type.hpp"
#include "broker/exchange/route_cache.hpp"

namespace warren::broker {

// What routing may need beyond the key. Empty in the usual case.
struct RoutingExtras {
  std::span<const std::string_view> more_keys =
      {};  // long strings of the headers CC and BCC, in this order (amqp.md 4.14)
  const amqp::PropertiesView* properties = nullptr;  // null: the message has none
};

// Routes over one catalog and remembers what it can. Requires: outlived by the catalog.
class Router {
 public:
  // `here` is the node that the router runs on, for types that prefer local queues.
  explicit Router(const Catalog& catalog, NodeId here = {}) : catalog_(catalog), here_(here) {}

  // The queues that a message published to the exchange goes to, each once, in order of their identities (so the oldest
  // first). Valid until the next call or the next change of the catalog. A repeat takes no memory. Requires: the
  // exchange is the catalog's.
  std::span<const QueueRef> route(const Exchange& exchange, std::string_view routing_key, const RoutingExtras& extras,
                                  Rng& rng);

  // Whether the last route depends on nothing but exchange and routing key, as long as the catalog stands still.
  bool last_is_repeatable() const { return repeatable_; }

  // The exchanges on the last route that keep its message for destinations to come; none when it is repeatable. Valid
  // until the next call.
  std::span<const ExchangeId> last_rememberers() const {
    return repeatable_ ? std::span<const ExchangeId>() : std::span<const ExchangeId>(rememberers_);
  }

 private:
  bool repeatable_ = false;
  std::span<const QueueRef> recall_or_walk(const Exchange& exchange, std::string_view routing_key,
                                           const RoutingExtras& extras, Rng& rng);
  void walk(const Exchange& start, std::string_view routing_key, const RoutingExtras& extras, Rng& rng);
  void visit(const Exchange& exchange, const RoutingInput& input);
  void find_queues_by_name(VhostId vhost, std::span<const std::string_view> names);
  // Puts the exchange on the road unless it is on it already.
  void reach(const Exchange& exchange);
  bool on_the_road(const Exchange& exchange);
  // Each once, in order.
  void sort_queues();

  const Catalog& catalog_;
  NodeId here_;
  RouteCache cache_;

  // The walk in hand.
  RouteDependence dependence_ = RouteDependence::nothing;
  std::vector<QueueRef> queues_;          // found so far
  std::vector<const Exchange*> road_;     // exchanges in order of their visit
  FlatMap<ExchangeId, bool> long_road_;   // the same, once there are many
  std::vector<const Exchange*> matched_;  // exchanges that the visited one leads to
  std::vector<std::string_view> keys_;
  std::vector<ExchangeId> rememberers_;
};

}  // namespace warren::broker
