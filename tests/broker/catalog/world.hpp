// A catalog with vhost "/", and short words for what tests do to it.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "broker/catalog/catalog.hpp"
#include "broker/exchange/router.hpp"

namespace warren::broker {

using Names = std::vector<std::string>;

inline amqp::Table table(std::vector<std::pair<std::string, amqp::Value>> entries) { return {std::move(entries)}; }

class World {
 public:
  World() {
    apply(AddVhost{"/"});
    vhost_ = catalog_.find_vhost("/")->id;
  }

  const Catalog& catalog() const { return catalog_; }
  VhostId vhost() const { return vhost_; }
  Rng& rng() { return rng_; }

  // Requires: not refused.
  std::vector<Change> apply(const Command& command) {
    auto outcome = catalog_.apply(command);
    REQUIRE(outcome.ok());
    return outcome.value().changes;
  }
  // Requires: refused. Leaves the catalog as it was.
  Refusal refusal(const Command& command) {
    const Revision before = catalog_.revision();
    auto outcome = catalog_.apply(command);
    REQUIRE_FALSE(outcome.ok());
    CHECK(catalog_.revision() == before);
    return outcome.error();
  }

  ExchangeDefinition exchange_like(std::string name, std::string type, amqp::Table arguments = {}) const {
    return {.id = {},
            .vhost = vhost_,
            .name = std::move(name),
            .type = std::move(type),
            .durable = false,
            .auto_delete = false,
            .internal = false,
            .arguments = std::move(arguments)};
  }
  std::vector<Change> exchange(std::string name, std::string type, amqp::Table arguments = {}) {
    return apply(DeclareExchange{exchange_like(std::move(name), std::move(type), std::move(arguments))});
  }
  std::vector<Change> auto_delete_exchange(std::string name, std::string type) {
    ExchangeDefinition wanted = exchange_like(std::move(name), std::move(type));
    wanted.auto_delete = true;
    return apply(DeclareExchange{wanted});
  }

  QueueDefinition queue_like(std::string name, SessionRef owner = {}) const {
    QueueDefinition queue;
    queue.vhost = vhost_;
    queue.name = std::move(name);
    queue.exclusive_owner = owner;
    return queue;
  }
  std::vector<Change> queue(std::string name, SessionRef owner = {}) {
    return apply(DeclareQueue{queue_like(std::move(name), owner)});
  }
  std::vector<Change> delete_queue(std::string_view name) { return apply(DeleteQueue{queue_id(name)}); }

  Bind to_queue(std::string source, std::string queue, std::string key = {}, amqp::Table arguments = {}) const {
    return {vhost_, std::move(source), DestinationKind::queue, std::move(queue), std::move(key), std::move(arguments)};
  }
  Bind to_exchange(std::string source, std::string destination, std::string key = {}) const {
    return {vhost_, std::move(source), DestinationKind::exchange, std::move(destination), std::move(key), {}};
  }
  std::vector<Change> bind(std::string source, std::string queue, std::string key = {}, amqp::Table arguments = {}) {
    return apply(to_queue(std::move(source), std::move(queue), std::move(key), std::move(arguments)));
  }
  std::vector<Change> bind_exchange(std::string source, std::string destination, std::string key = {}) {
    return apply(to_exchange(std::move(source), std::move(destination), std::move(key)));
  }

  bool has_exchange(std::string_view name) const { return catalog_.find_exchange(vhost_, name) != nullptr; }
  bool has_queue(std::string_view name) const { return catalog_.find_queue(vhost_, name) != nullptr; }
  const Exchange& exchange_record(std::string_view name) const { return *catalog_.find_exchange(vhost_, name); }
  QueueId queue_id(std::string_view name) const { return catalog_.find_queue(vhost_, name)->ref.id; }

  // The names of the queues that a message goes to, in the order of the route.
  Names route(std::string_view exchange, std::string_view key = {}, const RoutingExtras& extras = {}) {
    Names names;
    for (const QueueRef& queue : router_.route(exchange_record(exchange), key, extras, rng_))
      names.push_back(catalog_.queue(queue.id)->name);
    return names;
  }
  // The same with these headers.
  Names route_headers(std::string_view exchange, const amqp::Table& headers, std::string_view key = {}) {
    ByteBuffer encoded;
    amqp::encode_table(headers, encoded);
    amqp::PropertiesView properties;
    properties.flags = static_cast<std::uint16_t>(amqp::Property::headers);
    properties.headers = encoded.view().substr(sizeof(std::uint32_t));
    return route(exchange, key, {.more_keys = {}, .properties = &properties});
  }

 private:
  Catalog catalog_;
  VhostId vhost_;
  Rng rng_{1};
  Router router_{catalog_};
};

template <class Kind>
std::size_t count_changes(const std::vector<Change>& changes) {
  return static_cast<std::size_t>(
      std::ranges::count_if(changes, [](const Change& change) { return std::holds_alternative<Kind>(change); }));
}

// The names of deleted exchanges, in order.
inline Names deleted_exchanges(const std::vector<Change>& changes) {
  Names names;
  for (const Change& change : changes)
    if (const auto* deleted = std::get_if<ExchangeDeleted>(&change)) names.push_back(deleted->exchange.name);
  return names;
}

}  // namespace warren::broker
