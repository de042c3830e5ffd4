// What befalls the holders of a queue at the moments when it hurts most: right after a promise.
#include <algorithm>

#include "tests/sim/cluster/world.hpp"

namespace warren::sim::cluster {
namespace {

// So long must a node be away to be missed.
constexpr Micros kMissed = 700 * kMilli;
constexpr Micros kMissedMax = 1500 * kMilli;
constexpr Micros kSoon = 20 * kMilli;
constexpr Micros kStrikeEach = 600 * kMilli;
constexpr Micros kSlow = 350 * kMilli;
constexpr Micros kPartedFor = 150 * kMilli;
constexpr std::uint64_t kDiskLeft = 96 << 10;

// One in so many: publishes and confirms are many, the others few.
std::uint64_t rarity(Moment::What what) {
  switch (what) {
    case Moment::What::published: return 24;
    case Moment::What::confirmed: return 8;
    case Moment::What::proposed:
    case Moment::What::joined: return 2;
    case Moment::What::reigned: return 4;
    case Moment::What::lacks: break;
  }
  return 1;
}

}  // namespace

// In half of the seeds messages go cold early, on owners and copies. In a quarter nobody lies in wait.
void World::plan_storage() {
  choose_scheme();
  strikes_ = plots_.one_in(4) ? 0 : 1 + plots_.below(3);
  if (plots_.one_in(2)) return;
  storage_plan_.node.hot_bytes = 256 + plots_.below(2048);
  storage_plan_.node.chunk_bytes = 256 + plots_.below(1024);
  storage_plan_.node.read_ahead_bytes = 512;
  storage_plan_.node.segments_kept = 1;
  storage_plan_.segment_bytes = 16 << 10;
}

void World::lie_in_wait() {
  if (!calm_) tell_anew();
  for (const Moment& moment : mirrors_.take_moments()) {
    if (calm_) continue;
    if (scheme_ != Scheme::none) {
      pursue(moment);
      continue;
    }
    if (strikes_ == 0 || scene_.now < next_strike_) continue;
    if (!plots_.one_in(strikes_ * rarity(moment.what))) continue;
    next_strike_ = scene_.now + static_cast<Micros>(plots_.below(kStrikeEach));
    strike(moment);
  }
}

void World::strike(const Moment& moment) {
  const std::vector<NodeId> holders = mirrors_.holders(moment.thing);
  if (holders.empty()) return;
  ++judge_.counts["ambushes"];
  switch (moment.what) {
    case Moment::What::published: return part(holders.front(), holders);
    case Moment::What::confirmed: return strike_holders(holders);
    case Moment::What::proposed:
    case Moment::What::joined: return strike_who_joins(moment, holders);
    case Moment::What::reigned:
      if (plots_.one_in(2)) return part(holders.front(), holders);
      return hit(holders.front(), CrashKind::process, static_cast<Micros>(plots_.below(100 * kMilli)), kMissedMax);
    case Moment::What::lacks: return;
  }
}

// Somebody was told that all of them have it.
void World::strike_holders(const std::vector<NodeId>& holders) {
  const Micros in = static_cast<Micros>(plots_.below(2 * kMilli));
  const auto away = [&] { return kMissed + static_cast<Micros>(plots_.below(kMissedMax)); };
  const auto soon = [&] { return 1 + static_cast<Micros>(plots_.below(200 * kMilli)); };
  const CrashKind kind = plots_.one_in(2) ? CrashKind::power : CrashKind::process;
  switch (plots_.below(5)) {
    case 0:
      for (const auto& member : members_) hit(member->identity.self, CrashKind::power, in, soon());
      return;
    case 1:
      for (const NodeId node : holders) hit(node, CrashKind::power, in, plots_.one_in(2) ? soon() : away());
      return;
    case 2: return hit(holders.front(), kind, in, away());
    case 3: return hit(holders.back(), CrashKind::power, in, soon());
    default:
      hit(holders.front(), kind, in, away());
      if (holders.size() > 1) hit(holders[1], CrashKind::power, in, soon());
  }
}

// The owner goes; or who joins is another process before the group has decided on it.
void World::strike_who_joins(const Moment& moment, const std::vector<NodeId>& holders) {
  const Micros in = static_cast<Micros>(plots_.below(kSoon));
  if (moment.what == Moment::What::joined || plots_.one_in(2))
    return hit(holders.front(), plots_.one_in(2) ? CrashKind::power : CrashKind::process, in,
               kMissed + static_cast<Micros>(plots_.below(kMissedMax)));
  const Member* owner = running(holders.front());
  const Member* first = leader();
  if (owner != nullptr && first != nullptr && owner != first) network_.slow_down(owner->place, first->place, kSlow);
  hit(moment.node, plots_.one_in(2) ? CrashKind::power : CrashKind::process, 0, 1);
}

// Nothing more goes from the owner to the others; then it dies.
void World::part(NodeId owner, const std::vector<NodeId>& holders) {
  const Member* from = running(owner);
  if (from == nullptr) return;
  for (const NodeId node : holders)
    if (const Member* to = running(node); to != nullptr && to != from) network_.cut_both(from->place, to->place);
  scene_.tell("{} is parted from its mirrors", from->identity.name);
  hit(owner, CrashKind::process, static_cast<Micros>(plots_.below(kPartedFor)),
      kMissed + static_cast<Micros>(plots_.below(kMissedMax)));
}

void World::hit(NodeId node, CrashKind kind, Micros in, Micros down_for) {
  if (const Member* member = running(node)) later(in, member->place, Blow{kind, down_for});
}

void World::happen(Member& member, Blow& what) {
  if (!calm_) crash(member, what.kind, what.down_for);
}

// Until it ends, or everything heals.
void World::fill_disk(Member& member) {
  if (!member.up() || calm_) return;
  DiskSettings settings = storage_plan_.disk;
  settings.capacity_bytes = member.storage->disk().used_bytes() + plots_.below(kDiskLeft);
  member.storage->disk().set(settings);
  ++judge_.counts["disks filled"];
  scene_.tell("the disk of {} fills", member.identity.name);
}

}  // namespace warren::sim::cluster
