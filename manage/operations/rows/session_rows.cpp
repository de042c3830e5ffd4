#include "manage/operations/rows/session_rows.hpp"

#include <fmt/core.h>

namespace warren::manage {
namespace {

using broker::session::Channel;
using broker::session::Consumer;

// Connections are in order of their numbers, and what belongs to one stays together.
std::string order_of(const SessionFacts& facts, std::uint64_t within = 0, std::uint64_t below = 0) {
  const SessionRef& self = facts.session.core().self;
  return fmt::format("{:010}{:05}{:020}{:06}{:010}", self.node.value, self.shard, self.id.value, within, below);
}

void add_channel_rows(const ShardQuestion& question, const SessionFacts& facts, Rows& rows) {
  facts.session.for_each_channel([&](const Channel& channel) {
    rows.push_back({order_of(facts, channel.ref.number),
                    pick(channel_columns(), question.columns, {facts.catalog, facts.session, channel})});
  });
}

void add_consumer_rows(const ShardQuestion& question, const SessionFacts& facts, Rows& rows) {
  facts.session.for_each_channel([&](const Channel& channel) {
    channel.consumers.for_each([&](broker::ConsumerId id, const Consumer& consumer) {
      rows.push_back({order_of(facts, channel.ref.number, id.value),
                      pick(consumer_columns(), question.columns, {facts.catalog, facts.session, channel, consumer})});
    });
  });
}

}  // namespace

void add_session_rows(const ShardQuestion& question, const SessionFacts& facts, Rows& rows) {
  if (!question.vhost.empty() && facts.session.core().vhost_name != question.vhost) return;
  switch (question.subject) {
    case Subject::connections:
      rows.push_back({order_of(facts), pick(connection_columns(), question.columns, facts)});
      return;
    case Subject::channels: return add_channel_rows(question, facts, rows);
    case Subject::consumers: return add_consumer_rows(question, facts, rows);
    case Subject::queues:
    case Subject::moves:
    case Subject::comparison: return;
  }
}

}  // namespace warren::manage
