// The registrar's work on its shard, and what every shard does when a definition has changed.
#include <algorithm>
#include <utility>
#include <variant>

#include "broker/catalog/stored/durable_writes.hpp"
#include "node/shard.hpp"

namespace warren::node {

void Shard::decide(broker::Propose& proposal) {
  Result<broker::Applied, broker::Refusal> applied = catalog_.apply(proposal.command);
  broker::Decided decided{proposal.channel, {}, false};
  WriteNumber write = 0;
  if (!applied) {
    decided.refusal = std::move(applied.error());
  } else if (!applied->changes.empty()) {
    decided.changed = true;
    write = record(*applied);
    if (settings_.shards > 1) held_commands_.push_back({write, proposal.command});
    follow(*applied);
    history_.follow(*applied);
    events_.tell(*applied, proposal.user, now_);
  }
  acknowledged_[settings_.shard] = catalog_.revision();
  if (proposal.from.id) held_answers_.push_back({catalog_.revision(), write, {proposal.from, std::move(decided)}});
  answer_decided();
}

WriteNumber Shard::record(const broker::Applied& applied) {
  if (!settings_.storage.enabled) return 0;
  std::vector<broker::DefinitionWrite> writes;
  broker::durable_writes(catalog_, applied, writes);
  for (const broker::DefinitionWrite& write : writes) ledger_.define(write);
  return writes.empty() ? 0 : ledger_.coming_write();
}

void Shard::answer_decided() {
  while (!held_commands_.empty() && held_commands_.front().write <= ledger_.durable_write())
    post_office_.announce(held_commands_.pop_front().command);
  const Revision everywhere = *std::min_element(acknowledged_.begin(), acknowledged_.end());
  while (!held_answers_.empty() && held_answers_.front().revision <= everywhere &&
         held_answers_.front().write <= ledger_.durable_write())
    letters_.push_back(held_answers_.pop_front().letter);
}

void Shard::follow(const broker::Applied& applied) {
  for (const broker::Change& change : applied.changes) {
    if (const auto* created = std::get_if<broker::QueueCreated>(&change)) {
      const broker::QueueDefinition* queue = catalog_.queue(created->queue);
      if (queue != nullptr && queue->owner == settings_.node && post_office_.shard_of(*queue) == settings_.shard)
        host_.create(*queue, now_);
    } else if (const auto* deleted = std::get_if<broker::QueueDeleted>(&change)) {
      if (host_.has(deleted->queue.ref.id)) ledger_.mention(deleted->queue.ref.id);
      host_.retire(deleted->queue.ref.id, lanes());
    } else if (const auto* vhost = std::get_if<broker::VhostDeleted>(&change)) {
      close_sessions_of(vhost->vhost.id, "vhost '" + vhost->vhost.name + "' is deleted");
    } else if (const auto* user = std::get_if<broker::UserDeleted>(&change)) {
      close_sessions_of(user->name, "user '" + user->name + "' is deleted");
    }
  }
}

void Shard::close_sessions_of(VhostId vhost, std::string_view reason) {
  sessions_.for_each([&](SessionId id, std::unique_ptr<Seat>& seat) {
    if (seat->session.core().vhost != vhost) return;
    touch(id, *seat);
    seat->session.force_close(reason, context_);
  });
}

void Shard::close_sessions_of(std::string_view user, std::string_view reason) {
  sessions_.for_each([&](SessionId id, std::unique_ptr<Seat>& seat) {
    if (seat->session.core().user != user) return;
    touch(id, *seat);
    seat->session.force_close(reason, context_);
  });
}

}  // namespace warren::node
