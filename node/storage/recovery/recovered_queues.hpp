// The contents of queues while they are put together from the store and from journals.
#pragma once

#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "broker/queue/stored/records.hpp"
#include "broker/queue/stored/values.hpp"

namespace warren::node {

// Feed chunk notes and queue notes from the store first, then each journal's records in order.
class RecoveredQueues {
 public:
  void add(broker::ChunkNote note);
  void add(broker::QueueNote note);
  // Requires: called when the last chunk note is added.
  void sort_chunks();
  // A record of a queue. Returns false if its message makes no sense; then it is left out.
  bool apply(const broker::ReadRecord& record);

  template <class Visit>
  void for_each_identity(Visit&& visit) const {
    for (const auto& [id, queue] : queues_) visit(id);
  }
  // Visits every queue, by identity, and gives its contents away.
  template <class Visit>
  void take(Visit&& visit) {
    for (auto& [id, queue] : queues_) visit(finish(id, queue));
    queues_.clear();
  }

 private:
  struct Queue {
    broker::QueueNote note;
    std::vector<broker::ChunkNote> chunks;        // by level and first position
    std::vector<broker::StoredMessage> messages;  // without a message: settled
    bool ascending = true;
  };

  Queue& queue(QueueId id);
  static bool keeps(broker::ChunkNote& chunk, Position position);
  void enqueue(Queue& queue, const broker::ReadRecord& record, bool& sound);
  broker::MessageRef message_of(const broker::ReadRecord& record);
  static void settle(Queue& queue, Position first, Position last);
  static void forget_chunk(Queue& queue, const broker::ReadRecord& record);
  static broker::RecoveredQueue finish(QueueId id, Queue& queue);

  std::map<QueueId, Queue> queues_;
  Queue* last_ = nullptr;
  QueueId last_id_;
  broker::MessageRef last_message_;  // since the last `enqueue`, for `again`
  std::string_view last_bytes_;      // its record, to tell it by its place
};

}  // namespace warren::node
