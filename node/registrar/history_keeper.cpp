#include "node/registrar/history_keeper.hpp"

#include <utility>
#include <variant>

#include "base/limits.hpp"
#include "broker/exchange/exchange_type.hpp"
#include "broker/queue/dead_letter.hpp"

namespace warren::node {

void HistoryKeeper::remember(broker::Remember memory) {
  const broker::Exchange* exchange = catalog_.exchange(memory.exchange);
  if (exchange == nullptr) return;
  History& history = histories_[memory.exchange];
  history.bytes += memory.message->footprint_bytes();
  history.messages.push_back(std::move(memory.message));
  while (history.messages.size() > exchange->type->remembers() || history.bytes > limits::kHistoryBytesMax)
    history.bytes -= history.messages.pop_front()->footprint_bytes();
}

void HistoryKeeper::follow(const broker::Applied& applied) {
  if (histories_.empty()) return;
  for (const broker::Change& change : applied.changes) {
    if (const auto* created = std::get_if<broker::BindingCreated>(&change))
      replay(created->binding);
    else if (const auto* deleted = std::get_if<broker::ExchangeDeleted>(&change))
      histories_.erase(deleted->exchange.id);
  }
}

void HistoryKeeper::replay(const broker::BindingDefinition& binding) {
  const History* history = histories_.find(binding.source);
  if (history == nullptr) return;
  if (binding.kind == broker::DestinationKind::queue) {
    if (const auto* queue = catalog_.queue(QueueId(binding.destination))) replay(*history, queue->ref);
  } else if (const auto* exchange = catalog_.exchange(ExchangeId(binding.destination))) {
    replay(*history, *exchange);
  }
}

void HistoryKeeper::replay(const History& history, const QueueRef& destination) {
  for (std::size_t i = 0; i < history.messages.size(); ++i)
    queue_mail_.push_back({destination, broker::Enqueue{history.messages[i], {}, {}, 0}});
}

void HistoryKeeper::replay(const History& history, const broker::Exchange& destination) {
  for (std::size_t i = 0; i < history.messages.size(); ++i)
    publisher_.publish(destination, broker::routing_keys_of(*history.messages[i]), history.messages[i]);
}

}  // namespace warren::node
