#include "broker/exchange/types/spread/modulus_hash.hpp"

#include "broker/catalog/hash.hpp"
#include "broker/exchange/ordered_bindings.hpp"

namespace warren::broker {
namespace {

class ModulusHashExchange final : public ExchangeType {
 public:
  ModulusHashExchange() : ExchangeType(RouteDependence::key) {}

  void add(Binding& binding) override { bindings_.add(binding); }
  void remove(Binding& binding) override { bindings_.remove(binding); }
  void route(const RoutingInput& input, RouteSink& sink) const override {
    if (bindings_.empty()) return;
    std::uint64_t hash = 0;
    for (std::string_view key : input.keys()) hash = hash_text(key, hash);
    sink.add(bindings_[hash % bindings_.size()]);
  }

 private:
  OrderedBindings bindings_;
};

std::unique_ptr<ExchangeType> make_modulus_hash(const amqp::Table&) { return std::make_unique<ModulusHashExchange>(); }

}  // namespace

const ExchangeTypeInfo kModulusHashExchange{"x-modulus-hash", accept_any_arguments, accept_any_binding,
                                            make_modulus_hash};

}  // namespace warren::broker
