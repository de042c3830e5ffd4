#include "broker/exchange/types/direct.hpp"

#include <string>

#include "broker/catalog/hash.hpp"
#include "broker/catalog/index.hpp"

namespace warren::broker {
namespace {

class DirectExchange final : public ExchangeType {
 public:
  DirectExchange() : ExchangeType(RouteDependence::key) {}

  void add(Binding& binding) override {
    const std::string& key = binding.definition.routing_key;
    Group* group = find(key);
    if (group == nullptr) {
      auto added = std::make_unique<Group>();
      group = added.get();
      group->key = key;
      groups_.insert(hash_text(key), std::move(added));
    }
    group->bindings.push_back(binding);
  }

  void remove(Binding& binding) override {
    const std::string& key = binding.definition.routing_key;
    Group* group = find(key);
    group->bindings.erase(binding);
    if (group->bindings.empty()) groups_.erase(hash_text(key), *group);
  }

  void route(const RoutingInput& input, RouteSink& sink) const override {
    for (std::string_view key : input.keys())
      if (const Group* group = find(key))
        for (const Binding& binding : group->bindings) sink.add(binding);
  }

 private:
  // The bindings of one key.
  struct Group {
    std::string key;
    List<Binding, &Binding::at_type> bindings;
  };

  Group* find(std::string_view key) const {
    return groups_.find(hash_text(key), [&](const Group& held) { return held.key == key; });
  }

  Index<std::unique_ptr<Group>> groups_;
};

std::unique_ptr<ExchangeType> make_direct(const amqp::Table&) { return std::make_unique<DirectExchange>(); }

}  // namespace

const ExchangeTypeInfo kDirectExchange{"direct", accept_any_arguments, accept_any_binding, make_direct};

}  // namespace warren::broker
