#include <algorithm>
#include <utility>

#include "broker/catalog/catalog.hpp"
#include "broker/catalog/checks.hpp"
#include "broker/catalog/hash.hpp"
#include "broker/exchange/exchange_type.hpp"

namespace warren::broker {
namespace {

std::uint64_t hash_value(const amqp::Value& value) {
  if (const std::string* text = value.text()) return hash_text(*text);
  return hash_number(static_cast<std::uint64_t>(amqp::as_integer(value).value_or(0)));
}

// A sum, so that the order of the arguments does not matter.
std::uint64_t hash_arguments(const amqp::Table& arguments) {
  std::uint64_t sum = 0;
  for (const auto& [name, value] : arguments.entries) sum += hash_text(name, hash_value(value));
  return sum;
}

std::uint64_t hash_binding(const BindingDefinition& binding) {
  std::uint64_t ends = hash_number(binding.source.value);
  // Queues and exchanges are numbered apart: the lowest bit tells them.
  ends = hash_number(ends ^ (binding.destination * 2 + (binding.kind == DestinationKind::exchange ? 1 : 0)));
  return hash_text(binding.routing_key, ends) ^ hash_number(hash_arguments(binding.arguments));
}

std::vector<const std::pair<std::string, amqp::Value>*> sorted_entries(const amqp::Table& table) {
  std::vector<const std::pair<std::string, amqp::Value>*> entries;
  for (const auto& entry : table.entries) entries.push_back(&entry);
  std::ranges::stable_sort(entries, {}, [](const auto* entry) -> std::string_view { return entry->first; });
  return entries;
}

// Types count: an argument of another integer width makes another binding, as in RabbitMQ.
bool same_arguments(const amqp::Table& a, const amqp::Table& b) {
  if (a.size() != b.size()) return false;
  if (a == b) return true;
  return std::ranges::equal(sorted_entries(a), sorted_entries(b),
                            [](const auto* left, const auto* right) { return *left == *right; });
}

bool same(const BindingDefinition& a, const BindingDefinition& b) {
  return a.source == b.source && a.kind == b.kind && a.destination == b.destination && a.routing_key == b.routing_key &&
         same_arguments(a.arguments, b.arguments);
}

BindingDefinition define(const Exchange& source, const QueueRecord* queue, const Exchange* exchange, const Bind& bind) {
  return {source.definition.id, bind.kind,
          queue != nullptr ? queue->definition.ref.id.value : exchange->definition.id.value, bind.routing_key,
          bind.arguments};
}

}  // namespace

Catalog::Ends Catalog::ends_of(const Bind& bind) const {
  Ends ends{.source = exchange_record(bind.vhost, bind.source)};
  if (bind.kind == DestinationKind::queue)
    ends.queue = queue_record(bind.vhost, bind.destination);
  else
    ends.exchange = exchange_record(bind.vhost, bind.destination);
  return ends;
}

Binding* Catalog::binding_record(const BindingDefinition& definition) const {
  return bindings_.find(hash_binding(definition),
                        [&](const Binding& held) { return same(held.definition, definition); });
}

const Binding* Catalog::find_binding(const Bind& bind) const {
  const Ends ends = ends_of(bind);
  return ends.complete() ? binding_record(define(*ends.source, ends.queue, ends.exchange, bind)) : nullptr;
}

Catalog::Outcome Catalog::carry_out(const Bind& command) {
  if (vhost_record(command.vhost) == nullptr) return vhost_gone();
  if (Objection objection = check_bind(*this, command)) return *objection;
  Applied applied;
  const Ends ends = ends_of(command);
  BindingDefinition definition = define(*ends.source, ends.queue, ends.exchange, command);
  if (binding_record(definition) != nullptr) return applied;
  const Binding& placed = place_binding(ends, std::move(definition), ++last_binding_);
  applied.changes.push_back(BindingCreated{placed.definition, placed.number});
  changed_ = routes_changed_ = true;
  return applied;
}

Binding& Catalog::place_binding(const Ends& ends, BindingDefinition definition, std::uint64_t number) {
  auto binding = std::make_unique<Binding>();
  Binding& placed = *binding;
  placed.definition = std::move(definition);
  placed.number = number;
  placed.source = ends.source;
  placed.queue = ends.queue;
  placed.exchange = ends.exchange;
  const BindingDefinition& fields = placed.definition;
  placed.routes = !ends.source->info->check_binding(fields.routing_key, fields.arguments, fields.kind);
  join(placed);
  bindings_.insert(hash_binding(fields), std::move(binding));
  return placed;
}

void Catalog::join(Binding& binding) {
  Exchange& source = *binding.source;
  source.outgoing.push_back(binding);
  ++source.outgoing_count;
  if (binding.routes) source.type->add(binding);
  if (binding.queue != nullptr) {
    binding.queue->incoming.push_back(binding);
  } else {
    binding.exchange->incoming.push_back(binding);
    ++binding.exchange->incoming_count;
  }
}

Catalog::Outcome Catalog::carry_out(const Unbind& command) {
  Applied applied;
  if (Objection objection = check_binding_names(command.binding)) return *objection;
  const Ends ends = ends_of(command.binding);
  if (!ends.complete()) return applied;
  Binding* binding = binding_record(define(*ends.source, ends.queue, ends.exchange, command.binding));
  if (binding == nullptr) return applied;
  remove_binding(*binding, applied.changes);
  remove_forsaken(applied.changes);
  return applied;
}

void Catalog::remove_binding(Binding& binding, Changes& changes) {
  Exchange& source = *binding.source;
  source.outgoing.erase(binding);
  --source.outgoing_count;
  if (binding.queue != nullptr) {
    binding.queue->incoming.erase(binding);
  } else {
    binding.exchange->incoming.erase(binding);
    --binding.exchange->incoming_count;
  }
  if (source.type != nullptr) {  // else the source is on its way out itself
    if (binding.routes) source.type->remove(binding);
    if (source.outgoing_count == 0 && source.definition.auto_delete) forsaken_.push_back(&source);
  }
  const auto last_hold = bindings_.erase(hash_binding(binding.definition), binding);
  changes.push_back(BindingDeleted{std::move(binding.definition), binding.number});
  changed_ = routes_changed_ = true;
}

}  // namespace warren::broker
