// Vhosts, users, and who may do what where.
#include <algorithm>
#include <array>
#include <utility>

#include "base/limits.hpp"
#include "broker/catalog/catalog.hpp"
#include "broker/catalog/checks.hpp"
#include "broker/catalog/hash.hpp"
#include "broker/exchange/exchange_type.hpp"

namespace warren::broker {
namespace {

struct Predeclared {
  std::string_view name;
  std::string_view type;
  bool internal = false;
  std::string_view vhost = {};  // the only one that has it; empty: every vhost
};

// amqp.md 3.2, 4.12. All are durable.
constexpr std::array<Predeclared, 8> kPredeclared{{{"", "direct"},
                                                   {"amq.direct", "direct"},
                                                   {"amq.fanout", "fanout"},
                                                   {"amq.topic", "topic"},
                                                   {"amq.headers", "headers"},
                                                   {"amq.match", "headers"},
                                                   {"amq.rabbitmq.trace", "topic", true},
                                                   {kEventExchange, "topic", true, kEventVhost}}};

// The words are those of command line tools, who tell them apart by the codes.
Refusal unknown_user(std::string_view name) {
  return {amqp::ReplyCode::not_found, "User '" + std::string(name) + "' does not exist"};
}

Objection check_user(const UserDefinition& user) {
  using amqp::ReplyCode;
  if (user.name.size() > limits::kUserNameBytesMax)
    return Refusal{ReplyCode::precondition_failed,
                   "the name of a user has at most " + std::to_string(limits::kUserNameBytesMax) + " bytes"};
  if (user.tags.size() > limits::kUserTagsMax)
    return Refusal{ReplyCode::precondition_failed,
                   "a user has at most " + std::to_string(limits::kUserTagsMax) + " tags"};
  return {};
}

bool same(const PermissionDefinition& a, const PermissionDefinition& b) {
  return a.configure == b.configure && a.write == b.write && a.read == b.read;
}

bool same(const TopicPermissionDefinition& a, const TopicPermissionDefinition& b) {
  return a.write == b.write && a.read == b.read;
}

// The records of an index in order of identity, so that what is done to each comes in the same order everywhere.
template <class Record, class Identity>
std::vector<Record*> in_order(const Index<Record*>& index, Identity identity) {
  std::vector<Record*> records;
  records.reserve(index.size());
  index.for_each([&](Record& record) { records.push_back(&record); });
  std::ranges::sort(records, {}, identity);
  return records;
}

}  // namespace

std::vector<Command> default_definitions(std::string guest_password_hash) {
  return {AddVhost{"/"}, PutUser{{"guest", std::move(guest_password_hash), {"administrator"}}},
          SetPermission{"/", "guest", ".*", ".*", ".*"}};
}

Catalog::Outcome Catalog::carry_out(const AddVhost& command) {
  Applied applied;
  if (vhost_record(command.name) != nullptr) return applied;
  Vhost& added = place_vhost({VhostId(++last_vhost_.value), command.name});
  add_predeclared_exchanges(added, applied.changes);
  applied.changes.push_back(VhostCreated{added.definition.id});
  changed_ = true;
  return applied;
}

Catalog::Vhost& Catalog::place_vhost(VhostDefinition definition) {
  auto vhost = std::make_unique<Vhost>();
  vhost->definition = std::move(definition);
  Vhost& placed = *vhost;
  vhosts_by_id_.insert(hash_number(placed.definition.id.value), &placed);
  vhosts_.emplace(placed.definition.name, std::move(vhost));
  return placed;
}

void Catalog::add_predeclared_exchanges(Vhost& vhost, Changes& changes) {
  for (const Predeclared& exchange : kPredeclared) {
    if (!exchange.vhost.empty() && exchange.vhost != vhost.definition.name) continue;
    if (exchange_record(vhost.definition.id, exchange.name) != nullptr) continue;
    add_exchange(vhost,
                 {.id = {},
                  .vhost = vhost.definition.id,
                  .name = std::string(exchange.name),
                  .type = std::string(exchange.type),
                  .durable = true,
                  .auto_delete = false,
                  .internal = exchange.internal,
                  .arguments = {}},
                 changes);
  }
}

Catalog::Outcome Catalog::carry_out(const DeleteVhost& command) {
  Applied applied;
  const auto found = vhosts_.find(command.name);
  if (found == vhosts_.end()) return applied;
  Vhost& vhost = *found->second;
  const auto exchanges = in_order(vhost.exchanges, [](const Exchange* held) { return held->definition.id; });
  // Without its type an exchange is past forsaking: no cascade runs beside the one that takes everything.
  for (Exchange* exchange : exchanges) exchange->type.reset();
  for (QueueRecord* queue : in_order(vhost.queues, [](const QueueRecord* held) { return held->definition.ref.id; }))
    remove_queue(*queue, applied.changes);
  for (Exchange* exchange : exchanges) remove_exchange(*exchange, applied.changes);
  for (const auto& [user, permission] : vhost.permissions)
    applied.changes.push_back(PermissionCleared{vhost.definition.id, user});
  while (!vhost.topic_permissions.empty())
    clear_topic_permissions(vhost, vhost.topic_permissions.begin()->first, applied.changes);
  vhost.policies.for_each([&](const PolicyDefinition& policy) {
    applied.changes.push_back(PolicyCleared{vhost.definition.id, policy.kind, policy.name});
  });
  vhosts_by_id_.erase(hash_number(vhost.definition.id.value), vhost);
  applied.changes.push_back(VhostDeleted{std::move(vhost.definition)});
  vhosts_.erase(found);
  changed_ = true;
  return applied;
}

Catalog::Outcome Catalog::carry_out(const PutUser& command) { return put_user(command.user); }

Catalog::Outcome Catalog::carry_out(const SetUserTags& command) {
  const UserDefinition* user = find_user(command.user);
  if (user == nullptr) return unknown_user(command.user);
  return put_user({user->name, user->password_hash, command.tags});
}

Catalog::Outcome Catalog::carry_out(const SetPassword& command) {
  const UserDefinition* user = find_user(command.user);
  if (user == nullptr) return unknown_user(command.user);
  return put_user({user->name, command.password_hash, user->tags});
}

Catalog::Outcome Catalog::put_user(UserDefinition wanted) {
  Applied applied;
  if (Objection objection = check_user(wanted)) return *objection;
  const auto [held, added] = users_.try_emplace(wanted.name);
  const UserPut put{wanted.name, added, added || held->second.password_hash != wanted.password_hash,
                    added || held->second.tags != wanted.tags};
  if (!put.password_changed && !put.tags_changed) return applied;
  held->second = std::move(wanted);
  applied.changes.push_back(put);
  changed_ = true;
  return applied;
}

Catalog::Outcome Catalog::carry_out(const DeleteUser& command) {
  Applied applied;
  if (users_.erase(command.name) == 0) return applied;
  for (auto& [name, vhost] : vhosts_) {
    if (vhost->permissions.erase(command.name) != 0)
      applied.changes.push_back(PermissionCleared{vhost->definition.id, command.name});
    clear_topic_permissions(*vhost, command.name, applied.changes);
  }
  applied.changes.push_back(UserDeleted{command.name});
  changed_ = true;
  return applied;
}

Catalog::Outcome Catalog::carry_out(const SetPermission& command) {
  Vhost* vhost = vhost_record(command.vhost);
  if (vhost == nullptr) return unknown_vhost(command.vhost);
  if (find_user(command.user) == nullptr) return unknown_user(command.user);
  const PermissionDefinition wanted{vhost->definition.id, command.user, command.configure, command.write, command.read};
  const auto [held, added] = vhost->permissions.try_emplace(command.user, wanted);
  Applied applied;
  if (!added && same(held->second, wanted)) return applied;
  held->second = wanted;
  applied.changes.push_back(PermissionSet{wanted.vhost, wanted.user});
  changed_ = true;
  return applied;
}

Catalog::Outcome Catalog::carry_out(const ClearPermission& command) {
  Applied applied;
  Vhost* vhost = vhost_record(command.vhost);
  if (vhost == nullptr) return unknown_vhost(command.vhost);
  if (find_user(command.user) == nullptr) return unknown_user(command.user);
  if (vhost->permissions.erase(command.user) == 0) return applied;
  applied.changes.push_back(PermissionCleared{vhost->definition.id, command.user});
  changed_ = true;
  return applied;
}

Catalog::Outcome Catalog::carry_out(const SetTopicPermission& command) {
  Vhost* vhost = vhost_record(command.vhost);
  if (vhost == nullptr) return unknown_vhost(command.vhost);
  if (find_user(command.user) == nullptr) return unknown_user(command.user);
  const TopicPermissionDefinition wanted{vhost->definition.id, command.user, command.exchange, command.write,
                                         command.read};
  const auto [held, added] = vhost->topic_permissions[command.user].try_emplace(command.exchange, wanted);
  Applied applied;
  if (!added && same(held->second, wanted)) return applied;
  held->second = wanted;
  applied.changes.push_back(TopicPermissionSet{wanted.vhost, wanted.user, wanted.exchange});
  changed_ = true;
  return applied;
}

Catalog::Outcome Catalog::carry_out(const ClearTopicPermission& command) {
  Applied applied;
  Vhost* vhost = vhost_record(command.vhost);
  if (vhost == nullptr) return unknown_vhost(command.vhost);
  if (find_user(command.user) == nullptr) return unknown_user(command.user);
  if (command.exchange.empty()) {
    clear_topic_permissions(*vhost, command.user, applied.changes);
  } else if (const auto found = vhost->topic_permissions.find(command.user); found != vhost->topic_permissions.end()) {
    if (found->second.erase(command.exchange) != 0)
      applied.changes.push_back(TopicPermissionCleared{vhost->definition.id, command.user, command.exchange});
    if (found->second.empty()) vhost->topic_permissions.erase(found);
  }
  changed_ = !applied.changes.empty();
  return applied;
}

void Catalog::clear_topic_permissions(Vhost& vhost, std::string_view user, Changes& changes) {
  const auto found = vhost.topic_permissions.find(user);
  if (found == vhost.topic_permissions.end()) return;
  for (const auto& [exchange, permission] : found->second)
    changes.push_back(TopicPermissionCleared{vhost.definition.id, found->first, exchange});
  vhost.topic_permissions.erase(found);
}

Catalog::Outcome Catalog::carry_out(const SetVhostLimits& command) {
  Applied applied;
  Vhost* vhost = vhost_record(command.vhost);
  if (vhost == nullptr) return unknown_vhost(command.vhost);
  if (vhost->definition.limits == command.limits) return applied;
  vhost->definition.limits = command.limits;
  applied.changes.push_back(VhostLimited{vhost->definition.id});
  changed_ = true;
  return applied;
}

}  // namespace warren::broker
