// Queues that operators want compared with their copies, until it is known what came of it.
#pragma once

#include <cstdint>
#include <vector>

#include "base/time.hpp"
#include "manage/operations/questions/shard_question.hpp"
#include "node/queues/queue_host.hpp"

namespace warren::node {

// Whoever asks while a queue is compared is told what comes of that comparison.
class Comparisons {
 public:
  struct Ended {
    std::uint64_t inquiry = 0;
    manage::Rows rows;  // none: the queue is not here, or was taken from here
  };

  // So many at a time are answered; who comes then is told nothing.
  static constexpr std::size_t kUnderWayMax = 32;

  // end_batch of the host follows.
  void begin(std::uint64_t inquiry, const manage::ShardQuestion& question, QueueHost& host, const Now& now);
  std::vector<Ended> take_ended(QueueHost& host);
  bool idle() const { return under_way_.empty(); }

 private:
  struct UnderWay {
    std::uint64_t inquiry = 0;
    QueueId queue;
  };

  std::vector<UnderWay> under_way_;
};

}  // namespace warren::node
