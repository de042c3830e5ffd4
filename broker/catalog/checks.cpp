#include "broker/catalog/checks.hpp"

#include "broker/catalog/catalog.hpp"
#include "broker/exchange/types.hpp"

namespace warren::broker {
namespace {

using amqp::ReplyCode;

constexpr std::string_view kReservedPrefix = "amq.";

std::string phrase(std::string_view kind, std::string_view name, std::string_view vhost) {
  std::string text(kind);
  return text.append(" '").append(name).append("' in vhost '").append(vhost).append("'");
}

std::string quoted(std::string_view text) { return std::string("'").append(text).append("'"); }

Refusal access_refused(std::string text) { return {ReplyCode::access_refused, std::move(text)}; }

std::string_view vhost_name(const Catalog& catalog, VhostId id) {
  const VhostDefinition* vhost = catalog.vhost(id);
  return vhost == nullptr ? std::string_view() : vhost->name;
}

// `received` and `current` as the text shows them.
Refusal inequivalent(std::string_view argument, const ExchangeDefinition& exchange, std::string_view vhost,
                     const std::string& received, const std::string& current) {
  return precondition_failed("inequivalent arg " + quoted(argument) + " for " + exchange_phrase(exchange.name, vhost) +
                             ": received " + received + " but current is " + current);
}

std::string_view print_flag(bool flag) { return flag ? "true" : "false"; }

std::string print_with_type(const amqp::Value* value) {
  if (value == nullptr) return "none";
  return "the value " + quoted(amqp::print(*value)) + " of type " + quoted(amqp::type_name(*value));
}

Objection check_alternate_equivalence(const ExchangeDefinition& existing, const ExchangeDefinition& wanted,
                                      std::string_view vhost) {
  const amqp::Value* current = existing.arguments.find(kAlternateExchange);
  const amqp::Value* received = wanted.arguments.find(kAlternateExchange);
  if (current == nullptr && received == nullptr) return {};
  if (current == nullptr || received == nullptr)
    return inequivalent(kAlternateExchange, wanted, vhost, print_with_type(received), print_with_type(current));
  if (amqp::equivalent(*current, *received)) return {};
  return inequivalent(kAlternateExchange, wanted, vhost, quoted(amqp::print(*received)), quoted(amqp::print(*current)));
}

}  // namespace

std::string exchange_phrase(std::string_view name, std::string_view vhost) { return phrase("exchange", name, vhost); }
std::string queue_phrase(std::string_view name, std::string_view vhost) { return phrase("queue", name, vhost); }

Refusal no_exchange(std::string_view name, std::string_view vhost) {
  return {ReplyCode::not_found, "no " + exchange_phrase(name, vhost)};
}

Refusal no_queue(std::string_view name, std::string_view vhost) {
  return {ReplyCode::not_found, "no " + queue_phrase(name, vhost)};
}

Refusal unknown_vhost(std::string_view name) {
  return {amqp::ReplyCode::not_allowed, "Virtual host '" + std::string(name) + "' does not exist"};
}

Refusal vhost_gone() { return {ReplyCode::not_found, "the vhost does not exist any more"}; }

Objection check_exchange_type(std::string_view type) {
  if (find_exchange_type(type) != nullptr) return {};
  return precondition_failed("unknown exchange type " + quoted(type));
}

Objection check_not_default_exchange(std::string_view name) {
  if (!name.empty()) return {};
  return access_refused("operation not permitted on the default exchange");
}

Objection check_exchange_name_free(std::string_view name) {
  if (!name.starts_with(kReservedPrefix)) return {};
  return access_refused("exchange name " + quoted(name) + " contains reserved prefix 'amq.*'");
}

Objection check_alternate_exchange(const ExchangeDefinition& wanted, std::string_view vhost) {
  const amqp::Value* alternate = wanted.arguments.find(kAlternateExchange);
  if (alternate == nullptr || alternate->text() != nullptr) return {};
  return precondition_failed("invalid type " + quoted(amqp::type_name(*alternate)) + " for arg " +
                             quoted(kAlternateExchange) + " in " + exchange_phrase(wanted.name, vhost));
}

Objection check_exchange_arguments(const ExchangeDefinition& wanted) {
  std::optional<std::string> text = find_exchange_type(wanted.type)->check_arguments(wanted.arguments);
  if (!text) return {};
  return precondition_failed(*std::move(text));
}

Objection check_new_exchange(const ExchangeDefinition& wanted, std::string_view vhost) {
  if (Objection objection = check_exchange_type(wanted.type)) return objection;
  if (Objection objection = check_not_default_exchange(wanted.name)) return objection;
  if (Objection objection = check_exchange_name_free(wanted.name)) return objection;
  if (Objection objection = check_alternate_exchange(wanted, vhost)) return objection;
  return check_exchange_arguments(wanted);
}

Objection check_exchange_equivalence(const ExchangeDefinition& existing, const ExchangeDefinition& wanted,
                                     std::string_view vhost) {
  if (existing.type != wanted.type)
    return inequivalent("type", wanted, vhost, quoted(wanted.type), quoted(existing.type));
  struct Flag {
    std::string_view name;
    bool received;
    bool current;
  };
  for (const Flag& flag : {Flag{"durable", wanted.durable, existing.durable},
                           Flag{"auto_delete", wanted.auto_delete, existing.auto_delete},
                           Flag{"internal", wanted.internal, existing.internal}})
    if (flag.received != flag.current)
      return inequivalent(flag.name, wanted, vhost, quoted(print_flag(flag.received)),
                          quoted(print_flag(flag.current)));
  return check_alternate_equivalence(existing, wanted, vhost);
}

Objection check_exchange_deletable(std::string_view name, std::string_view vhost) {
  if (Objection objection = check_not_default_exchange(name)) return objection;
  if (!name.starts_with(kReservedPrefix)) return {};
  return access_refused("deletion of system " + exchange_phrase(name, vhost) + " not allowed");
}

Objection check_exchange_unused(const Exchange& exchange, std::string_view vhost) {
  if (exchange.outgoing_count == 0) return {};
  return precondition_failed(exchange_phrase(exchange.definition.name, vhost) + " in use");
}

Objection check_queue_limit(const Catalog& catalog, const QueueDefinition& wanted) {
  const VhostDefinition* vhost = catalog.vhost(wanted.vhost);
  if (vhost == nullptr || !vhost->limits.queues || catalog.queue_count(wanted.vhost) < *vhost->limits.queues) return {};
  return precondition_failed("cannot declare queue " + quoted(wanted.name) + ": queue limit in vhost " +
                             quoted(vhost->name) + " (" + std::to_string(*vhost->limits.queues) + ") is reached");
}

Objection check_queue_place(const Catalog& catalog, const QueueDefinition& wanted) {
  if (catalog.node_count() == 0) return {};
  const bool sound = catalog.node(wanted.owner) != nullptr && (wanted.durable || catalog.node_running(wanted.owner)) &&
                     (!wanted.exclusive() || catalog.node_running(wanted.exclusive_owner.node));
  if (sound) return {};
  return precondition_failed("the node of " + queue_phrase(wanted.name, vhost_name(catalog, wanted.vhost)) +
                             " is not running");
}

Objection check_binding_names(const Bind& bind) {
  if (bind.kind == DestinationKind::exchange)
    if (Objection objection = check_not_default_exchange(bind.destination)) return objection;
  return check_not_default_exchange(bind.source);
}

Objection check_binding_ends(const Catalog& catalog, const Bind& bind) {
  if (catalog.find_exchange(bind.vhost, bind.source) == nullptr)
    return no_exchange(bind.source, vhost_name(catalog, bind.vhost));
  if (bind.kind == DestinationKind::exchange) {
    if (catalog.find_exchange(bind.vhost, bind.destination) == nullptr)
      return no_exchange(bind.destination, vhost_name(catalog, bind.vhost));
  } else if (catalog.find_queue(bind.vhost, bind.destination) == nullptr) {
    return no_queue(bind.destination, vhost_name(catalog, bind.vhost));
  }
  return {};
}

Objection check_binding_arguments(const Catalog& catalog, const Bind& bind) {
  const ExchangeTypeInfo& type = *catalog.find_exchange(bind.vhost, bind.source)->info;
  std::optional<std::string> text = type.check_binding(bind.routing_key, bind.arguments, bind.kind);
  if (!text) return {};
  return precondition_failed(*std::move(text));
}

Objection check_bind(const Catalog& catalog, const Bind& bind) {
  if (Objection objection = check_binding_names(bind)) return objection;
  if (Objection objection = check_binding_ends(catalog, bind)) return objection;
  return check_binding_arguments(catalog, bind);
}

}  // namespace warren::broker
