// Mail between the threads of two shards.
#pragma once

#include <mutex>
#include <utility>
#include <vector>

#include "node/mail_batch.hpp"

namespace warren::server {

// Many senders, one receiver. A batch is pushed once per sender's step, so a lock per batch is no cost worth avoiding.
// Its length is bounded by what senders may have unprocessed (limits::kPublishLaneBytes) and by consumers' windows.
class MailRing {
 public:
  // True if the receiver must be woken: it has taken everything before.
  bool push(node::MailBatch batch) {
    const std::lock_guard lock(mutex_);
    batches_.push_back(std::move(batch));
    return batches_.size() == 1;
  }

  // Takes everything. `batches` should be empty; its memory is used for what comes next.
  void take(std::vector<node::MailBatch>& batches) {
    const std::lock_guard lock(mutex_);
    batches_.swap(batches);
  }

 private:
  std::mutex mutex_;
  std::vector<node::MailBatch> batches_;
};

}  // namespace warren::server
