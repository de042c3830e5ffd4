// One row of list_queues.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "broker/catalog/catalog.hpp"
#include "broker/queue/queue.hpp"
#include "manage/operations/questions/shard_question.hpp"
#include "manage/operations/rows/columns_of.hpp"

namespace warren::manage {

struct QueueFacts {
  const broker::Catalog& catalog;
  const broker::QueueDefinition& definition;
  const broker::QueueStats* stats;                     // null: its node does not run
  std::optional<std::uint64_t> filled = std::nullopt;  // copies are being filled: messages that they were sent
};

std::span<const Column<QueueFacts>> queue_columns();

// Whether the question is about this queue.
bool asked_for(const ShardQuestion& question, const QueueFacts& facts);
Row queue_row(const ShardQuestion& question, const QueueFacts& facts);

}  // namespace warren::manage
