#include "tests/sim/cluster/network.hpp"

#include <algorithm>

namespace warren::sim::cluster {

Micros Network::arrival(Place from, Place to, Micros now) {
  const auto slow = slow_.find({from, to});
  Micros& last = last_arrival_[{from, to}];
  last = std::max(last, now + pace() + (slow == slow_.end() ? 0 : slow->second));
  return last;
}

void Network::forget(Place process) {
  for (auto& [way, mail] : mail_) {
    if (way.first != process) continue;
    mail.drop();
    mail.generation = 0;
  }
}

std::pair<bool, bool> Network::meet(const Member& a, const Member& b) {
  MailWay& there = mail(a.place, b.place);
  MailWay& back = mail(b.place, a.place);
  const bool known_there = there.peer_incarnation == b.identity.incarnation;
  const bool known_back = back.peer_incarnation == a.identity.incarnation;
  if (known_there && known_back && there.generation == back.generation) return {false, false};
  // Mail that was put in before there was an agreement waits for it; that of an agreement that is no more is lost.
  const std::pair<bool, bool> lost{there.peer_incarnation != 0, back.peer_incarnation != 0};
  if (lost.first) there.drop();
  if (lost.second) back.drop();
  there.generation = back.generation = std::max(there.generation, back.generation) + 1;
  there.peer_incarnation = b.identity.incarnation;
  back.peer_incarnation = a.identity.incarnation;
  return lost;
}

}  // namespace warren::sim::cluster
