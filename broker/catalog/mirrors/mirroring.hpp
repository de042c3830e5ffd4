// Who holds queues, after each event that changes it.
#pragma once

#include <cstdint>

#include "broker/catalog/catalog.hpp"
#include "broker/catalog/mirrors/selection.hpp"

namespace warren::broker {

// How a node went.
enum class Loss : std::uint8_t { failure, shutdown, removal };

// For the command in hand. The owner and those in sync of a queue all hold everything of it that was confirmed: the
// owner says who comes to them, and who is lost goes.
class Catalog::Mirroring {
 public:
  Mirroring(Catalog& catalog, Changes& changes) : catalog_(catalog), changes_(changes) {}

  // The holders of a queue that is to be made. Nothing was confirmed yet, so whoever runs may own it.
  void place(QueueDefinition& definition, const EffectivePolicy* policy) const;
  // Looks anew at what the policy wants.
  void select(QueueRecord& queue);
  // Makes these the queue's holders. Another owner begins a new reign.
  void set(QueueRecord& queue, Holders holders);

  // Takes the node from where it mirrors; what it owns goes to who has everything. Requires: it counts as running no
  // more.
  void lose(NodeId node, Loss how);
  // Another process of the node owns what the node still owns.
  void begin_reigns(NodeId node);
  // All that are mirrored stay with their owners.
  void begin_reigns();
  // The node can be a mirror where one is missing: the youngest.
  void offer(NodeId node);

  // What the policy wants in the end.
  static Holders selected(const Catalog& catalog, const QueueDefinition& queue, const Wish& wish, const Holders& now);

 private:
  void lose(QueueRecord& queue, NodeId node, Loss how);
  void begin_reign(QueueRecord& queue, NodeId to);
  template <class Wanted>
  std::vector<QueueRecord*> queues(const Wanted& wanted) const;

  Catalog& catalog_;
  Changes& changes_;
};

Holders holders_of(const QueueDefinition& queue);

}  // namespace warren::broker
