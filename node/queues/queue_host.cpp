#include "node/queues/queue_host.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "amqp/properties.hpp"
#include "broker/queue/arguments.hpp"
#include "broker/queue/dead_letter.hpp"

namespace warren::node {

using broker::DeadLetter;

QueueHost::Hosted::Hosted(const broker::QueueDefinition& definition, const broker::QueueSettings& settings,
                          const Now& now)
    : machine(definition.ref, settings, now) {
  send_dead_to(settings.dead_letter);
}

void QueueHost::Hosted::send_dead_to(const std::optional<broker::DeadLetterTarget>& target) {
  dead_letter = target ? std::make_unique<broker::DeadLetterTarget>(*target) : nullptr;
}

broker::QueueSettings QueueHost::settings_of(const broker::QueueDefinition& definition,
                                             const broker::PolicyList::InForce& policy) const {
  broker::QueueSettings settings = broker::settings_of(definition, policy == nullptr ? nullptr : &policy->settings);
  settings.durable &= storage_.enabled;
  return settings;
}

void QueueHost::create(const broker::QueueDefinition& definition, const Now& now) {
  const QueueId id = definition.ref.id;
  broker::PolicyList::InForce policy = catalog_.policy_of(id);
  auto hosted = std::make_unique<Hosted>(definition, settings_of(definition, policy), now);
  hosted->policy = std::move(policy);
  remind(id, *hosted);
  queues_.insert(id, std::move(hosted));
  last_id_ = {};
}

void QueueHost::follow_policies(const Now& now, HostLanes lanes) {
  queues_.for_each([&](QueueId id, const std::unique_ptr<Hosted>& hosted) {
    broker::PolicyList::InForce policy = catalog_.policy_of(id);
    if (policy == hosted->policy) return;
    const broker::QueueDefinition* definition = catalog_.queue(id);
    if (definition == nullptr) return;
    const broker::QueueSettings settings = settings_of(*definition, policy);
    hosted->policy = std::move(policy);
    // What leaves now goes where the dead are to go from now on.
    hosted->send_dead_to(settings.dead_letter);
    broker::QueueEffects out = effects(*hosted, lanes);
    hosted->machine.adopt(settings, now, out);
    if (hosted->shipping != nullptr) follow_shipping(*hosted, *definition);
    follow_owner(id, *hosted, now);
    mark(id, *hosted);
  });
}

void QueueHost::retire(QueueId id, HostLanes lanes) {
  drop_copy(id, lanes);
  Hosted* hosted = find(id);
  if (hosted == nullptr) return;
  end_hand_over(*hosted, lanes);
  broker::QueueEffects out = effects(*hosted, lanes);
  hosted->machine.retire(out);
  if (hosted->shipping != nullptr) hosted->shipping->let_go(lanes.session_mail);
  recount(*hosted);
  queues_.erase(id);
  last_id_ = {};
}

QueueHost::Hosted* QueueHost::find(QueueId id) {
  if (id == last_id_ && last_id_) return last_;
  std::unique_ptr<Hosted>* found = queues_.find(id);
  if (found == nullptr) return nullptr;
  last_id_ = id;
  last_ = found->get();
  return last_;
}

broker::QueueEffects QueueHost::effects(Hosted& hosted, HostLanes lanes) {
  mirror::Shipping* shipping = hosted.shipping.get();
  return {shipping == nullptr ? lanes.session_mail : shipping->mail(),
          dead_letters_,
          farewells_,
          lanes.journal,
          shipping == nullptr ? lanes.mail_when_durable : shipping->answers(),
          lanes.erased_chunks,
          shipping == nullptr ? nullptr : &shipping->records()};
}

bool QueueHost::step(QueueRef to, broker::QueueCommand& command, const Now& now, HostLanes lanes) {
  Hosted* hosted = find(to.id);
  if (hosted == nullptr) return false;
  if (to.epoch < hosted->machine.ref().epoch && !outlives_reign(command)) return true;
  if (hosted->hand_over != nullptr) {
    hosted->hand_over->waiting.push_back({to, std::move(command)});
    return true;
  }
  broker::QueueEffects out = effects(*hosted, lanes);
  hosted->machine.step(command, now, out);
  mark(to.id, *hosted);
  return true;
}

void QueueHost::mark(QueueId id, Hosted& hosted) {
  if (hosted.stepped) return;
  hosted.stepped = true;
  stepped_.push_back(id);
}

void QueueHost::end_batch(const Now& now, Rng& rng, HostLanes lanes) {
  for (const QueueId id : stepped_) {
    Hosted* hosted = find(id);
    if (hosted == nullptr) continue;
    hosted->stepped = false;
    broker::QueueEffects out = effects(*hosted, lanes);
    hosted->machine.end_batch(now, out);
    end_shipping(id, *hosted, now, lanes);
    compare_on(*hosted, now, lanes);
    see_to_hand_over(*hosted, now, lanes);
    remind(id, *hosted);
    recount(*hosted);
    if (hosted->machine.has_cold()) may_want_.push_back(id);
  }
  stepped_.clear();
  answer_owners(lanes);
  for (const DeadLetter& letter : std::exchange(dead_letters_, {})) bury(letter, now, rng, lanes);
  take_leave(lanes);
}

void QueueHost::tick(QueueId id, const Now& now, HostLanes lanes) {
  Hosted* hosted = find(id);
  if (hosted == nullptr) return;
  hosted->reminded_ms = kNever;
  broker::QueueEffects out = effects(*hosted, lanes);
  if (hosted->machine.next_deadline() <= now.instant_ms) hosted->machine.tick(now, out);
  if (hosted->moves_ms <= now.instant_ms) follow_owner(id, *hosted, now);
  mark(id, *hosted);
}

void QueueHost::peer_lost(NodeId node, const Now& now, HostLanes lanes) {
  queues_.for_each([&](QueueId id, const std::unique_ptr<Hosted>& hosted) {
    broker::QueueEffects out = effects(*hosted, lanes);
    bool touched = hosted->machine.peer_lost(node, now, out);
    if (hosted->shipping != nullptr) {
      hosted->shipping->forget_sessions(node);
      touched |= hosted->shipping->peer_lost(node);
    }
    if (touched) mark(id, *hosted);
  });
}

void QueueHost::remind(QueueId id, Hosted& hosted) {
  Instant deadline = hosted.machine.next_deadline();
  if (hosted.shipping != nullptr) deadline = std::min(deadline, hosted.shipping->deadline());
  if (hosted.hand_over != nullptr) deadline = std::min(deadline, hosted.hand_over->until_ms);
  deadline = std::min(deadline, hosted.moves_ms);
  if (hosted.comparison != nullptr) deadline = std::min(deadline, hosted.comparison->deadline());
  if (deadline >= hosted.reminded_ms) return;
  hosted.reminded_ms = deadline;
  timers_.remind(deadline, Timers::Kind::queue, id.value);
}

void QueueHost::bury(const DeadLetter& letter, const Now& now, Rng& rng, HostLanes lanes) {
  const broker::QueueDefinition* grave = catalog_.queue(letter.queue);
  Hosted* hosted = find(letter.queue);
  if (grave == nullptr || hosted == nullptr || !hosted->dead_letter) return;
  const broker::DeadLetterTarget& target = *hosted->dead_letter;
  const broker::Exchange* exchange = catalog_.find_exchange(grave->vhost, target.exchange);
  if (exchange == nullptr) return;
  const std::vector<std::string> keys = broker::dead_letter_keys(*letter.message, target);
  const broker::MessageRef message =
      broker::make_dead_letter(*letter.message, grave->name, letter.reason, target, now.wall_s);
  amqp::PropertiesView properties;
  amqp::scan_properties(message->properties(), properties);
  const std::vector<std::string_view> more_keys(keys.begin() + 1, keys.end());
  for (const QueueRef& queue : router_.route(*exchange, keys.front(), {more_keys, &properties}, rng)) {
    const broker::QueueDefinition* to = catalog_.queue(queue.id);
    if (letter.reason != broker::DeathReason::rejected && to != nullptr && broker::dropped_by_cycle(*message, to->name))
      continue;
    lanes.queue_mail.push_back({queue, broker::Enqueue{message, {}, {}, 0}});
  }
  for (const ExchangeId memory : router_.last_rememberers()) lanes.memories.push_back({memory, message});
}

void QueueHost::take_leave(HostLanes lanes) {
  for (const broker::Farewell& farewell : farewells_)
    lanes.proposals.push_back({{}, {}, broker::DeleteQueue{farewell.queue.id}});
  farewells_.clear();
}

}  // namespace warren::node
