#include "broker/exchange/types/fanout.hpp"

namespace warren::broker {
namespace {

class FanoutExchange final : public ExchangeType {
 public:
  FanoutExchange() : ExchangeType(RouteDependence::nothing) {}

  void add(Binding& binding) override { bindings_.push_back(binding); }
  void remove(Binding& binding) override { bindings_.erase(binding); }
  void route(const RoutingInput&, RouteSink& sink) const override {
    for (const Binding& binding : bindings_) sink.add(binding);
  }

 private:
  List<Binding, &Binding::at_type> bindings_;
};

std::unique_ptr<ExchangeType> make_fanout(const amqp::Table&) { return std::make_unique<FanoutExchange>(); }

}  // namespace

const ExchangeTypeInfo kFanoutExchange{"fanout", accept_any_arguments, accept_any_binding, make_fanout};

}  // namespace warren::broker
