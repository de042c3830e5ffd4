#include "broker/catalog/catalog.hpp"

#include <utility>
#include <variant>

#include "broker/catalog/hash.hpp"

namespace warren::broker {

Catalog::Catalog() = default;
Catalog::~Catalog() = default;

Result<Applied, Refusal> Catalog::apply(const Command& command) {
  changed_ = routes_changed_ = false;
  Outcome outcome = std::visit([this](const auto& known) { return carry_out(known); }, command);
  if (changed_) ++revision_.value;
  if (routes_changed_) routes_revision_ = revision_;
  return outcome;
}

void Catalog::reset() {
  const std::uint64_t edition = edition_ + 1;
  *this = Catalog();
  edition_ = edition;
}

const VhostDefinition* Catalog::find_vhost(std::string_view name) const {
  const Vhost* found = vhost_record(name);
  return found == nullptr ? nullptr : &found->definition;
}

const VhostDefinition* Catalog::vhost(VhostId id) const {
  const Vhost* found = vhost_record(id);
  return found == nullptr ? nullptr : &found->definition;
}

const UserDefinition* Catalog::find_user(std::string_view name) const {
  const auto found = users_.find(name);
  return found == users_.end() ? nullptr : &found->second;
}

const PermissionDefinition* Catalog::find_permission(VhostId vhost, std::string_view user) const {
  const Vhost* of = vhost_record(vhost);
  if (of == nullptr) return nullptr;
  const auto found = of->permissions.find(user);
  return found == of->permissions.end() ? nullptr : &found->second;
}

const TopicPermissionDefinition* Catalog::find_topic_permission(VhostId vhost, std::string_view user,
                                                                std::string_view exchange) const {
  const Vhost* of = vhost_record(vhost);
  if (of == nullptr) return nullptr;
  const auto of_user = of->topic_permissions.find(user);
  if (of_user == of->topic_permissions.end()) return nullptr;
  const auto found = of_user->second.find(exchange);
  return found == of_user->second.end() ? nullptr : &found->second;
}

const Exchange* Catalog::find_exchange(VhostId vhost, std::string_view name) const {
  return exchange_record(vhost, name);
}

const Exchange* Catalog::exchange(ExchangeId id) const { return exchange_record(id); }

const QueueDefinition* Catalog::find_queue(VhostId vhost, std::string_view name) const {
  const QueueRecord* found = queue_record(vhost, name);
  return found == nullptr ? nullptr : &found->definition;
}

const QueueDefinition* Catalog::queue(QueueId id) const {
  const QueueRecord* found = queue_record(id);
  return found == nullptr ? nullptr : &found->definition;
}

const BindingsTo& Catalog::bindings_of(QueueId queue) const {
  static constexpr BindingsTo kNone;
  const QueueRecord* found = queue_record(queue);
  return found == nullptr ? kNone : found->incoming;
}

Catalog::Vhost* Catalog::vhost_record(VhostId id) const {
  return vhosts_by_id_.find(hash_number(id.value), [&](const Vhost& held) { return held.definition.id == id; });
}

Catalog::Vhost* Catalog::vhost_record(std::string_view name) const {
  const auto found = vhosts_.find(name);
  return found == vhosts_.end() ? nullptr : found->second.get();
}

QueueRecord* Catalog::queue_record(QueueId id) const {
  return queues_.find(hash_number(id.value), [&](const QueueRecord& held) { return held.definition.ref.id == id; });
}

QueueRecord* Catalog::queue_record(VhostId vhost, std::string_view name) const {
  const Vhost* of = vhost_record(vhost);
  if (of == nullptr) return nullptr;
  return of->queues.find(hash_text(name), [&](const QueueRecord& held) { return held.definition.name == name; });
}

Exchange* Catalog::exchange_record(ExchangeId id) const {
  return exchanges_.find(hash_number(id.value), [&](const Exchange& held) { return held.definition.id == id; });
}

Exchange* Catalog::exchange_record(VhostId vhost, std::string_view name) const {
  const Vhost* of = vhost_record(vhost);
  if (of == nullptr) return nullptr;
  return of->exchanges.find(hash_text(name), [&](const Exchange& held) { return held.definition.name == name; });
}

}  // namespace warren::broker
