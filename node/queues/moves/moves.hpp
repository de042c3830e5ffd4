// Queues that operators want on other nodes: they are handed over, and whoever asked is told what became of it.
#pragma once

#include <cstdint>
#include <vector>

#include "base/time.hpp"
#include "broker/catalog/catalog.hpp"
#include "manage/operations/questions/shard_question.hpp"
#include "node/queues/queue_host.hpp"

namespace warren::node {

// Every move comes to an end by itself: a queue that is not gone after a while stays (QueueHost::hand_over).
class Moves {
 public:
  struct Ended {
    std::uint64_t inquiry = 0;
    manage::Rows rows;  // of the moves that were tried here
  };

  // Begins those whose queues are here; end_batch of the host follows. The others are for other shards.
  void begin(std::uint64_t inquiry, const std::vector<manage::QueueMove>& moves, QueueHost& host, const Now& now);
  // Those of which no queue is on its way any more.
  std::vector<Ended> take_ended(const QueueHost& host, const broker::Catalog& catalog);
  bool idle() const { return under_way_.empty(); }

 private:
  struct UnderWay {
    std::uint64_t inquiry = 0;
    std::vector<manage::QueueMove> moves;
  };

  std::vector<UnderWay> under_way_;
};

}  // namespace warren::node
