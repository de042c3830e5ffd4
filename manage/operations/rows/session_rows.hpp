// Rows of list_connections, list_channels and list_consumers: what one session has.
#pragma once

#include <span>

#include "broker/session/session.hpp"
#include "manage/operations/questions/shard_question.hpp"
#include "manage/operations/rows/columns_of.hpp"

namespace warren::manage {

struct SessionFacts {
  const broker::Catalog& catalog;
  const broker::session::Session& session;
};
struct ChannelFacts {
  const broker::Catalog& catalog;
  const broker::session::Session& session;
  const broker::session::Channel& channel;
};
struct ConsumerFacts {
  const broker::Catalog& catalog;
  const broker::session::Session& session;
  const broker::session::Channel& channel;
  const broker::session::Consumer& consumer;
};

std::span<const Column<SessionFacts>> connection_columns();
std::span<const Column<ChannelFacts>> channel_columns();
std::span<const Column<ConsumerFacts>> consumer_columns();

// Adds what the question wants to know of the session. Requires: the question is about connections, channels or
// consumers.
void add_session_rows(const ShardQuestion& question, const SessionFacts& facts, Rows& rows);

}  // namespace warren::manage
