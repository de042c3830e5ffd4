// Faults that wait for their moment.
#include <variant>

#include "node/cluster/control_messages.hpp"
#include "tests/sim/cluster/world.hpp"

namespace warren::sim::cluster {
namespace {

// While a write is on its way to the disk.
constexpr Micros kWriting = 30 * kMilli;
constexpr Micros kQuickReturn = 40 * kMilli;
// Long enough for the others to go on without it.
constexpr Micros kLongAway = 3 * kSecond;

}  // namespace

// Small steps of a seed's own, beside those that every mix draws.
void World::plot() {
  if (mix_ != Mix::definitions) return;
  if (!whims_.one_in(4)) ambush_each_ = 2 + whims_.below(20);
  if (whims_.one_in(4)) {
    group_.raft.election_ms = 100 + static_cast<Instant>(whims_.below(400));
    group_.raft.heartbeat_ms = group_.raft.election_ms / 3;
    group_.raft.ram_delay_ms = static_cast<Instant>(whims_.below(200));
  }
  if (whims_.one_in(5)) storage_plan_.disk.latency_max = 1 + whim(400 * kMilli);
}

bool World::springs(std::uint64_t rarer) { return !calm_ && ambush_each_ != 0 && whims_.one_in(ambush_each_ * rarer); }

void World::strike(Member& member, CrashKind kind, Micros within, Micros down_for) {
  later(whim(within), member.place, Strike{member.identity.incarnation, kind, down_for});
}

void World::happen(Member& member, Strike& what) {
  if (calm_ || !member.up() || member.identity.incarnation != what.process) return;
  ++judge_.counts["ambushes"];
  crash(member, what.kind, what.down_for);
}

void World::happen(Member&, Mend&) {
  if (!calm_) network_.heal();
}

// Nobody hears it any more; perhaps it hears the others.
void World::silence(Member& member) {
  ++judge_.counts["ambushes"];
  const bool deaf = whims_.one_in(2);
  scene_.tell("{} is not heard any more{}", member.identity.name, deaf ? ", and hears nobody" : "");
  for (const auto& other : members_) {
    if (other->place == member.place) continue;
    network_.cut(member.place, other->place);
    if (deaf) network_.cut(other->place, member.place);
  }
  later(300 * kMilli + whim(kLongAway), 0, Mend{});
}

// Who has the vote learns it and is not heard any more. The voter is back before anybody else was asked for the same
// term: it must know that it has voted.
void World::split_vote(Member& voter, const Member& candidate) {
  scene_.tell("{} has its vote, and is not heard", candidate.identity.name);
  for (const auto& other : members_) {
    if (other->place == candidate.place) continue;
    network_.cut(candidate.place, other->place);
    if (other->place != voter.place) network_.cut(other->place, candidate.place);
  }
  strike(voter, random_kind_of_crash(), kMilli, 1 + whim(kQuickReturn));
  later(kSecond + whim(kLongAway), 0, Mend{});
}

// What a node says to another one is on its way.
void World::overhear(Member& from, Member& to, std::string_view bytes) {
  node::ControlMessage message;
  if (!node::decode(bytes, message)) return scene_.fail("nodes understand each other", "a message cannot be read");
  if (std::holds_alternative<node::LineageTold>(message) && springs(1))
    return strike(from, CrashKind::power, kWriting, whim(kQuickReturn));
  const auto* mail = std::get_if<node::GroupMail>(&message);
  raft::Message word;
  if (mail == nullptr || !raft::decode(mail->message, word)) return;
  const auto* vote = std::get_if<raft::VoteAnswer>(&word.body);
  if (vote != nullptr && vote->granted && !vote->question) {
    judge_.voted(word.head, to.identity.self);
    if (springs(1)) {
      if (whims_.one_in(2)) return split_vote(from, to);
      strike(from, random_kind_of_crash(), kMilli, whim(kQuickReturn));
    }
  }
  // The vote itself is being written down.
  const auto* wish = std::get_if<raft::VoteRequest>(&word.body);
  if (wish != nullptr && !wish->question && springs(2))
    strike(to, random_kind_of_crash(), kWriting + network_.pace(), whim(kQuickReturn));
}

// A step has changed what the member is, and nobody has heard of it yet.
void World::lie_in_wait(Member& member) {
  const node::Registrar* registrar = member.registrar();
  if (registrar == nullptr) return;
  const raft::Status& status = registrar->status();
  const Member::Watched before = std::exchange(member.watched, {registrar->lineage().id, status.role, status.commit});
  const bool leads = status.role == raft::Role::leader;
  if (before.lineage != 0 && before.lineage != registrar->lineage().id) {
    // One that has just gone on alone meets the others before that stands on its disk.
    if (registrar->alone() && springs(1)) {
      network_.heal();
      strike(member, CrashKind::power, kWriting, whim(kQuickReturn));
    }
    return;
  }
  if (leads && status.configuration != member.seen_group && springs(1)) return silence(member);
  if (leads && status.commit > before.commit && springs(8)) {
    silence(member);
    return strike(member, random_kind_of_crash(), 400 * kMilli, whim(kLongAway));
  }
  if (status.role != before.role && status.role == raft::Role::pre_candidate && springs(4)) {
    Member& other = *members_[whims_.below(members_.size())];
    strike(other, random_kind_of_crash(), 2 * kWriting, whim(kQuickReturn));
  }
}

// Somebody was told that it is done: now the power goes, everywhere or where it was said.
void World::ambush_after_grant(Member& by) {
  if (!springs(4)) return;
  const bool everywhere = whims_.one_in(2);
  for (const auto& member : members_)
    if (member->up() && (everywhere || member->place == by.place))
      strike(*member, CrashKind::power, kMilli, member->disc() ? whim(kQuickReturn) : whim(kSecond));
}

CrashKind World::random_kind_of_crash() { return whims_.one_in(2) ? CrashKind::power : CrashKind::process; }

}  // namespace warren::sim::cluster
