// The messages that exchanges keep for destinations to come (amqp.md 4.10).
#pragma once

#include <cstddef>
#include <vector>

#include "base/flat_map.hpp"
#include "base/ids.hpp"
#include "base/ring.hpp"
#include "broker/catalog/catalog.hpp"
#include "broker/message.hpp"
#include "broker/session/mail.hpp"
#include "node/registrar/inside_publisher.hpp"

namespace warren::node {

// Lives where bindings are decided, so that there is one memory per exchange and one order of publishes and bindings.
// Holds per exchange the last messages, as many as its type remembers and within limits::kHistoryBytesMax.
// Requires: all it is made of outlives it.
class HistoryKeeper {
 public:
  HistoryKeeper(const broker::Catalog& catalog, InsidePublisher& publisher, std::vector<broker::QueueMail>& queue_mail)
      : catalog_(catalog), publisher_(publisher), queue_mail_(queue_mail) {}

  // What comes for an exchange that is gone is dropped.
  void remember(broker::Remember memory);

  // A command was applied to the catalog: new destinations get what their source remembers, oldest first; the memory of
  // a deleted exchange goes with it.
  void follow(const broker::Applied& applied);

 private:
  struct History {
    Ring<broker::MessageRef> messages;
    std::size_t bytes = 0;
  };

  void replay(const broker::BindingDefinition& binding);
  void replay(const History& history, const broker::Exchange& destination);
  void replay(const History& history, const QueueRef& destination);

  const broker::Catalog& catalog_;
  InsidePublisher& publisher_;
  std::vector<broker::QueueMail>& queue_mail_;
  FlatMap<ExchangeId, History> histories_;
};

}  // namespace warren::node
