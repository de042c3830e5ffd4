// Time, the steps of nodes, and what follows from them.
#include "tests/sim/cluster/world.hpp"

#include <algorithm>

namespace warren::sim::cluster {
namespace {

constexpr WallSeconds kWallStart = 1'700'000'000;
// Wake-ups of one node in a row while no time passes.
constexpr std::uint64_t kTicksAtOnceMax = 20;

void append_output(std::string& to, const broker::session::Output& output) {
  const std::string_view bytes = output.bytes().view();
  std::size_t at = 0;
  for (const broker::session::BodyPiece& piece : output.pieces()) {
    to.append(bytes.substr(at, piece.before - at));
    to.append(piece.message->body().substr(piece.first, piece.bytes));
    at = piece.before;
  }
  to.append(bytes.substr(at));
}

}  // namespace

Outcome World::run() {
  found();
  run_until(scene_.now + 3 * kSecond + random(6 * kSecond));
  if (!scene_.failed()) conclude();
  Outcome outcome;
  outcome.violations = scene_.violations();
  outcome.story = scene_.story();
  outcome.counts = std::move(judge_.counts);
  return outcome;
}

// ---- time ----

void World::run_until(Micros end) {
  while (!scene_.failed() && happen_next(end)) {}
  scene_.now = std::max(scene_.now, end);
}

// The earliest of what was planned, be it in the world or on a disk.
bool World::happen_next(Micros end) {
  Member* disk = nullptr;
  Micros next = agenda_.empty() ? end + 1 : agenda_.begin()->first;
  for (const auto& member : members_) {
    if (member->disk_events.empty()) continue;
    const Micros at = std::max(member->disk_events.next_at(), member->frozen_until);
    if (at < next) next = at, disk = member.get();
  }
  if (next > end) return false;
  scene_.now = std::max(scene_.now, next);
  see_disc_nodes();
  if (disk != nullptr) return happen_on_disk(*disk), true;
  auto first = agenda_.extract(agenda_.begin());
  Happening& happening = first.mapped();
  Member& member = *members_[happening.place];
  const bool of_process = !std::holds_alternative<Return>(happening.what) && happening.what.index() < 6;
  if (of_process && member.up() && member.frozen(scene_.now)) {
    agenda_.emplace(member.frozen_until, std::move(happening));
    return true;
  }
  std::visit([&](auto& what) { happen(member, what); }, happening.what);
  return true;
}

void World::happen_on_disk(Member& member) {
  const Event event = member.disk_events.take();
  if (!member.up()) return;
  member.storage->happen(event.kind, 0, member.answers);
  while (member.up() && !member.answers.empty()) step(member, member.answers.pop_front());
}

void World::see_disc_nodes() {
  for (const auto& member : members_)
    if (member->up() && member->disc() && !member->frozen(scene_.now)) disc_seen_at_ = scene_.now;
}

Now World::clock(const Member& member) const {
  return {scene_.now / kMilli + member.clock_offset_ms, kWallStart + scene_.now / kSecond,
          static_cast<std::int32_t>(scene_.now / kMilli % (kSecond / kMilli))};
}

void World::arm(Member& member, Instant at_ms) {
  if (at_ms >= member.armed_ms) return;
  member.armed_ms = at_ms;
  const Micros at = (at_ms - member.clock_offset_ms) * kMilli;
  later(std::max<Micros>(0, at - scene_.now), member.place, Wake{});
}

void World::happen(Member& member, Wake&) {
  if (!member.up() || member.armed_ms > clock(member).instant_ms) return;
  member.armed_ms = kNever;
  member.ticks_at_once = member.ticked_at == scene_.now ? member.ticks_at_once + 1 : 0;
  member.ticked_at = scene_.now;
  if (member.ticks_at_once > kTicksAtOnceMax)
    scene_.fail("wake-ups end", "{} wants to be woken again and again", member.identity.name);
  feed(member, node::Tick{});
}

// ---- a step ----

void World::feed(Member& member, node::ShardInput input) {
  step(member, std::move(input));
  while (member.up() && !member.answers.empty()) step(member, member.answers.pop_front());
}

void World::step(Member& member, node::ShardInput input) {
  if (!member.up() || scene_.failed()) return;
  effects_.clear();
  member.machine->step(std::move(input), clock(member), effects_);
  if (ambush_each_ != 0) lie_in_wait(member);
  carry_out(member, effects_);
  judge_.observe(member);
  if (mix_ != Mix::mirrors) return;
  mirrors_.observe(member);
  lie_in_wait();
}

void World::carry_out(Member& member, node::ShardEffects& effects) {
  member.storage->carry_out(0, effects, member.answers);
  for (const std::string& line : effects.log) {
    scene_.tell("{} logs: {}", member.identity.name, line);
    if (mix_ == Mix::mirrors) mirrors_.hear(line);
  }
  if (effects.peers) {
    member.peers.clear();
    std::string names;
    for (const broker::NodeDefinition& peer : *effects.peers) {
      member.peers.insert(peer.id);
      names += fmt::format(" {} ({}{})", peer.name, peer.id.value, peer.running ? "" : ", down");
    }
    scene_.tell("{} knows{}", member.identity.name, names);
  }
  for (const NodeId node : effects.resets) reset_mail(member, node);
  for (auto& [to, bytes] : effects.control) send_control(member, to, std::move(bytes));
  for (node::NodePost& post : effects.node_posts) send_mail(member, post);
  if (effects.serving) member.serving = *effects.serving;
  carry_to_guests(member, effects);
  for (const node::RequestAnswer& answer : effects.answers) answered(member, answer);
  arm(member, effects.wake_at_ms);
}

void World::carry_to_guests(Member& member, node::ShardEffects& effects) {
  const auto guest_of = [&](SessionId session) -> Guest* {
    for (const auto& guest : guests_)
      if (guest->connected() && guest->at() == member.place && guest->session() == session) return guest.get();
    return nullptr;
  };
  for (node::Write& write : effects.writes) {
    std::string bytes;
    append_output(bytes, write.output);
    member.answers.push_back(node::Sent{write.session, write.output.size(), std::move(write.output)});
    if (Guest* guest = guest_of(write.session)) guest->hear(bytes, member, disc_seen_at_);
  }
  for (const node::Close& close : effects.closes) {
    if (Guest* guest = guest_of(close.session)) guest->lost();
    member.answers.push_back(node::Closed{close.session});
  }
}

void World::answered(Member& member, const node::RequestAnswer& answer) {
  const auto found = asked_.find({member.place, answer.request});
  if (found == asked_.end()) return;
  const Asked asked = found->second;
  asked_.erase(found);
  if (asked.trial) {
    --trials_open_;
    trials_refused_ += answer.refusal ? 1 : 0;
    if (answer.refusal) scene_.tell("{} refuses: {}", member.identity.name, answer.refusal->text);
  }
  if (asked.joiner) return answer.refusal ? void() : joined(member, *asked.joiner);
  if (asked.leaver) {
    if (answer.refusal) return;
    judge_.disc_was_needed(member, disc_seen_at_);
    return left(asked.leaver);
  }
  if (!answer.refusal) {
    judge_.granted(asked.thing, asked.removal, member, disc_seen_at_);
    return ambush_after_grant(member);
  }
  Thing& thing = judge_.things()[asked.thing];
  ++judge_.counts["definitions refused"];
  scene_.tell("{} refuses {}: {}", member.identity.name, thing.name, answer.refusal->text);
  (asked.removal ? thing.deleted : thing.made) = Wish::open;
}

Member* World::running(NodeId id) {
  for (const auto& member : members_)
    if (member->up() && member->identity.self == id) return member.get();
  return nullptr;
}

Member* World::any_up() {
  for (std::size_t tries = 0; tries < 2 * members_.size(); ++tries)
    if (Member& member = any(); member.up() && !member.leaving) return &member;
  return nullptr;
}

}  // namespace warren::sim::cluster
