#include "node/registrar/events.hpp"

#include <fmt/core.h>

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "amqp/properties.hpp"
#include "base/flat_map.hpp"
#include "broker/message.hpp"
#include "node/registrar/mirror_news.hpp"

namespace warren::node {
namespace {

using amqp::Table;
using broker::BindingDefinition;
using broker::DestinationKind;
using broker::ExchangeDefinition;
using broker::QueueDefinition;

// Who does what nobody asked for, as RabbitMQ names it.
constexpr std::string_view kInternalUser = "rmq-internal";
constexpr std::int64_t kMsPerSecond = 1000;

// Finds the names of what one command's changes speak of, the deleted included.
class Names {
 public:
  Names(const broker::Catalog& catalog, const broker::Applied& applied) : catalog_(catalog) {
    for (const broker::Change& change : applied.changes) {
      if (const auto* queue = std::get_if<broker::QueueDeleted>(&change))
        queues_.insert(queue->queue.ref.id, &queue->queue);
      else if (const auto* exchange = std::get_if<broker::ExchangeDeleted>(&change))
        exchanges_.insert(exchange->exchange.id, &exchange->exchange);
      else if (const auto* vhost = std::get_if<broker::VhostDeleted>(&change))
        vhosts_.insert(vhost->vhost.id, &vhost->vhost);
    }
  }

  std::string_view vhost(VhostId id) const {
    const broker::VhostDefinition* known = catalog_.vhost(id);
    if (known == nullptr) known = deleted(vhosts_, id);
    return known == nullptr ? std::string_view() : known->name;
  }
  // Null: made and deleted by the same command.
  const QueueDefinition* queue(QueueId id) const {
    const QueueDefinition* known = catalog_.queue(id);
    return known != nullptr ? known : deleted(queues_, id);
  }
  const ExchangeDefinition* exchange(ExchangeId id) const {
    const broker::Exchange* known = catalog_.exchange(id);
    return known != nullptr ? &known->definition : deleted(exchanges_, id);
  }
  std::string_view node(NodeId id) const {
    const broker::NodeDefinition* known = catalog_.node(id);
    return known == nullptr ? std::string_view() : known->name;
  }
  bool draining(NodeId id) const {
    const broker::NodeDefinition* known = catalog_.node(id);
    return known != nullptr && known->draining;
  }
  // Null: deleted by the same command.
  const broker::UserDefinition* user(std::string_view name) const { return catalog_.find_user(name); }
  const broker::PermissionDefinition* permission(VhostId vhost, std::string_view user) const {
    return catalog_.find_permission(vhost, user);
  }
  const broker::TopicPermissionDefinition* topic_permission(VhostId vhost, std::string_view user,
                                                            std::string_view exchange) const {
    return catalog_.find_topic_permission(vhost, user, exchange);
  }
  broker::VhostLimits limits(VhostId vhost) const {
    const broker::VhostDefinition* known = catalog_.vhost(vhost);
    return known == nullptr ? broker::VhostLimits{} : known->limits;
  }
  // Null: cleared by the same command.
  const broker::PolicyDefinition* policy(VhostId vhost, broker::PolicyKind kind, std::string_view name) const {
    return catalog_.find_policy(vhost, kind, name);
  }

 private:
  template <class Id, class Definition>
  static const Definition* deleted(const FlatMap<Id, const Definition*>& among, Id id) {
    const Definition* const* found = among.find(id);
    return found == nullptr ? nullptr : *found;
  }

  const broker::Catalog& catalog_;
  FlatMap<QueueId, const QueueDefinition*> queues_;
  FlatMap<ExchangeId, const ExchangeDefinition*> exchanges_;
  FlatMap<VhostId, const broker::VhostDefinition*> vhosts_;
};

std::string owner_text(const SessionRef& owner) {
  return owner.id ? fmt::format("<{}.{}.{}>", owner.node.value, owner.shard, owner.id.value) : std::string();
}

// One function per kind of change; nothing when there is nothing to tell.
using Told = std::vector<Event>;

Told one(std::string_view key, Table headers) { return {Event{key, std::move(headers)}}; }

Told describe(const broker::QueueCreated& change, const Names& names) {
  const QueueDefinition* queue = names.queue(change.queue);
  if (queue == nullptr) return {};
  return one("queue.created", {{{"name", std::string_view(queue->name)},
                                {"vhost", names.vhost(queue->vhost)},
                                {"durable", queue->durable},
                                {"auto_delete", queue->auto_delete},
                                {"exclusive", queue->exclusive()},
                                {"arguments", queue->arguments},
                                {"owner_pid", std::string_view(owner_text(queue->exclusive_owner))}}});
}

Told describe(const broker::QueueDeleted& change, const Names& names) {
  return one("queue.deleted",
             {{{"name", std::string_view(change.queue.name)}, {"vhost", names.vhost(change.queue.vhost)}}});
}

Told describe(const broker::ExchangeCreated& change, const Names& names) {
  const ExchangeDefinition* exchange = names.exchange(change.exchange);
  if (exchange == nullptr) return {};
  return one("exchange.created", {{{"name", std::string_view(exchange->name)},
                                   {"vhost", names.vhost(exchange->vhost)},
                                   {"type", std::string_view(exchange->type)},
                                   {"durable", exchange->durable},
                                   {"auto_delete", exchange->auto_delete},
                                   {"internal", exchange->internal},
                                   {"arguments", exchange->arguments}}});
}

Told describe(const broker::ExchangeDeleted& change, const Names& names) {
  return one("exchange.deleted",
             {{{"name", std::string_view(change.exchange.name)}, {"vhost", names.vhost(change.exchange.vhost)}}});
}

Told describe_binding(std::string_view key, const BindingDefinition& binding, const Names& names) {
  const ExchangeDefinition* source = names.exchange(binding.source);
  const bool to_queue = binding.kind == DestinationKind::queue;
  const QueueDefinition* queue = to_queue ? names.queue(QueueId(binding.destination)) : nullptr;
  const ExchangeDefinition* exchange = to_queue ? nullptr : names.exchange(ExchangeId(binding.destination));
  if (source == nullptr || (queue == nullptr && exchange == nullptr)) return {};
  return one(key, {{{"vhost", names.vhost(source->vhost)},
                    {"source_name", std::string_view(source->name)},
                    {"source_kind", "exchange"},
                    {"destination_name", std::string_view(to_queue ? queue->name : exchange->name)},
                    {"destination_kind", to_queue ? "queue" : "exchange"},
                    {"routing_key", std::string_view(binding.routing_key)},
                    {"arguments", binding.arguments}}});
}

Told describe(const broker::BindingCreated& change, const Names& names) {
  return describe_binding("binding.created", change.binding, names);
}

Told describe(const broker::BindingDeleted& change, const Names& names) {
  return describe_binding("binding.deleted", change.binding, names);
}

Told describe(const broker::VhostCreated& change, const Names& names) {
  return one("vhost.created", {{{"name", names.vhost(change.vhost)}}});
}

Told describe(const broker::VhostDeleted& change, const Names&) {
  return one("vhost.deleted", {{{"name", std::string_view(change.vhost.name)}}});
}

// Tags that a user was made with are told as set.
Told describe(const broker::UserPut& change, const Names& names) {
  const broker::UserDefinition* user = names.user(change.name);
  if (user == nullptr) return {};
  const std::string_view name = change.name;
  Told told;
  if (change.created)
    told.push_back({"user.created", {{{"name", name}}}});
  else if (change.password_changed)
    told.push_back(
        {user->password_hash.empty() ? "user.password.cleared" : "user.password.changed", {{{"name", name}}}});
  if (!change.tags_changed || (change.created && user->tags.empty())) return told;
  amqp::Array tags;
  for (const std::string& tag : user->tags) tags.emplace_back(std::string_view(tag));
  told.push_back({"user.tags.set", {{{"name", name}, {"tags", std::move(tags)}}}});
  return told;
}

Told describe(const broker::UserDeleted& change, const Names&) {
  return one("user.deleted", {{{"name", std::string_view(change.name)}}});
}

Told describe(const broker::PermissionSet& change, const Names& names) {
  const broker::PermissionDefinition* permission = names.permission(change.vhost, change.user);
  if (permission == nullptr) return {};
  return one("permission.created", {{{"user", std::string_view(change.user)},
                                     {"vhost", names.vhost(change.vhost)},
                                     {"configure", std::string_view(permission->configure)},
                                     {"write", std::string_view(permission->write)},
                                     {"read", std::string_view(permission->read)}}});
}

Told describe(const broker::PermissionCleared& change, const Names& names) {
  return one("permission.deleted", {{{"user", std::string_view(change.user)}, {"vhost", names.vhost(change.vhost)}}});
}

Told describe(const broker::TopicPermissionSet& change, const Names& names) {
  const broker::TopicPermissionDefinition* permission =
      names.topic_permission(change.vhost, change.user, change.exchange);
  if (permission == nullptr) return {};
  return one("topic.permission.created", {{{"user", std::string_view(change.user)},
                                           {"vhost", names.vhost(change.vhost)},
                                           {"exchange", std::string_view(change.exchange)},
                                           {"write", std::string_view(permission->write)},
                                           {"read", std::string_view(permission->read)}}});
}

Told describe(const broker::TopicPermissionCleared& change, const Names& names) {
  return one("topic.permission.deleted", {{{"user", std::string_view(change.user)},
                                           {"vhost", names.vhost(change.vhost)},
                                           {"exchange", std::string_view(change.exchange)}}});
}

Told describe(const broker::VhostLimited& change, const Names& names) {
  const broker::VhostLimits limits = names.limits(change.vhost);
  const bool none = limits == broker::VhostLimits{};
  return one(none ? "vhost.limits.cleared" : "vhost.limits.set", {{{"name", names.vhost(change.vhost)}}});
}

// Events of operators' policies are told apart by their keys.
Told describe(const broker::PolicySet& change, const Names& names) {
  const broker::PolicyDefinition* policy = names.policy(change.vhost, change.kind, change.name);
  if (policy == nullptr) return {};
  return one(change.kind == broker::PolicyKind::user ? "policy.set" : "operator.policy.set",
             {{{"name", std::string_view(policy->name)},
               {"vhost", names.vhost(change.vhost)},
               {"pattern", std::string_view(policy->pattern)},
               {"apply-to", broker::apply_to_word(policy->apply_to)},
               {"priority", policy->priority},
               {"definition", policy->definition}}});
}

Told describe(const broker::PolicyCleared& change, const Names& names) {
  return one(change.kind == broker::PolicyKind::user ? "policy.cleared" : "operator.policy.cleared",
             {{{"name", std::string_view(change.name)}, {"vhost", names.vhost(change.vhost)}}});
}

Told describe_node(std::string_view key, std::string_view node) { return one(key, {{{"node", node}}}); }

Told describe(const broker::NodeAdded& change, const Names& names) {
  return describe_node("node.added", names.node(change.node));
}

Told describe(const broker::NodeRemoved& change, const Names&) {
  return describe_node("node.deleted", change.node.name);
}

Told describe(const broker::NodeWentUp& change, const Names& names) {
  return describe_node("node.up", names.node(change.node));
}

Told describe(const broker::NodeWentDown& change, const Names& names) {
  return describe_node("node.down", names.node(change.node));
}

Told describe(const broker::NodeDraining& change, const Names& names) {
  return describe_node(names.draining(change.node) ? "maintenance.draining" : "maintenance.revived",
                       names.node(change.node));
}

Told describe(const broker::ClusterNamed&, const Names&) { return {}; }
Told describe(const std::vector<MirrorNews>& news, const QueueDefinition& queue, const Names& names) {
  Told told;
  for (const MirrorNews& one : news) {
    Table headers{{{"name", std::string_view(queue.name)}, {"vhost", names.vhost(queue.vhost)}}};
    if (one.node) headers.set("node", names.node(one.node));
    told.push_back({one.key, std::move(headers)});
  }
  return told;
}

Told describe(const broker::QueueMoved& change, const Names& names) {
  const QueueDefinition* queue = names.queue(change.queue);
  if (queue == nullptr) return {};
  Told told = describe(news_of(change), *queue, names);
  for (Event& event : told) event.headers.set("previous_node", names.node(change.from));
  return told;
}

Told describe(const broker::MirrorsChanged& change, const Names& names) {
  const QueueDefinition* queue = names.queue(change.queue);
  return queue == nullptr ? Told{} : describe(news_of(change, *queue), *queue, names);
}

broker::MessageRef make_message(Event event, std::string_view user, const Now& now) {
  event.headers.set("user_who_performed_action", user.empty() ? kInternalUser : user);
  event.headers.set("timestamp_in_ms", std::int64_t{now.wall_s * kMsPerSecond});
  // Arguments that are nested as deep as the wire allows do not fit one level below.
  if (!amqp::encodable(event.headers)) event.headers.set("arguments", Table());
  event.headers.sort_and_dedupe();
  amqp::Properties properties;
  properties.has_headers = true;
  properties.headers = std::move(event.headers);
  properties.delivery_mode = amqp::kPersistent;
  properties.timestamp = static_cast<std::uint64_t>(now.wall_s);
  ByteBuffer encoded;
  amqp::encode_properties(properties, encoded);
  broker::MessageTraits traits;
  traits.persistent = true;
  return broker::MessageDraft(broker::kEventExchange, event.key, encoded.view(), 0, traits).finish();
}

}  // namespace

const broker::Exchange* Events::listened_exchange() const {
  const broker::VhostDefinition* vhost = catalog_.find_vhost(broker::kEventVhost);
  if (vhost == nullptr) return nullptr;
  const broker::Exchange* exchange = catalog_.find_exchange(vhost->id, broker::kEventExchange);
  return exchange == nullptr || exchange->outgoing_count == 0 ? nullptr : exchange;
}

void Events::tell(const broker::Applied& applied, std::string_view user, const Now& now) {
  const broker::Exchange* exchange = listened_exchange();
  if (exchange == nullptr) return;
  const Names names(catalog_, applied);
  for (const broker::Change& change : applied.changes) {
    Told told = std::visit([&](const auto& known) { return describe(known, names); }, change);
    for (Event& event : told) publish(*exchange, std::move(event), user, now);
  }
}

void Events::tell(const Happening& happening, std::string_view self, const Now& now) {
  const broker::Exchange* exchange = listened_exchange();
  if (exchange == nullptr) return;
  const auto* refused = std::get_if<DefinitionRefused>(&happening);
  publish(*exchange, describe(happening, self), refused == nullptr ? std::string_view() : refused->user, now);
}

void Events::publish(const broker::Exchange& exchange, Event event, std::string_view user, const Now& now) {
  const std::vector<std::string> keys{std::string(event.key)};
  publisher_.publish(exchange, keys, make_message(std::move(event), user, now));
}

}  // namespace warren::node
