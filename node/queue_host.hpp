// The queues that live on one shard: machines by identity, and what follows from their effects.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/flat_map.hpp"
#include "base/rng.hpp"
#include "broker/catalog/catalog.hpp"
#include "broker/exchange/router.hpp"
#include "broker/queue/queue.hpp"
#include "broker/queue/settings.hpp"
#include "broker/session/mail.hpp"
#include "node/timers.hpp"

namespace warren::node {

// Where a host's effects go.
struct HostLanes {
  std::vector<broker::QueueMail>& queue_mail;
  std::vector<broker::SessionMail>& session_mail;
  std::vector<broker::Propose>& proposals;
  std::vector<broker::Remember>& memories;
};

// Requires: the catalog and the router outlive it.
class QueueHost {
 public:
  QueueHost(const broker::Catalog& catalog, broker::Router& router, Timers& timers)
      : catalog_(catalog), router_(router), timers_(timers) {}

  void create(const broker::QueueDefinition& definition, const Now& now);
  // The definition is gone: consumers are told, contents dropped.
  void retire(QueueId id, HostLanes lanes);

  // Gives a command to its queue. False: it does not live here.
  bool step(QueueRef to, broker::QueueCommand& command, const Now& now, HostLanes lanes);
  // Ends the batch for every queue that was stepped since the last call, and routes dead letters.
  void end_batch(const Now& now, Rng& rng, HostLanes lanes);
  void tick(QueueId id, const Now& now, HostLanes lanes);

  // Whether end_batch has something to do: time alone may have let messages die.
  bool busy() const { return !stepped_.empty(); }

  bool has(QueueId id) const { return queues_.contains(id); }
  std::size_t size() const { return queues_.size(); }

 private:
  struct Hosted {
    Hosted(const broker::QueueDefinition& definition, const broker::QueueSettings& settings, const Now& now);

    broker::Queue machine;
    std::unique_ptr<broker::DeadLetterTarget> dead_letter;  // none: the dead are dropped
    Instant reminded_ms = kNever;
    bool stepped = false;  // in this batch
  };

  Hosted* find(QueueId id);
  broker::QueueEffects effects(HostLanes lanes);
  void mark(QueueId id, Hosted& hosted);
  void remind(QueueId id, Hosted& hosted);
  void bury(const broker::DeadLetter& letter, const Now& now, Rng& rng, HostLanes lanes);
  void take_leave(HostLanes lanes);

  const broker::Catalog& catalog_;
  broker::Router& router_;
  Timers& timers_;
  FlatMap<QueueId, std::unique_ptr<Hosted>> queues_;
  QueueId last_id_;  // of the queue looked up last
  Hosted* last_ = nullptr;
  std::vector<QueueId> stepped_;
  std::vector<broker::DeadLetter> dead_letters_;
  std::vector<broker::Farewell> farewells_;
};

}  // namespace warren::node
