#include "node/queues/moves/moves.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace warren::node {

using manage::QueueMove;

void Moves::begin(std::uint64_t inquiry, const std::vector<QueueMove>& moves, QueueHost& host, const Now& now) {
  UnderWay fresh{inquiry, {}};
  for (const QueueMove& move : moves) {
    if (!host.has(move.queue)) continue;
    (void)host.hand_over(move.queue, move.to, now);
    fresh.moves.push_back(move);
  }
  under_way_.push_back(std::move(fresh));
}

std::vector<Moves::Ended> Moves::take_ended(const QueueHost& host, const broker::Catalog& catalog) {
  std::vector<Ended> ended;
  std::erase_if(under_way_, [&](const UnderWay& one) {
    const auto goes_on = [&](const QueueMove& move) { return host.handing_over(move.queue); };
    if (std::ranges::any_of(one.moves, goes_on)) return false;
    Ended& told = ended.emplace_back(Ended{one.inquiry, {}});
    for (const QueueMove& move : one.moves) {
      const broker::QueueDefinition* queue = catalog.queue(move.queue);
      manage::Map cells;
      cells.add(manage::kMovedQueue, move.queue.value);
      cells.add(manage::kMovedTo, move.to.value);
      cells.add(manage::kWasMoved, queue != nullptr && queue->owner == move.to);
      told.rows.push_back({std::to_string(move.queue.value), std::move(cells)});
    }
    return true;
  });
  return ended;
}

}  // namespace warren::node
