#include "cluster/raft/raft.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "base/plant.hpp"

namespace warren::raft {
namespace {

// The beginning of every log, so that there is a snapshot to send to joiners: it tells them who the founders were.
constexpr Place kFoundingPlace{1, 1};

HardState recovered_state(const Start& start) {
  const bool trusted = start.state && (start.kind == Kind::disc || start.state->boot == start.boot || planted(103));
  HardState state = trusted ? *start.state : HardState{};
  if (trusted) return state;
  // What was written without a sync may be old: nothing but the term is taken from it.
  state.term = start.state ? start.state->term : 0;
  state.boot = start.boot;
  state.admission = start.incarnation;
  return state;
}

Log recovered_log(Start& start) {
  const Index covered = start.snapshot.last.index;
  std::erase_if(start.entries, [covered](const Entry& entry) { return entry.place.index <= covered; });
  return Log(start.snapshot.last, std::move(start.entries));
}

ConfigurationHistory recovered_history(const Snapshot& snapshot, const Log& log) {
  ConfigurationHistory history(snapshot.configuration, snapshot.last.index);
  for (Index index = log.base().index + 1; index <= log.last_index(); ++index) {
    const Entry& entry = log.at(index);
    if (entry.of != EntryClass::configuration) continue;
    Configuration configuration;
    WARREN_CHECK(decode(entry.command, configuration), "a configuration that was accepted can be read");
    history.add(index, std::move(configuration));
  }
  return history;
}

}  // namespace

HardState founding_state(const Configuration& founders, NodeId self, std::uint64_t boot) {
  const Member* member = founders.find(self);
  WARREN_CHECK(member != nullptr, "a founder is a member");
  return {kFoundingPlace.term, {},           member->kind == Kind::disc ? Place{} : kFoundingPlace, boot,
          member->admission,   member->voter};
}

Snapshot founding_snapshot(Configuration founders) { return {kFoundingPlace, std::move(founders), nullptr}; }

Raft::Raft(Start start, Instant now)
    : self_(start.self),
      kind_(start.kind),
      settings_(start.settings),
      lineage_(start.lineage),
      incarnation_(start.incarnation),
      rng_(start.seed),
      state_(recovered_state(start)),
      saved_(start.state),
      snapshot_(start.snapshot),
      log_(recovered_log(start)),
      history_(recovered_history(snapshot_, log_)),
      outbox_(log_.last_index()),
      commit_(std::max(snapshot_.last.index, start.applied)),
      applied_(start.applied),
      now_(now) {
  WARREN_CHECK(self_ && incarnation_ != 0, "a member has an identity and an incarnation");
  WARREN_CHECK(commit_ <= log_.last_index(), "only what the log holds was applied");
  state_.term = std::max(state_.term, log_.last().term);
  refilling_ = keeps_in_memory() && log_.last() < state_.mark;
  if (planted(104)) refilling_ = false, state_.mark = log_.last();
  reset_election_timer();
  // Whom should it wait for?
  const Member* member = history_.current().find(self_);
  if (member != nullptr && member->voter && history_.current().voters() == 1) election_at_ = now;
}

void Raft::step(Input input, Instant now, Effects& effects) {
  now_ = now;
  out_ = &effects;
  std::visit([this](auto& what) { on(what); }, input);
  finish_step();
  effects.wake_at = next_deadline();
  out_ = nullptr;
}

Status Raft::status() const {
  return {role_,
          state_.term,
          leader_,
          state_.admission,
          state_.admitted,
          commit_,
          applied_,
          log_.last(),
          snapshot_.last.index,
          history_.current(),
          static_cast<bool>(transfer_to_)};
}

void Raft::on(Receive& input) { receive(input.message); }

void Raft::receive(Message& message) {
  if (message.head.lineage != lineage_ || !heed_term(message)) return;
  std::visit([&](auto& body) { handle(message.head, body); }, message.body);
}

// Paper, section 5.1: a higher term makes a follower, a lower one is not listened to. True when the message counts.
bool Raft::heed_term(const Message& message) {
  const Head& head = message.head;
  const auto* request = std::get_if<VoteRequest>(&message.body);
  if (head.term > state_.term) {
    // Thesis, section 4.2.3: who hears a leader is not disturbed.
    if (request != nullptr && !request->at_leaders_wish && hears_leader()) return false;
    const bool from_leader =
        std::holds_alternative<Append>(message.body) || std::holds_alternative<SnapshotPiece>(message.body);
    become_follower(head.term, from_leader ? head.from : NodeId{});
    return true;
  }
  if (head.term == state_.term) return true;
  // A leader or a candidate of the past learns of the new term. One that waits behind a cut for its turn would never do
  // so, since it asks only whether it may campaign.
  if (request != nullptr) hold(head.from, VoteAnswer{request->question, false});
  if (const auto* append = std::get_if<Append>(&message.body))
    hold(head.from, AppendAnswer{false, append->previous.index, {}});
  if (std::holds_alternative<SnapshotPiece>(message.body)) hold(head.from, AppendAnswer{false, 0, {}});
  return false;
}

void Raft::on(Tick&) {
  if (role_ == Role::leader) {
    if (now_ >= quorum_check_at_) check_quorum();
    if (now_ >= transfer_ends_at_) abandon_transfer();
    if (role_ == Role::leader && now_ >= heartbeat_at_) {
      heartbeat_at_ = now_ + settings_.heartbeat_ms;
      send_to_all(true);
    }
  } else if (now_ >= election_at_) {
    reset_election_timer();
    if (can_campaign()) start_question();
  }
}

void Raft::on(Persisted& input) { outbox_.persisted(input.sequence); }

// What is due at the end of every step, in this order: the mark covers what is about to be acknowledged; all that
// changed is persisted as one; what need not wait any longer goes out; what is agreed and durable is applied.
void Raft::finish_step() {
  for (;;) {
    if (!state_.admitted && history_.current().is_voter(self_, state_.admission)) state_.admitted = true;
    refilling_ = refilling_ && log_.last() < state_.mark;
    if (keeps_in_memory() && !refilling_) state_.mark = log_.last();
    const bool changed = saved_ != state_ || unsaved_from_ || snapshot_unsaved_;
    Persist persist;
    persist.sequence = outbox_.close(changed, log_.last_index());
    if (changed) {
      persist.sync = !keeps_in_memory();
      persist.state = state_;
      if (persist.sync && snapshot_unsaved_) persist.snapshot = snapshot_;
      if (persist.sync && unsaved_from_) {
        persist.replace_from = unsaved_from_;
        for (Index index = std::max(*unsaved_from_, log_.base().index + 1); index <= log_.last_index(); ++index)
          persist.entries.push_back(log_.at(index));
      }
      out_->persists.push_back(std::move(persist));
      saved_ = state_;
      unsaved_from_.reset();
      snapshot_unsaved_ = false;
    }
    release();
    if (role_ == Role::leader) commit_what_is_agreed();
    if (saved_ == state_ && !unsaved_from_) break;  // else this member has just become leader
  }
  advance();
}

void Raft::release() {
  Letter letter;
  while (outbox_.take(letter)) {
    if (letter.message.head.term != state_.term) continue;  // of a term that has passed
    if (letter.to == self_)
      receive(letter.message);
    else
      out_->letters.push_back(std::move(letter));
  }
}

// Gives to the driven machine what is committed and what this member itself can give again after a crash.
void Raft::advance() {
  if (applied_ < log_.base().index) {
    if (outbox_.durable() < snapshot_.last.index) return;
    applied_ = snapshot_.last.index;
    if (snapshot_.bytes) out_->for_machine.push_back(Install{snapshot_});
  }
  const Index until = std::min(commit_, outbox_.durable());
  while (applied_ < until) out_->for_machine.push_back(Apply{log_.at(++applied_)});
  if (snapshot_asked_ || applied_ < snapshot_.last.index + settings_.snapshot_entries) return;
  snapshot_asked_ = true;
  out_->events.push_back(SnapshotWanted{});
}

void Raft::become_follower(Term term, NodeId leader) {
  WARREN_CHECK(term >= state_.term, "terms never fall");
  if (role_ == Role::leader) leave_office();
  if (term > state_.term) {
    state_.term = term;
    state_.vote = {};
  }
  votes_.clear();
  heartbeat_at_ = quorum_check_at_ = kNever;
  reset_election_timer();
  announce(Role::follower, leader);
}

// This is the leader of the term.
void Raft::follow(NodeId leader) {
  if (role_ != Role::follower) become_follower(state_.term, leader);
  announce(Role::follower, leader);
  leader_heard_at_ = now_;
  reset_election_timer();
}

void Raft::announce(Role role, NodeId leader) {
  if (role_ == role && leader_ == leader) return;
  role_ = role;
  leader_ = leader;
  if (leader) leader_heard_at_ = now_;
  out_->events.push_back(RoleChanged{role, state_.term, leader});
}

Instant Raft::next_deadline() const {
  if (role_ != Role::leader) return election_at_;
  return std::min({heartbeat_at_, quorum_check_at_, transfer_ends_at_});
}

Head Raft::head() const { return {self_, lineage_, state_.term, incarnation_, state_.admission}; }

void Raft::send(NodeId to, Body body) { out_->letters.push_back({to, {head(), std::move(body)}}); }

void Raft::hold(NodeId to, Body body) { outbox_.hold({to, {head(), std::move(body)}}); }

}  // namespace warren::raft
