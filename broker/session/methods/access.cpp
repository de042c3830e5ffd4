#include "broker/session/methods/access.hpp"

#include <fmt/core.h>

#include "broker/catalog/checks.hpp"
#include "broker/session/methods/names.hpp"
#include "broker/session/rules/reach.hpp"

namespace warren::broker::session {
namespace {

constexpr std::string_view kDefaultExchange = "amq.default";
constexpr std::string_view kTopicType = "topic";

// `phrase` names the resource in the refusal.
template <class Phrase>
Failure check_right(Desk& desk, Right right, std::string_view name, Phrase&& phrase) {
  SessionCore& session = desk.session;
  if (session.rights.allow(desk.context.catalog, session.vhost, session.user, right, name)) return {};
  return refuse(amqp::ReplyCode::access_refused,
                fmt::format("access to {} refused for user '{}'", phrase(name, session.vhost_name), session.user));
}

}  // namespace

Failure check_exchange_right(Desk& desk, Right right, std::string_view exchange) {
  return check_right(desk, right, exchange.empty() ? kDefaultExchange : exchange, exchange_phrase);
}

Failure check_queue_right(Desk& desk, Right right, std::string_view queue) {
  return check_right(desk, right, queue, queue_phrase);
}

Failure check_topic_right(Desk& desk, Right right, const Exchange& exchange, std::string_view key) {
  SessionCore& session = desk.session;
  const ExchangeDefinition& definition = exchange.definition;
  if (definition.type != kTopicType) return {};
  const TopicAsked asked{session.vhost, session.vhost_name, session.user, definition.name};
  if (session.topic_rights.allow(desk.context.catalog, asked, right, key)) return {};
  return refuse(amqp::ReplyCode::access_refused,
                fmt::format("access to topic '{}' in {} refused for user '{}'", key,
                            exchange_phrase(definition.name, session.vhost_name), session.user));
}

Failure check_binding_access(Desk& desk, const Bind& bind) {
  const bool to_queue = bind.kind == DestinationKind::queue;
  if (Failure failure = to_queue ? check_queue_right(desk, Right::write, bind.destination)
                                 : check_exchange_right(desk, Right::write, bind.destination))
    return failure;
  if (Failure failure = check_binding_names(bind)) return failure;
  if (Failure failure = check_exchange_right(desk, Right::read, bind.source)) return failure;
  const Exchange* source = desk.context.catalog.find_exchange(bind.vhost, bind.source);
  return source == nullptr ? Failure() : check_topic_right(desk, Right::read, *source, bind.routing_key);
}

Failure check_home(const Desk& desk, const QueueDefinition& queue) {
  if (runs(desk.context.catalog, queue.owner, desk.session.self.node)) return {};
  return home_down(desk, queue);
}

Refusal home_down(const Desk& desk, const QueueDefinition& queue) {
  const NodeDefinition* home = desk.context.catalog.node(queue.owner);
  return {amqp::ReplyCode::not_found,
          fmt::format("home node '{}' of durable {} is down or inaccessible", home == nullptr ? "" : home->name,
                      queue_phrase(queue.name, desk.session.vhost_name))};
}

Result<const QueueDefinition*, Refusal> usable_queue(const Desk& desk, std::string_view name) {
  const SessionCore& session = desk.session;
  const QueueDefinition* queue = desk.context.catalog.find_queue(session.vhost, name);
  if (queue == nullptr) return no_queue(name, session.vhost_name);
  if (Failure failure = check_home(desk, *queue)) return std::move(*failure);
  if (queue->exclusive() && queue->exclusive_owner != session.self) return locked_queue(name, session.vhost_name);
  return queue;
}

}  // namespace warren::broker::session
