// What happens to definitions, and what a node notices, told as messages of the event exchange (amqp.md 4.12).
#pragma once

#include <string_view>

#include "base/time.hpp"
#include "broker/catalog/catalog.hpp"
#include "node/registrar/happening.hpp"
#include "node/registrar/inside_publisher.hpp"

namespace warren::node {

// Tells of queues, exchanges, bindings, vhosts, users and permissions, made and deleted, and of the copies of queues.
// Without a binding of the event exchange it costs one look-up per applied command or happening. Requires: catalog and
// publisher outlive it.
class Events {
 public:
  Events(const broker::Catalog& catalog, InsidePublisher& publisher) : catalog_(catalog), publisher_(publisher) {}

  // The messages of each change, in their order. `user` wanted them; empty: nobody but the broker itself.
  // Requires: called right after the command was applied.
  void tell(const broker::Applied& applied, std::string_view user, const Now& now);
  // What the node of that name noticed by itself.
  void tell(const Happening& happening, std::string_view self, const Now& now);

 private:
  const broker::Exchange* listened_exchange() const;
  void publish(const broker::Exchange& exchange, Event event, std::string_view user, const Now& now);

  const broker::Catalog& catalog_;
  InsidePublisher& publisher_;
};

}  // namespace warren::node
