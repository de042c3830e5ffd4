#include "broker/exchange/types/spread/random.hpp"

#include <algorithm>

#include "broker/exchange/ordered_bindings.hpp"

namespace warren::broker {
namespace {

class RandomExchange final : public ExchangeType {
 public:
  RandomExchange() : ExchangeType(RouteDependence::message) {}

  void add(Binding& binding) override { bindings_.add(binding); }
  void remove(Binding& binding) override { bindings_.remove(binding); }
  void route(const RoutingInput& input, RouteSink& sink) const override {
    if (!bindings_.empty()) sink.add(bindings_[input.rng().below(bindings_.size())]);
  }

 private:
  OrderedBindings bindings_;
};

class LocalRandomExchange final : public ExchangeType {
 public:
  LocalRandomExchange() : ExchangeType(RouteDependence::message) {}

  void add(Binding& binding) override { bindings_.push_back(binding); }
  void remove(Binding& binding) override { bindings_.erase(binding); }
  void route(const RoutingInput& input, RouteSink& sink) const override {
    const auto is_local = [&](const Binding& held) { return held.queue->definition.owner == input.here(); };
    std::uint64_t local = 0;
    for (const Binding& binding : bindings_) local += is_local(binding) ? 1 : 0;
    if (local == 0) return;
    std::uint64_t to_pass = input.rng().below(local);
    for (const Binding& binding : bindings_)
      if (is_local(binding) && to_pass-- == 0) return sink.add(binding);
  }

 private:
  List<Binding, &Binding::at_type> bindings_;
};

std::optional<std::string> check_local_binding(std::string_view key, const amqp::Table&, DestinationKind destination) {
  if (!key.empty()) return "Non empty binding '" + std::string(key) + "' key not permitted";
  if (destination == DestinationKind::exchange) return "Destination not found";
  return {};
}

std::unique_ptr<ExchangeType> make_random(const amqp::Table&) { return std::make_unique<RandomExchange>(); }
std::unique_ptr<ExchangeType> make_local_random(const amqp::Table&) { return std::make_unique<LocalRandomExchange>(); }

}  // namespace

const ExchangeTypeInfo kRandomExchange{"x-random", accept_any_arguments, accept_any_binding, make_random};
const ExchangeTypeInfo kLocalRandomExchange{"x-local-random", accept_any_arguments, check_local_binding,
                                            make_local_random};

}  // namespace warren::broker
