// How a cluster begins, and what befalls it.
#include <algorithm>

#include "base/password.hpp"
#include "tests/sim/cluster/world.hpp"

namespace warren::sim::cluster {
namespace {

constexpr std::uint64_t kWatermarkBytes = 1 << 30;
constexpr Micros kDownMax = 1500 * kMilli;

broker::NodeKind random_kind(Rng& rng) {
  const std::uint64_t dice = rng.below(10);
  return dice < 6 ? broker::NodeKind::disc : dice < 9 ? broker::NodeKind::ram : broker::NodeKind::witness;
}

std::vector<broker::Command> definitions() {
  static const std::string hash = hash_password("guest", 1);
  return broker::default_definitions(hash);
}

}  // namespace

World::World(std::uint64_t seed, Mix mix, bool with_story)
    : rng_(seed),
      whims_(~seed),
      plots_(~seed),
      mix_(mix),
      with_story_(with_story),
      scene_(with_story),
      judge_(scene_),
      network_(rng_.next()),
      mirrors_(scene_, judge_, members_) {
  scene_.now = kSecond;
  lineage_ = rng_.next() | 1;
  network_.set_pace(1 + random(rng_.one_in(4) ? 150 * kMilli : 20 * kMilli), rng_.one_in(3) ? 0 : 10 + rng_.below(60));
  fault_every_ = 100 * kMilli + random(1500 * kMilli);
  group_.raft.snapshot_entries = 4 + rng_.below(60);
  group_.raft.kept_entries = rng_.below(20);
  storage_plan_.enabled = true;
  storage_plan_.segment_bytes = 64 << 10;
  storage_plan_.disk.latency_max = 1 + random(30 * kMilli);
  plot();
  if (mix_ == Mix::mirrors) plan_storage();
  const bool two = scheme_ == Scheme::split;
  const std::size_t nodes = two ? 2 : 2 + rng_.below(6);
  for (Place place = 0; place < nodes; ++place) {
    auto member = std::make_unique<Member>();
    member->place = place;
    member->identity.name = fmt::format("n{}", place + 1);
    member->identity.kind = place == 0 || two ? broker::NodeKind::disc : random_kind(rng_);
    member->identity.host = "h";
    member->identity.cluster_port = 1;
    member->identity.boot = 1;
    member->clock_offset_ms = random(100'000);
    members_.push_back(std::move(member));
  }
  const std::uint32_t guests = two ? 3 : 1 + static_cast<std::uint32_t>(rng_.below(3));
  for (std::uint32_t number = guests; number > 0; --number)
    guests_.push_back(
        std::make_unique<Guest>(scene_, judge_, mix_ == Mix::mirrors ? &mirrors_ : nullptr, number, rng_.next()));
}

// The first founds; the others come in, most of them before anything happens.
void World::found() {
  Member& founder = *members_.front();
  founder.member = true;
  founder.identity.self = NodeId(1);
  founder.identity.lineage = lineage_;
  founder.storage = std::make_unique<Storage>(scene_, founder.disk_events, rng_.next(), storage_plan_, 1);
  start(founder);
  run_until(scene_.now + 300 * kMilli);
  for (const auto& member : members_) {
    if (member->member || (scheme_ != Scheme::split && rng_.one_in(5))) continue;
    ask(founder, broker::AddNode{member->identity.name, member->identity.kind, "h", 1}, {.joiner = member->place});
    run_until(scene_.now + random(kSecond));
  }
  if (mix_ == Mix::mirrors) {
    want_copies(founder, "^m");
    run_until(scene_.now + 200 * kMilli);
  }
  later(0, 0, Look{});
  later(random(2 * kSecond), 0, Fault{});
  later(random(200 * kMilli), 0, Work{});
  for (std::size_t guest = 0; guest < guests_.size(); ++guest) later(random(kSecond), 0, GuestTurn{guest});
}

void World::start(Member& member) {
  if (member.up() || !member.member) return;
  std::optional<node::Recovered> recovered = member.storage->start(clock(member));
  if (!recovered) return scene_.fail("a disk that is well can be read", "{}", member.identity.name);
  if (with_story_) scene_.tell("{} finds on its disk:\n{}", member.identity.name, describe(*recovered));
  member.identity.incarnation = ++processes_ + 5000;
  node::ShardSettings settings;
  settings.identity = member.identity;
  settings.identity.founder = member.place == 0 && member.identity.self == NodeId(1);
  settings.group = group_;
  settings.seed = rng_.next();
  settings.memory_high_watermark_bytes = kWatermarkBytes;
  settings.definitions = definitions();
  settings.storage = storage_plan_.node;
  settings.storage.enabled = true;
  settings.image = recovered->image;
  settings.agreement = recovered->agreement;
  settings.queues = std::move(recovered->shards.front().queues);
  settings.journal = std::move(recovered->shards.front().journal);
  settings.bodies = std::move(recovered->shards.front().bodies);
  std::vector<std::string> complaints;
  const node::Agreement agreement = node::read_agreement(settings.agreement, complaints);
  member.mark =
      agreement.state && agreement.state->boot == member.identity.boot ? agreement.state->mark : raft::Place{};
  if (!complaints.empty()) scene_.fail("what is agreed can be read again", "{}", complaints.front());
  const raft::Index applied = agreement.applied ? agreement.applied->place.index : 0;
  scene_.tell("{} starts as node {}, process {}; has applied {}, holds {} entries behind it", member.identity.name,
              member.identity.self.value, member.identity.incarnation, applied, agreement.entries.size());
  member.machine = std::make_unique<node::Shard>(std::move(settings));
  if (std::exchange(member.forgetful, false)) judge_.forgot(member);
  member.armed_ms = kNever;
  member.seen_revision = {};
  member.started_at = member.thawed_at = scene_.now;
  member.frozen_until = 0;
  member.leaving = member.serving = false;
  member.watched = {};
  member.objects_since = -1;
  feed(member, node::Resources{0, 1ull << 40});
}

void World::crash(Member& member, CrashKind kind, Micros down_for) {
  if (!member.up()) return;
  const bool power = kind == CrashKind::power;
  ++judge_.counts[power ? "nodes lost power" : "nodes were killed"];
  scene_.tell("{} {}", member.identity.name, power ? "loses power" : "is killed");
  for (const auto& guest : guests_)
    if (guest->connected() && guest->at() == member.place) guest->lost();
  for (auto asked = asked_.lower_bound({member.place, 0});
       asked != asked_.end() && asked->first.first == member.place;) {
    Thing* thing = asked->second.thing < judge_.things().size() ? &judge_.things()[asked->second.thing] : nullptr;
    if (thing != nullptr && !asked->second.joiner && !asked->second.leaver)
      (asked->second.removal ? thing->deleted : thing->made) = Wish::open;
    asked = asked_.erase(asked);
  }
  mirrors_.dies(member, power);
  network_.forget(member.place);
  member.machine.reset();
  member.answers = {};
  member.peers.clear();
  member.disk_events.forget_shards();
  if (mix_ == Mix::mirrors) member.storage->disk().set(storage_plan_.disk);
  member.storage->crash(kind);
  if (power) ++member.identity.boot, member.forgetful = true;
  later(down_for, member.place, Return{});
}

void World::happen(Member& member, Return&) {
  if (!member.up() && !member.retired) start(member);
}

// In order: the others are told, and then it ends.
void World::stop(Member& member) {
  ++judge_.counts["nodes were stopped"];
  scene_.tell("{} is told to stop", member.identity.name);
  member.leaving = true;
  feed(member, node::Stop{});
  later(20 * kMilli, member.place, Ending{});
}

void World::happen(Member& member, Ending& what) {
  if (!member.up() || !member.leaving) return;
  if (!member.machine->may_end(clock(member).instant_ms)) return later(20 * kMilli, member.place, what);
  member.leaving = false;
  crash(member, CrashKind::process, random(kDownMax));
}

void World::happen(Member&, Fault&) {
  if (calm_) return;
  later(1 + random(fault_every_), 0, Fault{});
  one_fault(any());
}

void World::one_fault(Member& member) {
  if (scheme_ == Scheme::split) return split_in_two();
  const CrashKind kind = rng_.one_in(3) ? CrashKind::power : CrashKind::process;
  switch (rng_.below(14)) {
    case 0:
    case 1: return cut_something();
    case 2:
    case 3: return network_.heal();
    case 4:
    case 5: return crash(member, kind, random(kDownMax));
    case 6:
      if (!rng_.one_in(4)) return;
      for (const auto& one : members_) crash(*one, kind, random(kDownMax));
      return;
    case 7:
      member.frozen_until = scene_.now + random(1500 * kMilli);
      member.thawed_at = member.frozen_until;
      ++judge_.counts["nodes froze"];
      return scene_.tell("{} freezes until {}", member.identity.name, member.frozen_until / kMilli);
    case 8: return network_.slow_down(member.place, any().place, random(300 * kMilli));
    case 9: return serve_off_and_on(member);
    case 10:
      if (member.up() && !member.leaving && rng_.one_in(2)) stop(member);
      return;
    case 11:
      if (Member* at = any_up()) let_in(*at);
      return;
    case 12:
      if (Member* at = any_up(); at != nullptr && rng_.one_in(3)) let_go(*at);
      return;
    default:
      if (const Member& other = any(); member.up() && other.up()) reset_mail(member, other.identity.self);
  }
}

// In halves, around one node, between two of them, one way only, or with one in between who reaches all.
void World::cut_something() {
  ++judge_.counts["cuts"];
  if (!rng_.one_in(3)) network_.heal();
  const Place one = any().place;
  const Place other = any().place;
  if (one == other) return;
  switch (rng_.below(5)) {
    case 0: network_.cut(one, other); break;
    case 1: network_.cut_both(one, other); break;
    default: {
      const std::uint64_t side = rng_.one_in(2) ? rng_.next() : std::uint64_t{1} << one;
      const bool bridged = rng_.one_in(4);
      for (Place a = 0; a < members_.size(); ++a)
        for (Place b = 0; b < a; ++b)
          if ((side >> a & 1) != (side >> b & 1) && !(bridged && (a == other || b == other))) network_.cut_both(a, b);
    }
  }
  scene_.tell("the network is cut: {}", [&] {
    std::string text;
    for (Place a = 0; a < members_.size(); ++a)
      for (Place b = 0; b < members_.size(); ++b)
        if (!network_.reaches(a, b)) text += fmt::format(" {}-{}", a + 1, b + 1);
    return text;
  }());
}

void World::serve_off_and_on(Member& member) {
  if (!member.up() || member.leaving) return;
  const bool on = !member.registrar()->serves();
  scene_.tell("{} is told to {}", member.identity.name, on ? "serve" : "serve nobody");
  feed(member, node::Serve{on});
}

}  // namespace warren::sim::cluster
