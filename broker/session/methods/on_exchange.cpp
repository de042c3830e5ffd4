// The class exchange (amqp.md 3.2, 3.3, 3.7).
#include <string>

#include "broker/catalog/checks.hpp"
#include "broker/session/methods/access.hpp"
#include "broker/session/methods/handlers.hpp"
#include "broker/session/methods/names.hpp"

namespace warren::broker::session {
namespace {

ExchangeDefinition wanted_exchange(const Desk& desk, const amqp::ExchangeDeclare& method) {
  ExchangeDefinition wanted;
  wanted.vhost = desk.session.vhost;
  wanted.name = clean_name(method.exchange);
  wanted.type = std::string(method.type);
  wanted.durable = method.durable;
  wanted.auto_delete = method.auto_delete;
  wanted.internal = method.internal;
  wanted.arguments = method.arguments;
  return wanted;
}

Failure declare_passively(Desk& desk, const std::string& name) {
  if (Failure failure = check_not_default_exchange(name)) return failure;
  if (desk.context.catalog.find_exchange(desk.session.vhost, name) != nullptr) return {};
  return no_exchange(name, desk.session.vhost_name);
}

// Whether an exchange that does not exist may be made; from 4 on in amqp.md 3.2.
Failure check_creation(Desk& desk, const ExchangeDefinition& wanted) {
  if (Failure failure = check_exchange_name_free(wanted.name)) return failure;
  if (Failure failure = check_alternate_exchange(wanted, desk.session.vhost_name)) return failure;
  if (const amqp::Value* alternate = wanted.arguments.find(kAlternateExchange)) {
    if (Failure failure = check_exchange_right(desk, Right::read, wanted.name)) return failure;
    if (Failure failure = check_exchange_right(desk, Right::write, *alternate->text())) return failure;
  }
  return check_exchange_arguments(wanted);
}

Bind binding_of(const Desk& desk, const amqp::ExchangeBind& method) {
  return {desk.session.vhost,
          clean_name(method.source),
          DestinationKind::exchange,
          clean_name(method.destination),
          std::string(method.routing_key),
          method.arguments};
}

}  // namespace

Failure on(Desk& desk, const amqp::ExchangeDeclare& method) {
  const SessionCore& session = desk.session;
  if (method.passive) {
    if (Failure failure = declare_passively(desk, clean_name(method.exchange))) return failure;
  } else {
    ExchangeDefinition wanted = wanted_exchange(desk, method);
    if (Failure failure = check_exchange_type(wanted.type)) return failure;
    if (Failure failure = check_not_default_exchange(wanted.name)) return failure;
    if (Failure failure = check_exchange_right(desk, Right::configure, wanted.name)) return failure;
    const Exchange* existing = desk.context.catalog.find_exchange(session.vhost, wanted.name);
    if (existing == nullptr) {
      if (Failure failure = check_creation(desk, wanted)) return failure;
      desk.propose(DeclareExchange{std::move(wanted)});
      return {};
    }
    if (Failure failure = check_exchange_equivalence(existing->definition, wanted, session.vhost_name)) return failure;
  }
  if (!method.nowait) desk.reply(amqp::ExchangeDeclareOk{});
  return {};
}

Failure on(Desk& desk, const amqp::ExchangeDelete& method) {
  const SessionCore& session = desk.session;
  const std::string name = clean_name(method.exchange);
  if (desk.channel.decision != Decision::none) {
    if (!method.nowait) desk.reply(amqp::ExchangeDeleteOk{});
    return {};
  }
  if (Failure failure = check_exchange_deletable(name, session.vhost_name)) return failure;
  if (Failure failure = check_exchange_right(desk, Right::configure, name)) return failure;
  const Exchange* exchange = desk.context.catalog.find_exchange(session.vhost, name);
  if (exchange != nullptr && method.if_unused)
    if (Failure failure = check_exchange_unused(*exchange, session.vhost_name)) return failure;
  desk.propose(DeleteExchange{session.vhost, name, method.if_unused});
  return {};
}

Failure on(Desk& desk, const amqp::ExchangeBind& method) {
  if (desk.channel.decision == Decision::none) {
    Bind binding = binding_of(desk, method);
    if (Failure failure = check_binding_access(desk, binding)) return failure;
    if (Failure failure = check_bind(desk.context.catalog, binding)) return failure;
    desk.propose(std::move(binding));
    return {};
  }
  if (!method.nowait) desk.reply(amqp::ExchangeBindOk{});
  return {};
}

Failure on(Desk& desk, const amqp::ExchangeUnbind& method) {
  if (desk.channel.decision == Decision::none) {
    Bind binding{desk.session.vhost,
                 clean_name(method.source),
                 DestinationKind::exchange,
                 clean_name(method.destination),
                 std::string(method.routing_key),
                 method.arguments};
    if (Failure failure = check_binding_access(desk, binding)) return failure;
    desk.propose(Unbind{std::move(binding)});
    return {};
  }
  if (!method.nowait) desk.reply(amqp::ExchangeUnbindOk{});
  return {};
}

}  // namespace warren::broker::session
