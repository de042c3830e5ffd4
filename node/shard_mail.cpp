// Mail on its way: what arrives from other shards and nodes, what goes where.
#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>
#include <variant>

#include "base/check.hpp"
#include "broker/session/bounce.hpp"
#include "node/shard.hpp"

namespace warren::node {

// ---- arriving ----

void Shard::on(Arrived& input) {
  MailBatch& batch = input.batch;
  const bool news = batch.whole != nullptr || !batch.applied.empty();
  if (batch.whole != nullptr) become(*batch.whole);
  for (const broker::Command& command : batch.applied) {
    Result<broker::Applied, broker::Refusal> applied = catalog_.apply(command);
    WARREN_CHECK(applied.ok(), "what the registrar applied applies everywhere");
    follow(*applied);
  }
  if (news) post_office_.acknowledge(kRegistrarShard);
  acknowledged_[batch.from] = std::max(acknowledged_[batch.from], batch.seen);
  if (!held_answers_.empty()) answer_decided();
  if (batch.alarms_elsewhere) {
    alarms_elsewhere_ = *batch.alarms_elsewhere;
    set_alarms();
  }
  if (batch.connections) hear_connections(batch.from, std::move(*batch.connections));
  arrived({settings_.identity.self, batch.from}, batch);
}

void Shard::on(PeerMail& input) {
  MailBatch& batch = input.batch;
  arrived({input.from, batch.from}, batch);
}

void Shard::arrived(ShardAddress from, MailBatch& batch) {
  post_office_.returned(from, batch.returned_bytes);
  Ring<MailBatch>& line = early_[from];
  if (batch.seen > catalog_.revision() || !line.empty())
    line.push_back(std::move(batch));
  else
    take_in(from, batch);
  take_in_waiting();
  reconsider_held();
}

void Shard::take_in(ShardAddress from, MailBatch& batch) {
  // Own mail made earlier in this step goes first; what is new goes behind it.
  for (auto& mail : batch.mirror_mail) mirror_mail_.emplace_back(from.node, std::move(mail));
  for (auto& mail : batch.queue_mail) queue_mail_.push_back(std::move(mail));
  for (auto& mail : batch.session_mail) session_mail_.push_back(std::move(mail));
  for (auto& memory : batch.memories) memories_.push_back(std::move(memory));
  for (auto& letter : batch.letters) letters_.push_back(std::move(letter));
  for (auto& proposal : batch.proposals) proposals_.push_back(std::move(proposal));
  if (batch.publish_bytes != 0) post_office_.return_bytes(from, batch.publish_bytes);
}

void Shard::take_in_waiting() {
  for (auto& [from, line] : early_)
    while (!line.empty() && line.front().seen <= catalog_.revision()) {
      MailBatch batch = line.pop_front();
      take_in(from, batch);
    }
}

// ---- leaving ----

bool Shard::carry_mail() {
  // Whether the queues here are still this node's, it must know before it delivers or answers.
  const bool sure = ready_ && !(registrar_ && registrar_->in_doubt(now_.instant_ms));
  if (sure && !mirror_mail_.empty()) carry_mirror_mail();
  if (sure && !given_up_ && offers_.due(now_.instant_ms) && !congested()) publish_offers();
  const bool for_queues = sure && (!queue_mail_.empty() || !own_queue_mail_.empty() || host_.busy());
  if (!for_queues && session_mail_.empty() && letters_.empty() && proposals_.empty() && memories_.empty()) return false;
  if (for_queues) carry_queue_mail();
  // Before proposals: a binding made after a publish gets what was published.
  if (!memories_.empty()) carry_memories();
  carry_session_mail();
  carry_letters();
  carry_proposals();
  return true;
}

void Shard::carry_queue_mail() {
  carried_queue_mail_.swap(queue_mail_);
  for (broker::QueueMail& mail : carried_queue_mail_) carry(mail);
  carried_queue_mail_.clear();
  carried_queue_mail_.swap(own_queue_mail_);
  for (broker::QueueMail& mail : carried_queue_mail_)
    if (fences_.idle() || !fences_.keep(mail)) carry(mail);
  carried_queue_mail_.clear();
  host_.end_batch(now_, rng_, lanes());
  carry_parcels();
  context_.publish_lane_full = congested();
}

void Shard::carry(broker::QueueMail& mail) {
  if (host_.step(mail.to, mail.command, now_, lanes())) return;
  const broker::QueueDefinition* queue = catalog_.queue(mail.to.id);
  if (queue == nullptr)
    broker::session::bounce(mail.to, mail.command, session_mail_);
  else if (queue->owner == settings_.identity.self || catalog_.node_running(queue->owner))
    post_office_.send(post_office_.address_of(*queue), std::move(mail));
  else
    bounce_absent(mail);
}

// What is on its way to the former owner goes before what is sent from now on. If that was this shard, what waited here
// goes first anyway; and what was on its way to who is gone does not come.
void Shard::raise_fence(const broker::QueueMoved& move) {
  const broker::QueueDefinition* queue = catalog_.queue(move.queue);
  if (queue == nullptr) return;
  const bool own = move.from == settings_.identity.self;
  const ShardAddress former{move.from, own ? post_office_.shard_of(*queue) : queue->declared_on};
  const bool by_former = move.from != move.to && catalog_.node_running(move.from) && !post_office_.here(former);
  const auto way = fences_.raise(queue->ref, by_former ? std::optional(former) : std::nullopt, now_.instant_ms);
  if (!way || !catalog_.node_running(way->node)) return;
  const SessionRef asker{Fences::kAsker, settings_.identity.self, settings_.shard};
  post_office_.send(*way, broker::QueueMail{queue->ref, broker::Inspect{asker, {}, false}});
}

void Shard::free_fenced() {
  std::vector<broker::QueueMail> freed = fences_.take_freed();
  own_queue_mail_.insert(own_queue_mail_.begin(), std::make_move_iterator(freed.begin()),
                         std::make_move_iterator(freed.end()));
  if (!freed.empty()) reconsider_held();
}

void Shard::carry_mirror_mail() {
  for (auto& [from, mail] : std::exchange(mirror_mail_, {})) host_.take(from, mail, now_, lanes());
}

// To who is believed to be there: whoever is not hears all anew when it comes back.
void Shard::carry_parcels() {
  for (mirror::Parcel& parcel : std::exchange(parcels_, {})) {
    const broker::QueueDefinition* queue = catalog_.queue(parcel.mail.queue.id);
    if (queue == nullptr || !catalog_.node_running(parcel.to)) continue;
    post_office_.send({parcel.to, queue->declared_on}, std::move(parcel.mail));
  }
}

// The queue is there and its owner is not: what is published is refused, the rest hears what a lost queue says.
void Shard::bounce_absent(broker::QueueMail& mail) {
  if (const auto* enqueue = std::get_if<broker::Enqueue>(&mail.command)) {
    if (enqueue->sequence != 0)
      session_mail_.push_back(
          {enqueue->publisher, broker::Rejected{enqueue->channel, enqueue->sequence, enqueue->sequence}});
    return;
  }
  broker::session::bounce(mail.to, mail.command, session_mail_);
}

void Shard::carry_session_mail() {
  carried_session_mail_.swap(session_mail_);
  for (broker::SessionMail& mail : carried_session_mail_) {
    const ShardAddress to{mail.to.node, mail.to.shard};
    if (to.node != settings_.identity.self && !catalog_.node_running(to.node)) {
      broker::session::bounce(mail.event, mail.to, queue_mail_, proposals_);
    } else if (!post_office_.here(to)) {
      post_office_.send(to, std::move(mail));
    } else if (mail.to.id == Offers::kPublisher) {
      offers_.hear(mail.event, now_.instant_ms);
    } else if (mail.to.id == Fences::kAsker) {
      fences_.hear(mail.event);
      free_fenced();
    } else if (Seat* at = seat(mail.to.id)) {
      touch(mail.to.id, *at);
      at->session.deliver(mail.event, context_);
    } else {
      broker::session::bounce(mail.event, mail.to, queue_mail_, proposals_);
    }
  }
  carried_session_mail_.clear();
}

void Shard::carry_memories() {
  for (broker::Remember& memory : std::exchange(memories_, {})) {
    if (settings_.shard == kRegistrarShard)
      history_.remember(std::move(memory));
    else
      post_office_.send(kRegistrarShard, std::move(memory));
  }
  context_.publish_lane_full = congested();
}

void Shard::carry_letters() {
  for (broker::Letter& letter : std::exchange(letters_, {})) {
    const ShardAddress to{letter.to.node, letter.to.shard};
    const bool local = to.node == settings_.identity.self;
    if (local && to.shard >= settings_.shards) continue;  // an address that a client made up
    if (local ? to.shard != settings_.shard : catalog_.node_running(to.node)) {
      post_office_.send(to, std::move(letter));
      continue;
    }
    Seat* at = local ? seat(letter.to.id) : nullptr;
    if (at != nullptr) {
      touch(letter.to.id, *at);
      at->session.deliver(letter, context_);
    } else if (const auto* question = std::get_if<broker::ReplyConsumerQuestion>(&letter.content)) {
      letters_.push_back({question->asker, broker::ReplyConsumerAnswer{question->asking_channel, false}});
    }
  }
}

void Shard::carry_proposals() {
  for (broker::Propose& proposal : std::exchange(proposals_, {})) {
    if (registrar_)
      registrar_->propose(std::move(proposal), now_.instant_ms);
    else
      post_office_.send(kRegistrarShard, std::move(proposal));
  }
}

}  // namespace warren::node
