// Proposals of this node and of others on their way to the group's leader, and what became of them.
#include <algorithm>
#include <utility>

#include "broker/catalog/wire/command_codec.hpp"
#include "manage/operations/questions/refusals.hpp"
#include "node/cluster/registrar.hpp"

namespace warren::node {

using broker::Refusal;

namespace {

// A proposal that the group has not agreed on after that is given up as far as its proposer is concerned.
constexpr Instant kPatience_ms = 10'000;
// What was sent to a leader may have got lost.
constexpr Instant kSendAgain_ms = 1000;

// Whether nothing that a command makes or changes outlives its node.
bool is_passing(const broker::Command& command, const broker::Catalog& catalog) {
  const auto lasts = [&](VhostId vhost, const std::string& queue) {
    const broker::QueueDefinition* found = catalog.find_queue(vhost, queue);
    return found != nullptr && found->survives_restart();
  };
  if (const auto* declare = std::get_if<broker::DeclareQueue>(&command)) return !declare->queue.survives_restart();
  if (const auto* declare = std::get_if<broker::DeclareExchange>(&command)) return !declare->exchange.durable;
  if (const auto* remove = std::get_if<broker::DeleteQueue>(&command)) {
    const broker::QueueDefinition* queue = catalog.queue(remove->queue);
    return queue == nullptr || !queue->survives_restart();
  }
  const auto passing_binding = [&](const broker::Bind& bind) {
    return bind.kind == broker::DestinationKind::queue && !lasts(bind.vhost, bind.destination);
  };
  if (const auto* bind = std::get_if<broker::Bind>(&command)) return passing_binding(*bind);
  if (const auto* unbind = std::get_if<broker::Unbind>(&command)) return passing_binding(unbind->binding);
  // Who is up decides who owns mirrored queues; they need a second member.
  if (std::holds_alternative<broker::NodeUp>(command) || std::holds_alternative<broker::NodeDown>(command))
    return catalog.node_count() <= 1;
  return std::holds_alternative<broker::DeleteExclusiveQueues>(command);
}

// Clean-up that follows from an event, and who holds what, need no disc node (ARCHITECTURE.md, Definitions).
raft::EntryClass class_of(const broker::Command& command) {
  const bool topology = std::holds_alternative<broker::DeleteExclusiveQueues>(command) ||
                        std::holds_alternative<broker::SetInSync>(command) ||
                        std::holds_alternative<broker::TransferQueue>(command) ||
                        std::holds_alternative<broker::FillCopies>(command);
  return topology ? raft::EntryClass::topology : raft::EntryClass::definitions;
}

QueueId deleted_by(const broker::Command& command) {
  const auto* remove = std::get_if<broker::DeleteQueue>(&command);
  return remove == nullptr ? QueueId{} : remove->queue;
}

Refusal refusal(std::string text) { return {amqp::ReplyCode::precondition_failed, std::move(text)}; }

Refusal refusal_of(raft::Refused why) {
  switch (why) {
    case raft::Refused::no_disc: return *no_disc_refusal();
    case raft::Refused::too_large: return refusal("the definition is too large");
    default: return refusal("the cluster cannot change definitions at present");
  }
}

std::string user_of(const OwnProposal& own) {
  Envelope envelope;
  return decode(own.envelope, envelope) ? envelope.user : std::string();
}

// Tried again as soon as there is a leader who takes it.
bool worth_another_try(raft::Refused why) {
  return why == raft::Refused::not_leader || why == raft::Refused::handing_over || why == raft::Refused::too_much;
}

}  // namespace

std::optional<Refusal> no_disc_refusal() { return refusal("no disc node is running: definitions cannot be changed"); }

OwnProposal& Registrar::add(raft::EntryClass of, std::string user, const broker::Command& command, Instant now) {
  OwnProposal proposal;
  proposal.ticket = own_.last_ticket() + 1;
  proposal.of = of;
  proposal.made_at = now;
  proposal.envelope =
      encode(Envelope{identity_.self, identity_.incarnation, proposal.ticket, is_passing(command, catalog_),
                      std::move(user), broker::encode(command), own_.open_from()});
  proposal.deletes = deleted_by(command);
  return own_.add(std::move(proposal));
}

// What a node agrees on before it has said that it runs would end with that word.
bool Registrar::is_early() const {
  const broker::NodeDefinition* self = catalog_.node(identity_.self);
  return alone() && serves_ && !leaving_ && self != nullptr && self->incarnation != identity_.incarnation;
}

void Registrar::propose(broker::Propose proposal, Instant now) {
  if (is_early()) return early_.push_back(std::move(proposal));
  if (apart_.gave_in) return turn_down(proposal, refusal("this node follows another side of a partition"), now);
  // What no session asks for follows from an event.
  const raft::EntryClass of = proposal.from.id ? class_of(proposal.command) : raft::EntryClass::topology;
  if (of == raft::EntryClass::definitions)
    if (std::optional<Refusal> why = objection(of)) return turn_down(proposal, *std::move(why), now);
  OwnProposal& own = add(of, std::move(proposal.user), proposal.command, now);
  own.from = proposal.from;
  own.channel = proposal.channel;
  send_proposals(now);
}

void Registrar::turn_down(const broker::Propose& proposal, Refusal why, Instant now) {
  tell_refused(why, proposal.user, now);
  if (const QueueId queue = deleted_by(proposal.command)) effects_.spared.push_back(queue);
  if (proposal.from.id)
    effects_.letters.push_back({proposal.from, broker::Decided{proposal.channel, std::move(why), false}});
}

void Registrar::tell_refused(const Refusal& why, std::string_view user, Instant now) {
  std::optional<DefinitionRefused> news = refused_.note(why.text, user, now);
  if (!news) return;
  effects_.log.push_back(line_of(*news));
  effects_.happenings.emplace_back(*std::move(news));
}

void Registrar::request(RequestNumber number, std::string user, const broker::Command& command, Instant now) {
  const raft::EntryClass of = class_of(command);
  if (std::optional<Refusal> why = objection(of)) {
    tell_refused(*why, user, now);
    effects_.answers.push_back({number, std::move(why), false});
    return;
  }
  // An operator of a stopped cluster says that the others are gone, whatever they were when it knew them last.
  const auto* remove = std::get_if<broker::RemoveNode>(&command);
  if (remove != nullptr && serves_ && catalog_.node_running(remove->node))
    return departures_.hold({number, std::move(user), remove->node}, now);
  add(of, std::move(user), command, now).request = number;
  send_proposals(now);
}

std::optional<Refusal> Registrar::objection(raft::EntryClass of) const {
  if (of == raft::EntryClass::definitions && !disc_alive_) return no_disc_refusal();
  if (!majority_reachable()) return refusal("no majority of the cluster is reachable: definitions cannot be changed");
  if (own_.size() >= limits::kProposalsWaitingMax) return refusal("too many changes of definitions are under way");
  return std::nullopt;
}

void Registrar::see_departures(Instant now) {
  Departures::Judged judged = departures_.judge(catalog_, now);
  for (Departure& wish : judged.ready) request(wish.request, std::move(wish.user), broker::RemoveNode{wish.node}, now);
  for (const Departure& wish : judged.refused) {
    const std::string sentence = manage::refused(manage::Reason::still_running, name_of(wish.node)).sentence;
    effects_.answers.push_back({wish.request, refusal(sentence), false});
  }
}

// Brings what has not been sent to the leader that is known now.
void Registrar::send_proposals(Instant now) {
  const NodeId leader = status_.leader;
  if (!leader) return;
  raft::Propose here;
  Forward there{{}, identity_.incarnation};
  for (OwnProposal& own : own_.all()) {
    const bool lost = leader != identity_.self && !own.accepted && now >= own.sent_at + kSendAgain_ms;
    if (own.sent && !lost) continue;
    if (here.proposals.size() + there.proposals.size() >= limits::kProposalsMax) break;
    own.sent = true;
    own.sent_at = now;
    if (leader == identity_.self) {
      forwarded_[++last_group_ticket_] = {identity_.self, identity_.incarnation, own.ticket};
      here.proposals.push_back({last_group_ticket_, own.of, own.envelope});
    } else {
      there.proposals.push_back({own.ticket, own.of, own.envelope});
    }
  }
  if (!there.proposals.empty()) send(leader, std::move(there));
  if (!here.proposals.empty()) step(std::move(here), now);
}

void Registrar::on(NodeId from, Forward& forward, Instant now) {
  raft::Propose propose;
  for (Forwarded& one : forward.proposals) {
    forwarded_[++last_group_ticket_] = {from, forward.incarnation, one.ticket};
    propose.proposals.push_back({last_group_ticket_, one.of, std::move(one.envelope)});
  }
  step(std::move(propose), now);
}

// ---- answers ----

void Registrar::hear(const raft::Answer& answer, Instant now) {
  Verdict verdict;
  raft::Ticket ticket = 0;
  if (const auto* accepted = std::get_if<raft::Accepted>(&answer)) {
    ticket = accepted->ticket;
    verdict.what = Verdict::What::accepted;
  } else if (const auto* denied = std::get_if<raft::Denied>(&answer)) {
    ticket = denied->ticket;
    verdict.what = Verdict::What::denied;
    verdict.why = denied->why;
  } else {
    ticket = std::get<raft::Uncertain>(answer).ticket;
    verdict.what = Verdict::What::uncertain;
  }
  if (ticket == membership_ticket_) {
    membership_ticket_ = 0;
    // There may be another one to let in.
    if (verdict.what == Verdict::What::accepted) look_at_ = now;
    return;
  }
  const auto found = forwarded_.find(ticket);
  if (found == forwarded_.end()) return;
  const Forwarder to = found->second;
  forwarded_.erase(found);
  verdict.ticket = to.ticket;
  if (to.node == identity_.self)
    hear_verdict(verdict, now);
  else
    send(to.node, Verdicts{{verdict}, to.incarnation});
}

void Registrar::on(NodeId, Verdicts& verdicts, Instant now) {
  if (verdicts.incarnation != identity_.incarnation) return;  // a former process of this node asked
  for (const Verdict& verdict : verdicts.verdicts) hear_verdict(verdict, now);
}

void Registrar::hear_verdict(const Verdict& verdict, Instant now) {
  OwnProposal* own = own_.find(verdict.ticket);
  if (own == nullptr) return;
  if (verdict.what == Verdict::What::accepted) {
    own->accepted = true;
    finish_if_done(verdict.ticket, now);
  } else if (verdict.what == Verdict::What::denied && !worth_another_try(verdict.why) && own->asked()) {
    if (verdict.why != raft::Refused::too_large) tell_refused(refusal_of(verdict.why), user_of(*own), now);
    finish(verdict.ticket, refusal_of(verdict.why));
  } else {
    // With the next look, or under the next leader. One that was applied meanwhile changes nothing then.
    own->sent = false;
  }
}

void Registrar::finish_if_done(Ticket ticket, Instant now) {
  OwnProposal* own = own_.find(ticket);
  if (own != nullptr && own->done() && is_spread(*own, now)) finish(ticket, std::move(own->refusal));
}

void Registrar::finish(Ticket ticket, std::optional<Refusal> refusal) {
  const OwnProposal own = own_.take(ticket);
  if (refusal && own.deletes) effects_.spared.push_back(own.deletes);
  if (own.from.id)
    effects_.letters.push_back({own.from, broker::Decided{own.channel, std::move(refusal), own.changed}});
  else if (own.request != 0)
    effects_.answers.push_back({own.request, std::move(refusal), own.changed});
}

// Whoever waits for it is told.
void Registrar::give_up(Ticket ticket) { finish(ticket, refusal("this node follows another side of a partition")); }

// Who waits for what cannot come is told.
void Registrar::refuse_hopeless(Instant now) {
  std::vector<std::pair<Ticket, Refusal>> hopeless;
  for (const OwnProposal& own : own_.all()) {
    // The clean-up of a session is patient.
    const bool impatient = own.of == raft::EntryClass::definitions ? own.asked() : own.request != 0;
    if (!impatient) continue;
    if (std::optional<Refusal> why = objection(own.of)) {
      tell_refused(*why, user_of(own), now);
      hopeless.emplace_back(own.ticket, *std::move(why));
    } else if (now - own.made_at > kPatience_ms) {
      hopeless.emplace_back(own.ticket, refusal("the cluster has not agreed in time: the change may still come"));
    }
  }
  for (auto& [ticket, reason] : hopeless) finish(ticket, std::move(reason));
  const std::optional<Refusal> why = objection();
  if (!why) return;
  for (const Departure& wish : departures_.give_up()) {
    tell_refused(*why, wish.user, now);
    effects_.answers.push_back({wish.request, why, false});
  }
}

bool Registrar::takes(const DecidedCommand& item, Instant now) {
  if (tickets_.take(item.envelope)) return true;
  applied(item, false, std::nullopt, now);
  return false;
}

void Registrar::passed(const DecidedNothing& item) {
  if (!item.configuration) return;
  applied_configuration_ = *item.configuration;
  parting_.keep(applied_configuration_);
}

void Registrar::applied(const DecidedCommand& item, bool changed, std::optional<Refusal> refusal, Instant now) {
  const Envelope& envelope = item.envelope;
  if (envelope.proposer != identity_.self) {
    if (std::ranges::find(tell_applied_, envelope.proposer) == tell_applied_.end())
      tell_applied_.push_back(envelope.proposer);
    return;
  }
  OwnProposal* own = envelope.incarnation == identity_.incarnation ? own_.find(envelope.ticket) : nullptr;
  if (own == nullptr) return;
  // What became of it the first time is what becomes of it.
  heard_of_reigns(envelope.ticket);
  if (!std::exchange(own->applied, true)) {
    own->index = item.place.index;
    own->applied_at = now;
    own->changed = changed;
    own->refusal = std::move(refusal);
  }
  finish_if_done(envelope.ticket, now);
}

// What the snapshot holds of this node's proposals does not come as a command any more.
void Registrar::hear_of_taken(Instant now) {
  std::vector<Ticket> taken;
  for (const OwnProposal& own : own_.all())
    if (!own.applied && tickets_.taken(identity_.self, identity_.incarnation, own.ticket)) taken.push_back(own.ticket);
  for (const Ticket ticket : taken) {
    OwnProposal* own = own_.find(ticket);
    heard_of_reigns(ticket);
    own->applied = own->changed = true;
    own->index = status_.applied;
    own->applied_at = now;
    finish_if_done(ticket, now);
  }
}

void Registrar::installed(const raft::Snapshot& snapshot, Whole whole, Instant now) {
  applied_configuration_ = snapshot.configuration;
  tickets_.restore(std::move(whole.tickets));
  parting_.restore(std::move(whole.parting));
  hear_of_taken(now);
  nodes_changed(now);
}

}  // namespace warren::node
