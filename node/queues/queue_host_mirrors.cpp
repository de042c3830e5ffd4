// The host's dealings with other nodes: copies here of their queues, and what is shipped to copies there.
#include <algorithm>
#include <iterator>
#include <utility>
#include <variant>

#include "base/plant.hpp"
#include "node/queues/queue_host.hpp"

namespace warren::node {
namespace {

// A queue that is not gone by then stays.
constexpr Instant kAskedWithin_ms = 2000;
// A queue that a policy wants elsewhere and that could not go tries again after that.
constexpr Instant kMovesAgainAfter_ms = 15'000;

// Whether copies are filled without being asked to (clustering.md 4.1).
bool fills_by_itself(const broker::PolicyList::InForce& policy) {
  const amqp::Value* mode = policy == nullptr ? nullptr : policy->settings.find("ha-sync-mode");
  const auto* text = mode == nullptr ? nullptr : mode->get<amqp::LongStr>();
  return text != nullptr && *text == "automatic";
}

// Before all that came meanwhile.
void put_first(std::vector<broker::QueueMail>& lane, std::vector<broker::QueueMail>& mail) {
  lane.insert(lane.begin(), std::make_move_iterator(mail.begin()), std::make_move_iterator(mail.end()));
}

}  // namespace

// The others went on without this node. What it has is nobody's copy, and will do for most of one when they take it
// back.
bool QueueHost::is_away(NodeId self) const { return catalog_.node(self) != nullptr && !catalog_.node_running(self); }

const mirror::Shipping* QueueHost::shipping(QueueId id) const {
  const std::unique_ptr<Hosted>* hosted = queues_.find(id);
  return hosted == nullptr ? nullptr : (*hosted)->shipping.get();
}

mirror::Copy* QueueHost::find_copy(QueueId id) {
  std::unique_ptr<HostedCopy>* found = copies_.find(id);
  return found == nullptr ? nullptr : &(*found)->copy;
}

void QueueHost::follow(const broker::QueueDefinition& definition, NodeId self, const Now& now, HostLanes lanes) {
  const QueueId id = definition.ref.id;
  const bool owner = definition.owner == self;
  const bool mirror = among(definition.mirrors, self);
  Hosted* hosted = find(id);
  if (hosted != nullptr && !owner) return demote(definition, mirror || is_away(self), lanes);
  mirror::Copy* copy = find_copy(id);
  if (!owner) {
    if (copy == nullptr && mirror) add_copy(definition, {});
    if (copy != nullptr && !mirror && !is_away(self)) drop_copy(id, lanes);
    if (copy != nullptr && mirror && copy->ref().epoch != definition.ref.epoch) copy->reign(definition.ref);
    return;
  }
  if (copy != nullptr) {
    promote(definition, now);
  } else if (hosted == nullptr) {
    create(definition, now);
  } else if (hosted->machine.ref().epoch != definition.ref.epoch) {
    begin_anew(definition, now, lanes);
  }
  hosted = find(id);
  follow_shipping(*hosted, definition);
  follow_owner(id, *hosted, now);
  mark(id, *hosted);
}

// A policy may want another owner.
void QueueHost::follow_owner(QueueId id, Hosted& hosted, const Now& now) {
  hosted.moves_ms = kNever;
  const NodeId next = catalog_.next_owner(id);
  if (!next) return;
  hosted.moves_ms = now.instant_ms + kMovesAgainAfter_ms;
  (void)hand_over(id, next, now);
}

void QueueHost::add_copy(const broker::QueueDefinition& definition, broker::QueueContents contents) {
  const broker::QueueSettings settings = settings_of(definition, catalog_.policy_of(definition.ref.id));
  const std::size_t levels = settings.max_priority ? std::size_t{*settings.max_priority} + 1 : 1;
  auto copy = std::make_unique<HostedCopy>(definition.ref, levels, settings.durable);
  copy->copy.take_over(std::move(contents));
  hot_bytes_ += copy->copy.hot_bytes();
  copies_.insert(definition.ref.id, std::move(copy));
}

void QueueHost::drop_copy(QueueId id, HostLanes lanes) {
  mirror::Copy* copy = find_copy(id);
  if (copy == nullptr) return;
  hot_bytes_ -= copy->hot_bytes();
  copy->drop(lanes.journal, lanes.erased_chunks);
  copies_.erase(id);
}

// The copy becomes the queue.
void QueueHost::promote(const broker::QueueDefinition& definition, const Now& now) {
  const QueueId id = definition.ref.id;
  mirror::Copy& copy = *find_copy(id);
  hot_bytes_ -= copy.hot_bytes();
  broker::QueueContents contents = copy.surrender();
  copies_.erase(id);
  create(definition, now);
  Hosted& hosted = *find(id);
  hosted.machine.take_over(std::move(contents));
  recount(hosted);
  remind(id, hosted);
}

// Here and now, but in another reign: consumers come anew, and what they have not settled is there again.
void QueueHost::begin_anew(const broker::QueueDefinition& definition, const Now& now, HostLanes lanes) {
  broker::QueueContents contents = let_go(*find(definition.ref.id), definition, lanes);
  create(definition, now);
  Hosted& hosted = *find(definition.ref.id);
  hosted.machine.take_over(std::move(contents));
  recount(hosted);
  remind(definition.ref.id, hosted);
}

// The queue becomes a copy, or nothing. Whoever waits for it here waits for the new owner from now on.
void QueueHost::demote(const broker::QueueDefinition& definition, bool to_copy, HostLanes lanes) {
  add_copy(definition, let_go(*find(definition.ref.id), definition, lanes));
  if (!to_copy) drop_copy(definition.ref.id, lanes);
}

broker::QueueContents QueueHost::let_go(Hosted& hosted, const broker::QueueDefinition& definition, HostLanes lanes) {
  end_hand_over(hosted, lanes);
  if (hosted.shipping != nullptr && planted(316)) hosted.shipping->let_go(lanes.session_mail);
  if (hosted.shipping != nullptr) hosted.shipping->give_up(lanes.session_mail);
  std::vector<broker::Enqueue> waiting;
  broker::QueueContents contents = hosted.machine.surrender(waiting);
  std::vector<broker::QueueMail> again;
  for (broker::Enqueue& enqueue : waiting) again.push_back({definition.ref, std::move(enqueue)});
  put_first(lanes.queue_mail, again);
  recount(hosted);
  queues_.erase(definition.ref.id);
  last_id_ = {};
  return contents;
}

void QueueHost::follow_shipping(Hosted& hosted, const broker::QueueDefinition& definition) {
  std::unique_ptr<mirror::Shipping>& shipping = hosted.shipping;
  if (definition.mirrors.empty() && (shipping == nullptr || !shipping->waits())) {
    hosted.machine.tell_copies(false);
    return shipping.reset();
  }
  if (shipping == nullptr)
    shipping = std::make_unique<mirror::Shipping>(definition.ref, last_serial_, storage_.fill_bytes_per_s_max);
  shipping->follow(definition, fills_by_itself(hosted.policy));
  hosted.machine.tell_copies(true);
}

// What the queue told in the batch goes to its copies.
void QueueHost::end_shipping(QueueId id, Hosted& hosted, const Now& now, HostLanes lanes) {
  if (hosted.shipping == nullptr) return;
  const std::uint64_t write = lanes.journal.empty() ? 0 : lanes.coming_write;
  hosted.shipping->end_batch(hosted.machine, write, lanes.durable_write, now, shipping_lanes(lanes));
  if (hosted.shipping->waits() && !std::exchange(hosted.waits, true)) waiting_.push_back(id);
}

bool QueueHost::hand_over_all(const Now& now, HostLanes) {
  queues_.for_each([&](QueueId id, const std::unique_ptr<Hosted>& hosted) {
    const broker::QueueDefinition* definition = catalog_.queue(id);
    if (definition == nullptr || definition->in_sync.empty() || hosted->hand_over != nullptr) return;
    const auto at =
        std::ranges::find_if(definition->mirrors, [&](NodeId node) { return can_take_over(*definition, node); });
    if (at != definition->mirrors.end()) begin_hand_over(id, *hosted, *at, now);
  });
  return handing_over();
}

bool QueueHost::can_take_over(const broker::QueueDefinition& definition, NodeId node) const {
  const broker::NodeDefinition* mirror = catalog_.node(node);
  return among(definition.in_sync, node) && mirror != nullptr && mirror->running && !mirror->draining;
}

void QueueHost::begin_hand_over(QueueId id, Hosted& hosted, NodeId to, const Now& now) {
  hosted.hand_over = std::make_unique<HandOver>(HandOver{to, now.instant_ms + kAskedWithin_ms});
  ++handing_over_;
  mark(id, hosted);
}

bool QueueHost::hand_over(QueueId id, NodeId to, const Now& now) {
  Hosted* hosted = find(id);
  const broker::QueueDefinition* definition = catalog_.queue(id);
  if (hosted == nullptr || definition == nullptr || !can_take_over(*definition, to)) return false;
  if (hosted->hand_over != nullptr) return hosted->hand_over->to == to;
  begin_hand_over(id, *hosted, to, now);
  return true;
}

bool QueueHost::handing_over(QueueId id) const {
  const std::unique_ptr<Hosted>* hosted = queues_.find(id);
  return hosted != nullptr && (*hosted)->hand_over != nullptr;
}

void QueueHost::see_to_hand_over(Hosted& hosted, const Now& now, HostLanes lanes) {
  if (hosted.hand_over == nullptr) return;
  HandOver& leaving = *hosted.hand_over;
  const broker::QueueDefinition* definition = catalog_.queue(hosted.machine.ref().id);
  const bool can = definition != nullptr && can_take_over(*definition, leaving.to);
  if (now.instant_ms >= leaving.until_ms || hosted.shipping == nullptr || !can) return end_hand_over(hosted, lanes);
  if (leaving.proposed || hosted.shipping->waits() || !hosted.shipping->held_by(leaving.to)) return;
  leaving.proposed = true;
  const QueueRef queue = hosted.machine.ref();
  lanes.proposals.push_back({{}, {}, broker::TransferQueue{queue.id, queue.epoch, leaving.to}});
}

// What has waited comes again: here, or where the queue is now, and before all that came meanwhile.
void QueueHost::end_hand_over(Hosted& hosted, HostLanes lanes) {
  if (hosted.hand_over == nullptr) return;
  if (!planted(320)) put_first(lanes.queue_mail, hosted.hand_over->waiting);
  hosted.hand_over.reset();
  --handing_over_;
}

void QueueHost::take(NodeId from, mirror::MirrorMail& mail, const Now& now, HostLanes lanes) {
  const QueueId id = mail.queue.id;
  // What is of a reign that is over, or has not begun here, is nobody's.
  if (Hosted* hosted = find(id)) {
    if (hosted->shipping == nullptr || hosted->machine.ref().epoch != mail.queue.epoch) return;
    mirror::Shipping& shipping = *hosted->shipping;
    bool more = false;
    if (auto* holdings = std::get_if<mirror::Holdings>(&mail.content))
      more = shipping.on(from, *holdings, hosted->machine);
    else if (const auto* held = std::get_if<mirror::Held>(&mail.content))
      more = shipping.on(from, *held);
    else if (const auto* lost = std::get_if<mirror::Lost>(&mail.content))
      more = shipping.on(from, *lost);
    else
      more = hear_of_comparison(*hosted, from, mail.content);
    if (more) mark(id, *hosted);
  } else if (mirror::Copy* copy = find_copy(id); copy != nullptr && copy->ref().epoch == mail.queue.epoch) {
    tell_copy(from, *copy, mail, now, lanes);
  }
}

void QueueHost::tell_copy(NodeId from, mirror::Copy& copy, const mirror::MirrorMail& mail, const Now& now,
                          HostLanes lanes) {
  std::vector<mirror::MirrorMail> answers;
  mirror::CopyLanes out{lanes.journal, lanes.coming_write, answers, lanes.erased_chunks};
  const std::size_t hot_before = copy.hot_bytes();
  if (const auto* begin = std::get_if<mirror::Begin>(&mail.content))
    copy.on(*begin, out);
  else if (const auto* shipment = std::get_if<mirror::Shipment>(&mail.content))
    copy.on(*shipment, now, out);
  HostedCopy& hosted = **copies_.find(mail.queue.id);
  tell_of_comparison(hosted, mail.content, lanes, answers);
  hot_bytes_ += copy.hot_bytes() - hot_before;
  for (mirror::MirrorMail& answer : answers) lanes.parcels.push_back({from, std::move(answer)});
  if (!std::exchange(hosted.told, true)) told_copies_.push_back(mail.queue.id);
}

void QueueHost::give_away(QueueId id, const broker::Ranges& positions, const Now& now, HostLanes lanes) {
  mirror::Copy* copy = find_copy(id);
  if (copy == nullptr) return;
  std::vector<mirror::MirrorMail> answers;
  mirror::CopyLanes out{lanes.journal, lanes.coming_write, answers, lanes.erased_chunks};
  const std::size_t hot_before = copy->hot_bytes();
  copy->give_away(positions, now, out);
  hot_bytes_ -= hot_before - copy->hot_bytes();
}

// Copies answer once per batch.
void QueueHost::answer_owners(HostLanes lanes) {
  for (const QueueId id : std::exchange(told_copies_, {})) {
    std::unique_ptr<HostedCopy>* hosted = copies_.find(id);
    const broker::QueueDefinition* definition = catalog_.queue(id);
    if (hosted == nullptr || definition == nullptr) continue;
    mirror::Copy& copy = (*hosted)->copy;
    (*hosted)->told = false;
    std::vector<mirror::MirrorMail> answers;
    copy.answer(lanes.durable_write, answers);
    for (mirror::MirrorMail& answer : answers) lanes.parcels.push_back({definition->owner, std::move(answer)});
    if (copy.waits() && !std::exchange((*hosted)->waits, true)) waiting_.push_back(id);
  }
}

void QueueHost::durable(HostLanes lanes) {
  for (const QueueId id : std::exchange(waiting_, {})) {
    if (std::unique_ptr<HostedCopy>* copy = copies_.find(id)) {
      (*copy)->waits = false;
      if (!std::exchange((*copy)->told, true)) told_copies_.push_back(id);
    } else if (Hosted* hosted = find(id)) {
      hosted->waits = false;
      if (hosted->shipping == nullptr) continue;
      hosted->shipping->durable(lanes.durable_write, shipping_lanes(lanes));
      if (hosted->hand_over != nullptr) mark(id, *hosted);
      if (hosted->shipping->waits() && !std::exchange(hosted->waits, true)) waiting_.push_back(id);
    }
  }
}

}  // namespace warren::node
