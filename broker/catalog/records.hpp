// Definitions as the catalog keeps them: joined to each other, so that routing follows pointers instead of names.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "broker/catalog/definitions.hpp"
#include "broker/catalog/list.hpp"
#include "broker/catalog/policies/policy_list.hpp"

namespace warren::broker {

class ExchangeType;
struct ExchangeTypeInfo;
struct QueueRecord;
struct Exchange;

// One binding. It lives as long as both of its ends.
struct Binding {
  BindingDefinition definition;
  std::uint64_t number = 0;  // order of creation within the catalog
  Exchange* source = nullptr;
  QueueRecord* queue = nullptr;  // the destination, or
  Exchange* exchange = nullptr;  // the destination
  Links<Binding> at_source;
  Links<Binding> at_destination;
  Links<Binding> at_type;       // for the exchange type's own use
  std::uint32_t type_note = 0;  // for the exchange type's own use
  bool routes = true;           // false: restored with arguments that its exchange type does not accept
};

using BindingsFrom = List<Binding, &Binding::at_source>;
using BindingsTo = List<Binding, &Binding::at_destination>;

// The bindings are threaded through, so that an unbound queue pays two words for them.
struct QueueRecord {
  QueueDefinition definition;
  PolicyList::InForce policy;  // null: none
  BindingsTo incoming;
  Links<QueueRecord> of_owner;  // among the exclusive queues of one session
};

// Valid until the command that deletes it is applied.
struct Exchange {
  Exchange();
  ~Exchange();

  bool is_default() const { return definition.name.empty(); }

  ExchangeDefinition definition;
  const ExchangeTypeInfo* info = nullptr;
  std::unique_ptr<ExchangeType> type;
  PolicyList::InForce policy;  // null: none
  // Name of the alternate exchange, within definition.arguments or, if nothing is there, the policy.
  std::string_view alternate;
  bool has_alternate = false;
  BindingsFrom outgoing;
  BindingsTo incoming;
  std::uint32_t outgoing_count = 0;
  std::uint32_t incoming_count = 0;
};

}  // namespace warren::broker
