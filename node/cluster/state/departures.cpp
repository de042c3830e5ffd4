#include "node/cluster/state/departures.hpp"

#include <algorithm>
#include <utility>

namespace warren::node {

void Departures::at_work(NodeId node) {
  for (Waiting& waiting : waiting_) waiting.at_work |= waiting.wish.node == node;
}

std::vector<Departure> Departures::give_up() {
  std::vector<Departure> wishes;
  for (Waiting& waiting : std::exchange(waiting_, {})) wishes.push_back(std::move(waiting.wish));
  return wishes;
}

Departures::Judged Departures::judge(const broker::Catalog& catalog, Instant now) {
  Judged judged;
  std::erase_if(waiting_, [&](Waiting& waiting) {
    const bool runs = catalog.node_running(waiting.wish.node);
    if (runs && !waiting.at_work && now < waiting.until) return false;
    (runs ? judged.refused : judged.ready).push_back(std::move(waiting.wish));
    return true;
  });
  return judged;
}

}  // namespace warren::node
