#include <utility>

#include "broker/catalog/catalog.hpp"
#include "broker/catalog/checks.hpp"
#include "broker/catalog/hash.hpp"
#include "broker/exchange/types.hpp"

namespace warren::broker {

Exchange::Exchange() = default;
Exchange::~Exchange() = default;

Catalog::Outcome Catalog::carry_out(const DeclareExchange& command) {
  const ExchangeDefinition& wanted = command.exchange;
  Applied applied;
  Vhost* vhost = vhost_record(wanted.vhost);
  if (vhost == nullptr) return vhost_gone();
  if (const Exchange* existing = exchange_record(wanted.vhost, wanted.name)) {
    if (Objection objection = check_exchange_type(wanted.type)) return *objection;
    if (Objection objection = check_not_default_exchange(wanted.name)) return *objection;
    if (Objection objection = check_exchange_equivalence(existing->definition, wanted, vhost->definition.name))
      return *objection;
    return applied;
  }
  if (Objection objection = check_new_exchange(wanted, vhost->definition.name)) return *objection;
  add_exchange(*vhost, wanted, applied.changes);
  return applied;
}

void Catalog::add_exchange(Vhost& vhost, ExchangeDefinition definition, Changes& changes) {
  definition.id = ExchangeId(++last_exchange_.value);
  changes.push_back(ExchangeCreated{definition.id});
  place_exchange(vhost, std::move(definition));
  // The new exchange may be the alternate that others name.
  changed_ = routes_changed_ = true;
}

void Catalog::place_exchange(Vhost& vhost, ExchangeDefinition definition) {
  auto exchange = std::make_unique<Exchange>();
  exchange->definition = std::move(definition);
  const amqp::Table& arguments = exchange->definition.arguments;
  exchange->info = find_exchange_type(exchange->definition.type);
  // Restored arguments may be such that they would not pass today.
  const bool sound = arguments.empty() || !exchange->info->check_arguments(arguments);
  exchange->type = exchange->info->make(sound ? arguments : amqp::Table{});
  put_in_force(*exchange, vhost.policies.for_exchange(exchange->definition.name));
  vhost.exchanges.insert(hash_text(exchange->definition.name), exchange.get());
  const std::uint64_t hash = hash_number(exchange->definition.id.value);
  exchanges_.insert(hash, std::move(exchange));
}

Catalog::Outcome Catalog::carry_out(const DeleteExchange& command) {
  Applied applied;
  const Vhost* vhost = vhost_record(command.vhost);
  if (vhost == nullptr) return applied;
  if (Objection objection = check_exchange_deletable(command.name, vhost->definition.name)) return *objection;
  Exchange* exchange = exchange_record(command.vhost, command.name);
  if (exchange == nullptr) return applied;
  if (command.if_unused)
    if (Objection objection = check_exchange_unused(*exchange, vhost->definition.name)) return *objection;
  remove_exchange(*exchange, applied.changes);
  remove_forsaken(applied.changes);
  return applied;
}

void Catalog::remove_exchange(Exchange& exchange, Changes& changes) {
  // The type goes first: it need not tidy up binding by binding, and marks the exchange as past forsaking.
  exchange.type.reset();
  while (!exchange.outgoing.empty()) remove_binding(*exchange.outgoing.first(), changes);
  while (!exchange.incoming.empty()) remove_binding(*exchange.incoming.first(), changes);
  Vhost& vhost = *vhost_record(exchange.definition.vhost);
  vhost.exchanges.erase(hash_text(exchange.definition.name), exchange);
  const auto last_hold = exchanges_.erase(hash_number(exchange.definition.id.value), exchange);
  changes.push_back(ExchangeDeleted{std::move(exchange.definition)});
  changed_ = routes_changed_ = true;
}

// A list and not a recursion: a chain of auto-delete exchanges may be as long as users make it (amqp.md 3.8).
void Catalog::remove_forsaken(Changes& changes) {
  for (std::size_t i = 0; i < forsaken_.size(); ++i) remove_exchange(*forsaken_[i], changes);
  forsaken_.clear();
}

}  // namespace warren::broker
