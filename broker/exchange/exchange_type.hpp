// What an exchange type is: how bindings are kept and how a message picks among them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "amqp/properties.hpp"
#include "amqp/table.hpp"
#include "base/ids.hpp"
#include "base/rng.hpp"
#include "broker/catalog/records.hpp"

namespace warren::broker {

// What of a message decides its route while bindings stay as they are. In growing order: a route through several
// exchanges depends on the greatest of them.
enum class RouteDependence : std::uint8_t {
  nothing,  // every message goes the same way
  key,      // the routing keys
  message,  // properties of the message, or chance: nothing can be remembered
};

// The message as exchange types see it.
class RoutingInput {
 public:
  // `keys`: the routing key, then those of CC and BCC (amqp.md 4.1). `properties` may be null: none. `here`: this node.
  RoutingInput(std::span<const std::string_view> keys, const amqp::PropertiesView* properties, NodeId here, Rng& rng)
      : keys_(keys), properties_(properties), here_(here), rng_(rng) {}

  std::span<const std::string_view> keys() const { return keys_; }
  // Null when the message has none.
  const amqp::PropertiesView* properties() const { return properties_; }
  // The headers table, decoded when first asked for. Empty when the message has none.
  const amqp::Table& headers() const;
  NodeId here() const { return here_; }
  Rng& rng() const { return rng_; }

 private:
  std::span<const std::string_view> keys_;
  const amqp::PropertiesView* properties_;
  NodeId here_;
  Rng& rng_;
  mutable std::optional<amqp::Table> headers_;
};

// Where an exchange type puts the bindings that match. The same binding, queue or exchange may be put more than once.
class RouteSink {
 public:
  RouteSink(std::vector<QueueRef>& queues, std::vector<const Exchange*>& exchanges)
      : queues_(queues), exchanges_(exchanges) {}

  void add(const Binding& binding) {
    if (binding.queue != nullptr)
      queues_.push_back(binding.queue->definition.ref);
    else
      exchanges_.push_back(binding.exchange);
  }

  // The exchange keeps the message for destinations to come.
  void remember() { remembered_ = true; }
  bool remembered() const { return remembered_; }

 private:
  std::vector<QueueRef>& queues_;
  std::vector<const Exchange*>& exchanges_;
  bool remembered_ = false;
};

// The bindings of one exchange, kept for routing.
class ExchangeType {
 public:
  // A type that remembers depends on the message: which ones to keep is asked each time.
  explicit ExchangeType(RouteDependence depends_on, std::uint64_t remembers = 0)
      : depends_on_(depends_on), remembers_(remembers) {}
  virtual ~ExchangeType() = default;
  ExchangeType(const ExchangeType&) = delete;
  ExchangeType& operator=(const ExchangeType&) = delete;

  RouteDependence depends_on() const { return depends_on_; }
  // How many messages are kept for destinations to come; usually none.
  std::uint64_t remembers() const { return remembers_; }

  // The binding stays where it is in memory until it is removed. Bindings come in order of their numbers. at_type and
  // type_note are the type's to use.
  virtual void add(Binding& binding) = 0;
  // Requires: was added.
  virtual void remove(Binding& binding) = 0;
  // Puts every binding that matches into the sink. Takes no memory of its own in steady state.
  virtual void route(const RoutingInput& input, RouteSink& sink) const = 0;

 private:
  RouteDependence depends_on_;
  std::uint64_t remembers_;
};

// What a type says about itself. Checks answer nothing when all is well, else the text of a PRECONDITION_FAILED.
struct ExchangeTypeInfo {
  std::string_view name;
  std::optional<std::string> (*check_arguments)(const amqp::Table& arguments);
  std::optional<std::string> (*check_binding)(std::string_view key, const amqp::Table& arguments,
                                              DestinationKind destination);
  // Requires: checked arguments.
  std::unique_ptr<ExchangeType> (*make)(const amqp::Table& arguments);
};

// For types that accept everything.
std::optional<std::string> accept_any_arguments(const amqp::Table& arguments);
std::optional<std::string> accept_any_binding(std::string_view key, const amqp::Table& arguments,
                                              DestinationKind destination);

}  // namespace warren::broker
