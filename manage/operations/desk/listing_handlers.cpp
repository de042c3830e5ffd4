// What there is and how it does.
#include <algorithm>
#include <array>

#include "manage/operations/desk/need.hpp"
#include "manage/operations/rows/catalog_rows.hpp"
#include "manage/operations/rows/queue_row.hpp"
#include "manage/operations/words/columns.hpp"

namespace warren::manage {
namespace {

Need list_queues(const Map& arguments, const DeskFacts& facts) {
  ShardQuestion question{Subject::queues, vhost_in(arguments), columns_in(kQueueColumns, arguments)};
  if (facts.catalog.find_vhost(question.vhost) == nullptr) return Answer(List{});
  const bool local = flag_of(arguments, "local");
  const bool online = flag_of(arguments, "online");
  const bool offline = flag_of(arguments, "offline");
  if (!offline || online) return NeedRows{std::move(question), local, !local && online == offline};
  List rows;
  for (Row& row : down_queues(question, facts.catalog)) rows.emplace_back(std::move(row.cells));
  return Answer(std::move(rows));
}

Need list_exchanges(const Map& arguments, const DeskFacts& facts) {
  return Answer(exchange_rows(facts.catalog, vhost_in(arguments), columns_in(kExchangeColumns, arguments)));
}

Need list_bindings(const Map& arguments, const DeskFacts& facts) {
  return Answer(binding_rows(facts.catalog, vhost_in(arguments), columns_in(kBindingColumns, arguments)));
}

Need list_connections(const Map& arguments, const DeskFacts&) {
  return NeedRows{{Subject::connections, {}, columns_in(kConnectionColumns, arguments)}};
}

Need list_channels(const Map& arguments, const DeskFacts&) {
  return NeedRows{{Subject::channels, {}, columns_in(kChannelColumns, arguments)}};
}

Need list_consumers(const Map& arguments, const DeskFacts& facts) {
  ShardQuestion question{Subject::consumers, vhost_in(arguments), columns_in(kConsumerColumns, arguments)};
  if (facts.catalog.find_vhost(question.vhost) == nullptr) return Answer(List{});
  return NeedRows{std::move(question)};
}

constexpr std::array<Handler, 6> kListingHandlers{{
    {"list_queues", list_queues},
    {"list_exchanges", list_exchanges},
    {"list_bindings", list_bindings},
    {"list_connections", list_connections},
    {"list_channels", list_channels},
    {"list_consumers", list_consumers},
}};

}  // namespace

const Handler* listing_handler(std::string_view operation) { return handler_among(kListingHandlers, operation); }

Rows down_queues(const ShardQuestion& question, const broker::Catalog& catalog) {
  Rows rows;
  if (const broker::VhostDefinition* vhost = catalog.find_vhost(question.vhost))
    catalog.for_each_queue(vhost->id, [&](const broker::QueueDefinition& queue) {
      if (!catalog.node_running(queue.owner)) rows.push_back(queue_row(question, {catalog, queue, nullptr}));
    });
  std::ranges::sort(rows, {}, &Row::order);
  return rows;
}

}  // namespace warren::manage
