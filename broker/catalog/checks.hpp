// What may be defined, and the words of the refusal. Sessions ask before they propose; apply asks again, with
// authority. Each check answers nothing when all is well. Rights and exclusive owners are the session's to check, in
// between.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "broker/catalog/commands.hpp"
#include "broker/catalog/records.hpp"
#include "broker/refusal.hpp"

namespace warren::broker {

class Catalog;

using Objection = std::optional<Refusal>;

// The exchange argument that names where unrouted messages go (amqp.md 4.1).
inline constexpr std::string_view kAlternateExchange = "alternate-exchange";

// "exchange 'x' in vhost '/'", "queue 'q' in vhost '/'".
std::string exchange_phrase(std::string_view name, std::string_view vhost);
std::string queue_phrase(std::string_view name, std::string_view vhost);

// 404: "no exchange 'x' in vhost '/'", "no queue 'q' in vhost '/'".
Refusal no_exchange(std::string_view name, std::string_view vhost);
Refusal no_queue(std::string_view name, std::string_view vhost);

// In the words of command line tools.
Refusal unknown_vhost(std::string_view name);

// 404, for what was on its way while its vhost was deleted.
Refusal vhost_gone();

// ---- exchange.declare, numbered as in amqp.md 3.2 ----

// 1: the type is registered.
Objection check_exchange_type(std::string_view type);
// 2: the name is not that of the default exchange. Also for passive declares, deletes and binds.
Objection check_not_default_exchange(std::string_view name);
// 4: a new name is not reserved.
Objection check_exchange_name_free(std::string_view name);
// 5: the alternate exchange is named by a string.
Objection check_alternate_exchange(const ExchangeDefinition& wanted, std::string_view vhost);
// 6: the type accepts the arguments. Requires: the type is registered.
Objection check_exchange_arguments(const ExchangeDefinition& wanted);
// 1, 2, 4, 5 and 6 in this order, for an exchange that does not exist.
Objection check_new_exchange(const ExchangeDefinition& wanted, std::string_view vhost);
// 8: what is wanted is what exists. Arguments other than alternate-exchange are not compared.
Objection check_exchange_equivalence(const ExchangeDefinition& existing, const ExchangeDefinition& wanted,
                                     std::string_view vhost);

// ---- exchange.delete (amqp.md 3.3) ----

// The name is neither the default exchange's nor reserved, whether or not it exists.
Objection check_exchange_deletable(std::string_view name, std::string_view vhost);
// Nothing is bound from it.
Objection check_exchange_unused(const Exchange& exchange, std::string_view vhost);

// ---- how many queues there may be ----

// The vhost has room for one more (amqp.md 3.4).
Objection check_queue_limit(const Catalog& catalog, const QueueDefinition& wanted);

// ---- a queue's place among the nodes ----

// The node that is to own it is a member, and the process that it is to end with is running: else nobody would end it.
// Nothing is asked while no node is known.
Objection check_queue_place(const Catalog& catalog, const QueueDefinition& wanted);

// ---- bind and unbind (amqp.md 3.7) ----

// Neither end is the default exchange. All there is to check for an unbind.
Objection check_binding_names(const Bind& bind);
// Both ends exist; the source is reported first.
Objection check_binding_ends(const Catalog& catalog, const Bind& bind);
// The source's type accepts key, arguments and kind of destination. Requires: the source exists.
Objection check_binding_arguments(const Catalog& catalog, const Bind& bind);
// The three above in this order.
Objection check_bind(const Catalog& catalog, const Bind& bind);

}  // namespace warren::broker
