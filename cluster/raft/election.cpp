// Elections: paper, section 5.2 and 5.4.1; questions before them: thesis, section 9.6.
#include <algorithm>

#include "base/plant.hpp"
#include "cluster/raft/raft.hpp"

namespace warren::raft {

bool Raft::hears_leader() const {
  return leader_ && (role_ == Role::leader || now_ < leader_heard_at_ + settings_.election_ms);
}

// One whose log lies behind its own mark would have to refuse itself.
bool Raft::can_campaign() const {
  return state_.admitted && history_.current().is_voter(self_, state_.admission) && log_.last() >= standard();
}

// A candidate's log must reach it. What a ram member held before it crashed counts as if it still did.
Place Raft::standard() const { return keeps_in_memory() ? std::max(state_.mark, log_.last()) : log_.last(); }

void Raft::reset_election_timer() {
  Instant wait_ms = settings_.election_ms;
  if (kind_ == Kind::ram) wait_ms += settings_.ram_delay_ms;
  if (kind_ == Kind::witness) wait_ms += settings_.witness_delay_ms;
  election_at_ = now_ + wait_ms + static_cast<Instant>(rng_.below(static_cast<std::uint64_t>(settings_.election_ms)));
}

// The own answer waits for the disk as those of others do.
void Raft::ask_for_votes(bool question, bool at_leaders_wish) {
  votes_.clear();
  for (const Member& member : history_.current().members()) {
    if (!member.voter) continue;
    if (member.id == self_)
      hold(self_, VoteAnswer{question, true});
    else
      hold(member.id, VoteRequest{question, at_leaders_wish, log_.last()});
  }
}

void Raft::start_question() {
  announce(Role::pre_candidate, {});
  ask_for_votes(true, false);
}

void Raft::campaign(bool at_leaders_wish) {
  ++state_.term;
  state_.vote = self_;
  reset_election_timer();
  announce(Role::candidate, {});
  ask_for_votes(false, at_leaders_wish);
}

void Raft::become_leader() {
  announce(Role::leader, self_);
  election_at_ = kNever;
  heartbeat_at_ = now_ + settings_.heartbeat_ms;
  quorum_check_at_ = now_ + settings_.election_ms;
  peers_.clear();
  readmissions_.clear();
  match_peers_to_configuration();
  // Section 8: only an entry of its own term lets a leader know what is committed.
  append_own(EntryClass::blank, {});
  send_to_all(false);
}

// It votes whether or not it knows that it has one (thesis, section 4.2.1): whom the change has reached that gave it
// one may need it. The vote says under which admission it is given, and the candidate knows whether that has one.
void Raft::handle(const Head& head, VoteRequest& request) {
  const bool free = state_.vote == head.from || (!state_.vote && !leader_) || planted(102);
  const bool allowed = request.question ? !hears_leader() : free;
  const bool granted = allowed && (request.last >= standard() || planted(105));
  if (granted && !request.question) {
    state_.vote = head.from;
    reset_election_timer();
  }
  hold(head.from, VoteAnswer{request.question, granted});
}

void Raft::handle(const Head& head, VoteAnswer& answer) {
  const Role asked_as = answer.question ? Role::pre_candidate : Role::candidate;
  // The voter must be the member that the configuration means, not one that came back without its memory.
  if (role_ != asked_as || !history_.current().is_voter(head.from, head.admission)) return;
  votes_.record(head.from, answer.granted);
  const Votes::Outcome outcome = votes_.outcome(history_.current());
  if (outcome == Votes::Outcome::lost) return become_follower(state_.term, {});
  if (outcome != Votes::Outcome::won) return;
  if (answer.question)
    campaign(false);
  else
    become_leader();
}

void Raft::handle(const Head& head, CampaignNow&) {
  if (role_ == Role::follower && leader_ == head.from && can_campaign()) campaign(true);
}

}  // namespace warren::raft
