// Wishes to remove members that count as running still. Whoever stopped a member, or took it away, asks before the
// group has agreed that it is down: such a wish waits for that, unless the member shows that it is at work.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "broker/catalog/catalog.hpp"
#include "node/cluster/own_proposals.hpp"

namespace warren::node {

struct Departure {
  RequestNumber request = 0;
  std::string user;
  NodeId node;
};

class Departures {
 public:
  void hold(Departure wish, Instant now) { waiting_.push_back({std::move(wish), now + kNoticedWithin_ms, false}); }
  // The member said that it serves clients.
  void at_work(NodeId node);

  struct Judged {
    std::vector<Departure> ready;    // they do not run any more
    std::vector<Departure> refused;  // at work, or nobody noticed in time that they are not
  };
  Judged judge(const broker::Catalog& catalog, Instant now);
  // Nothing can be removed at present: all that wait.
  std::vector<Departure> give_up();

 private:
  // Silence is noticed and agreed on in about one second; under load, and with an election, it takes longer.
  static constexpr Instant kNoticedWithin_ms = 5000;

  struct Waiting {
    Departure wish;
    Instant until = 0;
    bool at_work = false;
  };
  std::vector<Waiting> waiting_;
};

}  // namespace warren::node
