// What lies between the nodes of a simulated cluster: who reaches whom, how long it takes, and the streams of mail.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "base/rng.hpp"
#include "tests/sim/cluster/member.hpp"

namespace warren::sim::cluster {

// From whom to whom.
using Way = std::pair<Place, Place>;

// One direction of a stream of mail, as its sender has it (server/link/parts/mail_stream).
struct MailWay {
  std::uint64_t generation = 0;
  std::uint64_t peer_incarnation = 0;  // whom it was agreed with; zero: with nobody yet
  std::deque<std::string> frames;      // not taken yet
  bool moving = false;                 // its next move is planned

  void drop() {
    peer_incarnation = 0;
    frames.clear();
  }
};

class Network {
 public:
  explicit Network(std::uint64_t seed) : rng_(seed) {}

  bool reaches(Place from, Place to) const { return !cuts_.contains({from, to}); }
  bool linked(Place a, Place b) const { return reaches(a, b) && reaches(b, a); }
  void cut(Place from, Place to) { cuts_.insert({from, to}); }
  void cut_both(Place a, Place b) { cut(a, b), cut(b, a); }
  void mend(Place a, Place b) { cuts_.erase({a, b}), cuts_.erase({b, a}); }
  void heal() { cuts_.clear(); }
  bool whole() const { return cuts_.empty(); }

  void set_pace(Micros delay_max, std::uint64_t lose_each) { delay_max_ = delay_max, lose_each_ = lose_each; }
  void slow_down(Place a, Place b, Micros more) { slow_[{a, b}] = slow_[{b, a}] = more; }
  void slow_down_one_way(Place from, Place to, Micros more) { slow_[{from, to}] = more; }
  // Control messages go as ever.
  void slow_mail(Place from, Place to, Micros more) { slow_mail_[{from, to}] = more; }
  void calm() {
    heal();
    slow_.clear();
    slow_mail_.clear();
    set_pace(2 * kMilli, 0);
  }
  bool loses() { return lose_each_ != 0 && rng_.one_in(lose_each_); }
  // Ways keep their order.
  Micros arrival(Place from, Place to, Micros now);
  Micros mail_pace(Place from, Place to) {
    const auto slow = slow_mail_.find({from, to});
    return pace() + (slow == slow_mail_.end() ? 0 : slow->second);
  }
  Micros pace() { return 1 + static_cast<Micros>(rng_.below(static_cast<std::uint64_t>(delay_max_))); }

  MailWay& mail(Place from, Place to) { return mail_[{from, to}]; }
  // All streams of a process end with it.
  void forget(Place process);
  // Both sides can speak: they agree on a stream. Whether the first, and the second, lose what they had.
  std::pair<bool, bool> meet(const Member& a, const Member& b);

 private:
  Rng rng_;
  Micros delay_max_ = 2 * kMilli;
  std::uint64_t lose_each_ = 0;
  std::set<Way> cuts_;
  std::map<Way, Micros> slow_;
  std::map<Way, Micros> slow_mail_;
  std::map<Way, Micros> last_arrival_;
  std::map<Way, MailWay> mail_;
};

}  // namespace warren::sim::cluster
