// What a leader does: takes proposals, replicates, commits. Paper, sections 5.3, 5.4.2 and 6.2 of the thesis.
#include <algorithm>
#include <functional>

#include "base/plant.hpp"
#include "cluster/limits.hpp"
#include "cluster/raft/raft.hpp"

namespace warren::raft {

// ---- proposals ----

void Raft::on(Propose& input) {
  const bool too_many = input.proposals.size() > limits::kProposalsMax;
  bool appended = false;
  for (Proposal& proposal : input.proposals) {
    const bool known = proposal.of == EntryClass::definitions || proposal.of == EntryClass::topology;
    std::optional<Refused> why = objection(proposal.of, proposal.command.size());
    if (!known) why = Refused::not_allowed;
    if (too_many) why = Refused::too_large;
    if (why) {
      out_->answers.push_back(Denied{proposal.ticket, *why, {}});
      continue;
    }
    const Index index = append_own(proposal.of, std::move(proposal.command));
    (proposal.of == EntryClass::definitions ? definitions_ : topology_).push_back({proposal.ticket, index});
    appended = true;
  }
  if (appended) send_to_all(false);
}

// Why nothing of this class can be accepted now, if so. That there is no disc member is the first thing to know.
std::optional<Refused> Raft::objection(EntryClass of, std::size_t bytes) const {
  const bool defines = of == EntryClass::definitions || of == EntryClass::configuration;
  if (defines && !disc_alive_ && !planted(101)) return Refused::no_disc;
  if (role_ != Role::leader) return Refused::not_leader;
  if (transfer_to_) return Refused::handing_over;
  if (bytes > limits::kCommandBytesMax) return Refused::too_large;
  if (log_.bytes() > limits::kLogBytesMax) return Refused::too_much;
  if (definitions_.size() + topology_.size() >= limits::kProposalsWaitingMax) return Refused::too_much;
  return std::nullopt;
}

Index Raft::append_own(EntryClass of, std::string command) {
  const Place place{state_.term, log_.last_index() + 1};
  append_entry({place, of, std::move(command)});
  return place.index;
}

// ---- replication ----

void Raft::send_to_all(bool heartbeat) {
  for (auto& [id, peer] : peers_) send_entries(id, peer, heartbeat);
}

// Sends what the member lacks, as far as it may be sent now; for a heartbeat at least an empty message.
void Raft::send_entries(NodeId to, Peer& peer, bool heartbeat) {
  Progress& progress = peer.progress;
  if (progress.state() == Progress::State::snapshot) return send_piece(to, peer, heartbeat);
  const Index previous = progress.next() - 1;
  const std::optional<Term> term = log_.term_at(previous);
  if (!term) return begin_snapshot(to, peer);
  Append append{{*term, previous}, commit_, {}};
  if (progress.may_send() && progress.next() <= log_.last_index()) {
    append.entries = log_.slice(progress.next(), limits::kAppendBytesMax, limits::kAppendEntriesMax);
    progress.sent(append.entries.back().place.index);
  } else if (!heartbeat) {
    return;
  }
  send(to, std::move(append));
}

// Every answer tells that the member lives, and which life of it.
void Raft::hear(const Head& head, Peer& peer) {
  peer.progress.heard_from(head.incarnation, head.admission, log_.last_index() + 1);
  const Member* member = history_.current().find(head.from);
  if (member == nullptr || member->admission == head.admission) return;
  Admission& asked = readmissions_[head.from];
  if (asked == head.admission) return;
  asked = head.admission;
  out_->events.push_back(ReadmissionWanted{head.from, head.admission});
}

void Raft::handle(const Head& head, AppendAnswer& answer) {
  const auto found = peers_.find(head.from);
  if (role_ != Role::leader || found == peers_.end() || answer.index > log_.last_index()) return;
  Peer& peer = found->second;
  hear(head, peer);
  if (answer.accepted) {
    peer.progress.matched(answer.index);
  } else {
    // Who does not reach the base needs a snapshot: there is nothing to probe for.
    Index agreeing = answer.agreeing.index;
    if (agreeing >= log_.base().index) agreeing = log_.last_agreeing(agreeing, answer.agreeing.term).index;
    if (!peer.progress.rejected(answer.index, agreeing)) return;
  }
  // What the window allows.
  while (peer.progress.state() != Progress::State::snapshot && peer.progress.may_send() &&
         peer.progress.next() <= log_.last_index()) {
    send_entries(head.from, peer, false);
  }
  hand_over_if_ready();
}

// ---- commit ----

// How far a member's log is known to be held, under the admission by which it belongs to the group.
Index Raft::held_by(const Member& member) const {
  if (member.id == self_) return member.admission == state_.admission ? outbox_.durable() : 0;
  const auto found = peers_.find(member.id);
  if (found == peers_.end() || found->second.progress.admission() != member.admission) return 0;
  return found->second.progress.match();
}

// Of two disc members either may go on alone when the other is out of sight. So neither is left behind by the other and
// a third: the third votes when both know of it, or have lost the memory by which they are one of two. Until then its
// word counts for nothing, not even for what was there before it: both must hold that.
Index Raft::agreed_index() const {
  const Index agreed = agreed_in(history_.current());
  const Index since = history_.current_since();
  if (since <= commit_ || planted(208)) return agreed;
  const Configuration& before = history_.at(since - 1);
  if (before.voters() != 2 || history_.current().voters() <= 2) return agreed;
  const bool known = std::ranges::all_of(before.members(), [&](const Member& member) {
    if (!member.voter || member.kind != Kind::disc || member.id == self_) return true;
    const auto peer = peers_.find(member.id);
    const Admission admission = peer == peers_.end() ? 0 : peer->second.progress.admission();
    return held_by(member) >= since || (admission != 0 && admission != member.admission);
  });
  return known ? agreed : std::min({agreed, since - 1, agreed_in(before)});
}

// The highest index that a majority of voters holds.
Index Raft::agreed_in(const Configuration& configuration) const {
  std::vector<Index> held;
  for (const Member& member : configuration.members())
    if (member.voter) held.push_back(held_by(member));
  const std::size_t needed = configuration.majority();
  if (held.size() < needed) return 0;
  std::sort(held.begin(), held.end(), std::greater<>());
  return held[needed - 1];
}

Index Raft::disc_index() const {
  Index held = 0;
  for (const Member& member : history_.current().members())
    if (member.voter && (member.kind == Kind::disc || planted(107))) held = std::max(held, held_by(member));
  return held;
}

// Paper, section 5.4.2: only an entry of the leader's own term is committed by counting; the others with it.
void Raft::commit_what_is_agreed() {
  const Index agreed = agreed_index();
  if (agreed > commit_ && log_.term_at(agreed) == state_.term) {
    commit_ = agreed;
    // Followers learn of it with the next message; one that waits for answers should not wait for that.
    for (auto& [id, peer] : peers_)
      if (peer.progress.state() != Progress::State::snapshot) send_entries(id, peer, true);
  }
  answer_waiting();
  const bool left = history_.current_since() <= commit_ && !history_.current().is_voter(self_, state_.admission);
  if (left) become_follower(state_.term, {});  // thesis, section 4.2.2
}

void Raft::answer_waiting() {
  const auto answer_until = [this](std::deque<Waiting>& line, Index until) {
    for (; !line.empty() && line.front().index <= until; line.pop_front())
      out_->answers.push_back(Accepted{line.front().ticket, line.front().index});
  };
  answer_until(topology_, commit_);
  if (!definitions_.empty()) answer_until(definitions_, std::min(commit_, disc_index()));
}

void Raft::leave_office() {
  abandon_transfer();
  for (std::deque<Waiting>* line : {&definitions_, &topology_}) {
    for (const Waiting& waiting : *line) out_->answers.push_back(Uncertain{waiting.ticket});
    line->clear();
  }
  peers_.clear();
}

// Thesis, section 6.2: a leader that does not hear a majority is none.
void Raft::check_quorum() {
  quorum_check_at_ = now_ + settings_.election_ms;
  std::size_t active = 0;
  for (const Member& member : history_.current().members()) {
    const auto found = peers_.find(member.id);
    const bool heard = found != peers_.end() && found->second.progress.take_active() &&
                       found->second.progress.admission() == member.admission;
    if (member.voter && (member.id == self_ || heard)) ++active;
  }
  if (active < history_.current().majority()) become_follower(state_.term, {});
}

}  // namespace warren::raft
