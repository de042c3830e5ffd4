// Faults that belong together: one is prepared, its moment is waited for, and another one follows.
#include "tests/sim/cluster/mirrors/scheme.hpp"

#include <algorithm>
#include <array>

#include "tests/sim/cluster/world.hpp"

namespace warren::sim::cluster {
namespace {

constexpr Micros kWeakDisk = 500 * kMilli;
constexpr Micros kStrikeEach = 600 * kMilli;
constexpr Micros kPatience = 1500 * kMilli;
constexpr Micros kLastBack = 250 * kMilli;
constexpr Micros kLongAway = 2 * kSecond;
constexpr Micros kMissed = 700 * kMilli;
// Less than what lets a node count as down.
constexpr Micros kLateWish = 350 * kMilli;
constexpr Micros kLateMail = 150 * kMilli;
// Long enough for both to go on alone.
constexpr Micros kApart = 1200 * kMilli;

}  // namespace

void World::choose_scheme() {
  static constexpr std::array<Scheme, 8> kSchemes{Scheme::none,      Scheme::none,      Scheme::none,
                                                  Scheme::weak_disk, Scheme::weak_disk, Scheme::late_joiner,
                                                  Scheme::old_wish,  Scheme::split};
  scheme_ = kSchemes[plots_.below(kSchemes.size())];
}

void World::pursue(const Moment& moment) {
  using What = Moment::What;
  if (scheme_ == Scheme::split) return;
  if (snare_ && scene_.now > snare_->until) give_up_snare();
  if (!snare_) return set_snare(moment);
  if (snare_->thing != moment.thing) return;
  if (scheme_ == Scheme::weak_disk) {
    if (moment.what == What::confirmed && moment.publish >= snare_->publish) lose_power_everywhere();
    return;
  }
  if (moment.node != snare_->node) return;
  if (moment.what == What::proposed) leave_behind();
  if (moment.what == What::joined) leave_alone_with_it();
}

void World::set_snare(const Moment& moment) {
  using What = Moment::What;
  const std::vector<NodeId> holders = mirrors_.holders(moment.thing);
  if (holders.empty() || scene_.now < next_strike_) return;
  const Snare snare{moment.thing, holders.front(), moment.node, moment.publish, scene_.now + kPatience};
  const bool of_disks = scheme_ == Scheme::weak_disk;
  if (moment.what != (of_disks ? What::published : What::lacks) || (of_disks && !plots_.one_in(3))) return;
  if (of_disks) return weaken(snare, holders);
  const Member* owner = running(snare.owner);
  const Member* mirror = running(snare.node);
  const Member* first = leader();
  if (owner == nullptr || mirror == nullptr || first == nullptr) return;
  if (scheme_ == Scheme::late_joiner) {
    network_.slow_mail(owner->place, mirror->place, static_cast<Micros>(plots_.below(kLateMail)));
  } else {
    if (first == owner || first == mirror) return;
    network_.slow_down_one_way(owner->place, first->place, kLateWish);
  }
  snare_ = snare;
}

// Of the owner or a mirror.
void World::weaken(Snare snare, const std::vector<NodeId>& holders) {
  snare.node = holders[plots_.below(holders.size())];
  Member* weak = running(snare.node);
  Member* owner = running(snare.owner);
  if (weak == nullptr || owner == nullptr || judge_.publishes()[snare.publish].transient) return;
  DiskSettings settings = weak->storage->disk().settings();
  settings.latency_max = kWeakDisk;
  weak->storage->disk().set(settings);
  scene_.tell("the disk of {} is slow", weak->identity.name);
  if (weak != owner && plots_.one_in(2)) snare.had = mirrors_.messages_at(snare.thing, snare.node);
  snare_ = snare;
}

// The mail between owner and mirror is lost when the message has come: they speak of what the mirror has, though its
// journal does not have it yet.
void World::tell_anew() {
  if (!snare_ || !snare_->had || mirrors_.messages_at(snare_->thing, snare_->node) <= *snare_->had) return;
  snare_->had.reset();
  if (Member* owner = running(snare_->owner)) reset_mail(*owner, snare_->node);
}

void World::lose_power_everywhere() {
  const NodeId last = snare_->node;
  give_up_snare();
  for (const auto& member : members_)
    hit(member->identity.self, CrashKind::power, 0,
        member->identity.self == last ? kLastBack + static_cast<Micros>(plots_.below(kLastBack))
                                      : 1 + static_cast<Micros>(plots_.below(20 * kMilli)));
}

// It is proposed for the set, and hears nothing more of its owner.
void World::leave_behind() {
  Member* owner = running(snare_->owner);
  Member* mirror = running(snare_->node);
  if (owner == nullptr || mirror == nullptr) return;
  network_.cut_both(owner->place, mirror->place);
  scene_.tell("{} is proposed for the set, and parted from {}", mirror->identity.name, owner->identity.name);
  if (scheme_ == Scheme::old_wish) hit(snare_->node, plots_.one_in(2) ? CrashKind::power : CrashKind::process, 0, 1);
}

void World::leave_alone_with_it() {
  const Snare snare = *snare_;
  give_up_snare();
  for (const NodeId node : mirrors_.holders(snare.thing))
    if (node != snare.node) hit(node, CrashKind::process, 0, kMissed + static_cast<Micros>(plots_.below(kLongAway)));
}

void World::give_up_snare() {
  const Snare snare = *std::exchange(snare_, {});
  next_strike_ = scene_.now + static_cast<Micros>(plots_.below(kStrikeEach));
  const Member* owner = running(snare.owner);
  Member* node = running(snare.node);
  if (node != nullptr && scheme_ == Scheme::weak_disk) node->storage->disk().set(storage_plan_.disk);
  if (owner == nullptr || node == nullptr) return;
  network_.mend(owner->place, node->place);
  network_.slow_mail(owner->place, node->place, 0);
  for (const auto& member : members_) network_.slow_down_one_way(owner->place, member->place, 0);
}

// Both lose sight of the other for so long that they go on alone.
void World::split_in_two() {
  if (!network_.whole()) return;
  ++judge_.counts["splits in two"];
  scene_.tell("the two are parted");
  network_.cut_both(0, 1);
  later(kApart + static_cast<Micros>(plots_.below(kApart)), 0, Mend{});
}

}  // namespace warren::sim::cluster
