#include "node/post_office.hpp"

#include <utility>
#include <variant>

#include "base/limits.hpp"

namespace warren::node {

void PostOffice::send(ShardIndex to, broker::QueueMail mail) {
  if (const auto* enqueue = std::get_if<broker::Enqueue>(&mail.command)) charge(to, *enqueue->message);
  batches_[to].queue_mail.push_back(std::move(mail));
}

void PostOffice::send(ShardIndex to, broker::Remember memory) {
  charge(to, *memory.message);
  batches_[to].memories.push_back(std::move(memory));
}

void PostOffice::charge(ShardIndex to, const broker::Message& message) {
  const std::int64_t bytes = broker::delivery_window_bytes(message);
  batches_[to].publish_bytes += bytes;
  const bool was_full = unreturned_[to] > limits::kPublishLaneBytes;
  unreturned_[to] += bytes;
  if (!was_full && unreturned_[to] > limits::kPublishLaneBytes) ++full_lanes_;
}

void PostOffice::announce(const broker::Command& command) {
  for (ShardIndex to = 0; to < batches_.size(); ++to)
    if (to != self_) batches_[to].applied.push_back(command);
}

void PostOffice::returned(ShardIndex from, std::int64_t bytes) {
  const bool was_full = unreturned_[from] > limits::kPublishLaneBytes;
  unreturned_[from] -= bytes;
  if (was_full && unreturned_[from] <= limits::kPublishLaneBytes) --full_lanes_;
}

void PostOffice::post(Revision seen, std::vector<Post>& posts) {
  for (ShardIndex to = 0; to < batches_.size(); ++to) {
    if (batches_[to].empty()) continue;
    MailBatch batch = std::exchange(batches_[to], MailBatch{});
    batch.from = self_;
    batch.seen = seen;
    posts.push_back({to, std::move(batch)});
  }
}

}  // namespace warren::node
