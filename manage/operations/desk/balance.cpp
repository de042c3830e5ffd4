#include "manage/operations/desk/balance.hpp"

#include <algorithm>
#include <cstddef>
#include <map>
#include <tuple>

#include "manage/operations/words/limits.hpp"

namespace warren::manage {

Balance balance(std::vector<OwnedQueue> queues, const std::vector<NodeId>& nodes) {
  Balance result;
  std::map<NodeId, std::size_t> owned;
  for (const NodeId node : nodes) owned[node] = 0;
  if (owned.empty()) return result;
  for (const OwnedQueue& queue : queues) ++owned[queue.owner];
  const std::size_t share = (queues.size() + nodes.size() - 1) / nodes.size();
  const auto may_own = [&](NodeId node) { return std::ranges::find(nodes, node) != nodes.end(); };
  const auto room = [&](NodeId node) { return may_own(node) && owned.at(node) < share; };
  std::ranges::sort(queues, {}, [](const OwnedQueue& one) { return std::tuple(one.messages, one.queue); });
  for (const OwnedQueue& queue : queues) {
    if (owned.at(queue.owner) <= share || result.moves.size() >= limits::kMovesMax) continue;
    const auto fewest =
        std::ranges::min_element(queue.heirs, {}, [&](NodeId node) { return room(node) ? owned.at(node) : share; });
    if (fewest == queue.heirs.end() || !room(*fewest)) continue;
    --owned.at(queue.owner);
    ++owned.at(*fewest);
    result.moves.push_back({queue.queue, *fewest});
  }
  if (result.moves.size() >= limits::kMovesMax) return result;
  for (const OwnedQueue& queue : queues) {
    const bool moved = std::ranges::find(result.moves, queue.queue, &QueueMove::queue) != result.moves.end();
    if (!moved && owned.at(queue.owner) > share) result.stuck.push_back(queue.queue);
  }
  return result;
}

}  // namespace warren::manage
