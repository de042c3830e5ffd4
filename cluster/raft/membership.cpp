// Changes of membership (thesis, section 4) and of the leader (section 3.10).
#include <algorithm>

#include "base/plant.hpp"
#include "cluster/raft/raft.hpp"

namespace warren::raft {

void Raft::on(ChangeMembership& input) {
  const auto deny = [&](Refused why, std::optional<MembershipComplaint> complaint = {}) {
    out_->answers.push_back(Denied{input.ticket, why, complaint});
  };
  if (const auto why = objection(EntryClass::configuration, 0)) return deny(*why);
  // One change at a time, and none before an entry of this term is committed: two majorities might not meet else.
  const bool settled = history_.current_since() <= commit_ && log_.term_at(commit_) == state_.term;
  if (!settled && !planted(108)) return deny(Refused::change_pending);
  Result<Configuration, MembershipComplaint> next = history_.current().after(input.change);
  if (!next) return deny(Refused::not_allowed, next.error());
  if (input.change.what == MembershipChange::What::promote) {
    const Member* learner = history_.current().find(input.change.member);
    if (held_by(*learner) < commit_) return deny(Refused::not_caught_up);
  }
  if (input.change.what == MembershipChange::What::remove && !can_go_on(*next)) return deny(Refused::not_caught_up);
  const Index index = append_own(EntryClass::configuration, encode(*next));
  definitions_.push_back({input.ticket, index});
  match_peers_to_configuration();
  send_to_all(false);
}

// Those who would be left agree on things without who goes. Otherwise its leaving would never be agreed on, and nothing
// else any more: one whose memory is lost is to be let in again before one goes that is needed.
bool Raft::can_go_on(const Configuration& without) const {
  const auto holding = std::ranges::count_if(
      without.members(), [this](const Member& member) { return member.voter && held_by(member) >= commit_; });
  return static_cast<std::size_t>(holding) >= without.majority();
}

void Raft::match_peers_to_configuration() {
  const Configuration& current = history_.current();
  std::erase_if(peers_, [&](const auto& peer) { return current.find(peer.first) == nullptr; });
  for (const Member& member : current.members())
    if (member.id != self_) peers_.try_emplace(member.id, Peer{Progress(log_.last_index() + 1), {}});
}

void Raft::on(TransferLeadership& input) {
  const auto deny = [&](Refused why) { out_->answers.push_back(Denied{input.ticket, why, {}}); };
  if (role_ != Role::leader) return deny(Refused::not_leader);
  if (transfer_to_) return deny(Refused::handing_over);
  const Member* member = history_.current().find(input.to);
  if (member == nullptr || !member->voter || input.to == self_) return deny(Refused::not_allowed);
  transfer_to_ = input.to;
  transfer_ticket_ = input.ticket;
  transfer_ends_at_ = now_ + settings_.election_ms;
  hand_over_if_ready();
}

// The successor must hold the whole log; until it does, nothing new is accepted.
void Raft::hand_over_if_ready() {
  if (!transfer_to_) return;
  const Member* member = history_.current().find(transfer_to_);
  if (member == nullptr) return abandon_transfer();
  if (held_by(*member) == log_.last_index()) send(transfer_to_, CampaignNow{});
}

// It is over, with or without a new leader.
void Raft::abandon_transfer() {
  if (!transfer_to_) return;
  out_->answers.push_back(role_ == Role::leader && now_ >= transfer_ends_at_
                              ? Answer(Denied{transfer_ticket_, Refused::not_caught_up, {}})
                              : Answer(Uncertain{transfer_ticket_}));
  transfer_to_ = {};
  transfer_ends_at_ = kNever;
}

}  // namespace warren::raft
