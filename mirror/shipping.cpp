#include "mirror/shipping.hpp"

#include <algorithm>
#include <utility>

#include "base/plant.hpp"

namespace warren::mirror {

using broker::QueueDefinition;

namespace {

// So long may a copy keep publishers waiting.
constexpr Instant kPatience_ms = 5000;
// After that, clients are told what the group may yet give to another owner: it cannot decide.
constexpr Instant kToldAtLast_ms = 10'000;
// Room for the records of a small batch.
constexpr std::size_t kRecordBytes = 256;

}  // namespace

void Shipping::follow(const QueueDefinition& definition, bool may_fill) {
  may_fill_ = may_fill || definition.filling;
  const std::uint64_t before = std::exchange(round_, definition.mirror_round);
  const bool news = before != definition.mirror_round;
  // In what was not seen a mirror may have gone and come again, as another process or with another copy. Who is in the
  // set has not: only its owner brings it there.
  const bool missed = definition.mirror_round > before + 1;
  std::erase_if(followers_, [&](const Follower& one) { return !among(definition.mirrors, one.node); });
  for (const NodeId node : definition.mirrors)
    if (find(node) == nullptr) followers_.emplace_back(node);
  for (Follower& follower : followers_) {
    const bool was_in_set = std::exchange(follower.in_set, among(definition.in_sync, follower.node));
    // The group goes on without it: it counts again when it has shown that it keeps up.
    if (!follower.in_set && (was_in_set || missed)) follower.state = Follower::State::away;
    // Agreed, or proposed for a round that is over: then it comes to nothing, and is proposed anew.
    if (news) follower.proposed = false;
  }
}

Follower* Shipping::find(NodeId node) {
  const auto found = std::ranges::find(followers_, node, &Follower::node);
  return found == followers_.end() ? nullptr : &*found;
}

Follower* Shipping::in_talk(NodeId node, Serial serial) {
  Follower* follower = find(node);
  return follower != nullptr && follower->serial == serial && follower->state != Follower::State::away ? follower
                                                                                                       : nullptr;
}

broker::RecordWriter& Shipping::records() {
  if (!records_.begun()) {
    ByteBuffer blank;
    blank.extend(kRecordBytes);
    blank.clear();
    records_.begin(std::move(blank));
  }
  return records_;
}

void Shipping::end_batch(const broker::Queue& queue, std::uint64_t coming_write, std::uint64_t durable_write,
                         const Now& now, ShippingLanes lanes) {
  durable_write_ = std::max(durable_write_, durable_write);
  if (waits()) used_at_ = now.instant_ms;
  tell_later(ship(lanes), now.instant_ms, lanes);
  for (broker::SessionMail& mail : answers_)
    waiting_.push_back({index_, coming_write, now.instant_ms, std::move(mail)});
  answers_.clear();
  for (Follower& follower : followers_) {
    if (follower.state == Follower::State::away) begin(follower, queue, lanes);
    if (follower.state == Follower::State::lacking) fill(follower, queue, now, lanes);
  }
  release(lanes);
  propose(lanes);
  propose_without(now.instant_ms, lanes);
}

bool Shipping::ship(ShippingLanes& lanes) {
  if (records_.empty()) return false;
  ++index_;
  if (std::ranges::any_of(followers_, [](const Follower& one) { return one.state == Follower::State::lacking; }))
    forget_settled();
  const auto bytes = std::make_shared<const ByteBuffer>(records_.take());
  for (Follower& follower : followers_)
    if (follower.state != Follower::State::away) {
      send(follower, bytes, false, lanes);
      follower.sent_one(index_, 0);
    }
  return true;
}

// In order; what follows from nothing new waits only for what was told before it.
void Shipping::tell_later(bool shipped, Instant now, ShippingLanes& lanes) {
  const bool at_once = !shipped && told_.empty();
  for (broker::SessionMail& mail : mail_)
    if (at_once)
      lanes.mail.push_back(std::move(mail));
    else
      told_.push_back({index_, now, std::move(mail)});
  mail_.clear();
}

// What is settled is not missing any more.
void Shipping::forget_settled() {
  std::vector<broker::Range> settled;
  broker::RecordWalk walk(records_.view());
  while (const broker::ReadRecord* record = walk.next())
    if (record->tag == broker::RecordTag::settled) settled.push_back({record->first, record->last});
  if (settled.empty()) return;
  const broker::Ranges ranges = broker::Ranges::of(std::move(settled));
  for (Follower& follower : followers_)
    if (follower.state == Follower::State::lacking) follower.missing = follower.missing.without(ranges);
}

void Shipping::send(Follower& follower, std::shared_ptr<const ByteBuffer> records, bool whole, ShippingLanes& lanes) {
  lanes.parcels.push_back(
      {follower.node, {queue_, Shipment{follower.serial, follower.number + 1, std::move(records), whole}}});
}

void Shipping::begin(Follower& follower, const broker::Queue& queue, ShippingLanes& lanes) {
  follower.begin(++next_serial_, queue.next_position());
  lanes.parcels.push_back({follower.node, {queue_, Begin{follower.serial}}});
}

bool Shipping::on(NodeId from, const Held& held) {
  Follower* follower = in_talk(from, held.serial);
  if (follower == nullptr || !follower->seen(held.seen) || !follower->held(held.number)) return false;
  if (follower->state == Follower::State::whole && std::ranges::count(once_whole_, from) == 0)
    once_whole_.push_back(from);
  return true;
}

bool Shipping::on(NodeId from, const Lost& lost) {
  Follower* follower = in_talk(from, lost.serial);
  if (follower == nullptr) return false;
  follower->state = Follower::State::away;
  return true;
}

bool Shipping::peer_lost(NodeId node) {
  Follower* follower = find(node);
  if (follower == nullptr) return false;
  if (planted(304)) follower->in_set = false;
  if (!planted(315)) follower->state = Follower::State::away;
  return true;
}

void Shipping::forget_sessions(NodeId node) {
  const auto forget = [node](auto& ring) {
    for (std::size_t left = ring.size(); left > 0; --left)
      if (auto one = ring.pop_front(); one.mail.to.node != node) ring.push_back(std::move(one));
  };
  forget(waiting_);
  forget(told_);
}

void Shipping::durable(std::uint64_t durable_write, ShippingLanes lanes) {
  durable_write_ = std::max(durable_write_, durable_write);
  release(lanes);
}

std::uint64_t Shipping::held_by_all() const {
  std::uint64_t all = index_;
  for (const Follower& follower : followers_)
    if (follower.counts() && !planted(301) && !(planted(317) && follower.state != Follower::State::whole))
      all = std::min(all, follower.holds());
  return all;
}

std::uint64_t Shipping::known_to_all() const {
  std::uint64_t all = index_;
  for (const Follower& follower : followers_)
    if (follower.counts()) all = std::min(all, follower.knows());
  return all;
}

void Shipping::release(ShippingLanes& lanes) {
  const std::uint64_t held = held_by_all();
  while (!waiting_.empty() && waiting_.front().index <= held &&
         (waiting_.front().write <= durable_write_ || planted(318))) {
    released_ = std::max(released_, waiting_.front().index);
    lanes.mail.push_back(waiting_.pop_front().mail);
  }
  const std::uint64_t known = known_to_all();
  while (!told_.empty() && told_.front().index <= known) lanes.mail.push_back(told_.pop_front().mail);
}

void Shipping::propose(ShippingLanes& lanes) {
  for (Follower& follower : followers_) {
    if (follower.in_set || follower.proposed || follower.state != Follower::State::whole) continue;
    if (follower.held_index < released_ && !planted(302)) continue;
    follower.proposed = true;
    lanes.proposals.push_back({{}, {}, broker::SetInSync{queue_.id, queue_.epoch, round_, follower.node, true}});
  }
}

Instant Shipping::patient_until() const {
  Instant since = waiting_.empty() ? kNever : waiting_.front().since;
  if (!told_.empty()) since = std::min(since, told_.front().since);
  return since == kNever ? kNever : std::max(since, asked_again_) + kPatience_ms;
}

Instant Shipping::deadline() const {
  Instant due = patient_until();
  for (const Follower& follower : followers_)
    if (follower.state == Follower::State::lacking) due = std::min(due, follower.pace.next());
  return due;
}

// Whether somebody has waited for it for too long.
bool Shipping::is_behind(const Follower& follower, Instant now) const {
  const bool answers = !waiting_.empty() && waiting_.front().since + kPatience_ms <= now &&
                       waiting_.front().write <= durable_write_ && follower.holds() < waiting_.front().index;
  const bool told =
      !told_.empty() && told_.front().since + kPatience_ms <= now && follower.knows() < told_.front().index;
  return follower.counts() && (answers || told);
}

// Nothing is answered without them before the group has agreed.
void Shipping::propose_without(Instant now, ShippingLanes& lanes) {
  if (patient_until() > now) return;
  asked_again_ = now;
  while (!told_.empty() && told_.front().since + kToldAtLast_ms <= now) lanes.mail.push_back(told_.pop_front().mail);
  for (Follower& follower : followers_) {
    if (!is_behind(follower, now)) continue;
    if (follower.in_set)
      lanes.proposals.push_back({{}, {}, broker::SetInSync{queue_.id, queue_.epoch, round_, follower.node, false}});
    else if (!follower.proposed)
      follower.state = Follower::State::away;
  }
}

bool Shipping::held_by(NodeId node) const {
  const auto found = std::ranges::find(followers_, node, &Follower::node);
  return found != followers_.end() && found->in_set && found->state == Follower::State::whole &&
         found->held_index == index_;
}

std::optional<std::uint64_t> Shipping::filling() const {
  std::optional<std::uint64_t> sent;
  for (const Follower& follower : followers_) {
    const bool talks = follower.state == Follower::State::lacking || follower.state == Follower::State::closing;
    const bool wanted = may_fill_ || follower.in_set || follower.fill_wanted;
    if (talks && wanted && follower.lacked != 0) sent = std::max(sent.value_or(0), follower.filled);
  }
  return sent;
}

void Shipping::tell(std::vector<broker::SessionMail>& mail) {
  while (!told_.empty()) mail.push_back(told_.pop_front().mail);
  for (broker::SessionMail& one : mail_) mail.push_back(std::move(one));
  mail_.clear();
}

void Shipping::let_go(std::vector<broker::SessionMail>& mail) {
  tell(mail);
  while (!waiting_.empty()) mail.push_back(waiting_.pop_front().mail);
  for (broker::SessionMail& one : answers_) mail.push_back(std::move(one));
  answers_.clear();
}

void Shipping::give_up(std::vector<broker::SessionMail>& mail) {
  const auto give = [&](broker::SessionMail& one) {
    if (const auto* confirmed = std::get_if<broker::Confirmed>(&one.event))
      one.event = broker::Rejected{confirmed->channel, confirmed->first, confirmed->last};
    mail.push_back(std::move(one));
  };
  std::vector<broker::SessionMail> told;
  tell(told);
  for (broker::SessionMail& one : told)
    if (!std::holds_alternative<broker::Delivery>(one.event) && !std::holds_alternative<broker::GetAnswer>(one.event))
      give(one);
  while (!waiting_.empty()) {
    Waiting waiting = waiting_.pop_front();
    give(waiting.mail);
  }
  for (broker::SessionMail& one : answers_) give(one);
  answers_.clear();
}

}  // namespace warren::mirror
