#include "node/post_office.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "base/limits.hpp"

namespace warren::node {

void PostOffice::send(ShardAddress to, broker::QueueMail mail) {
  if (const auto* enqueue = std::get_if<broker::Enqueue>(&mail.command))
    charge(to, broker::delivery_window_bytes(*enqueue->message));
  batch(to).queue_mail.push_back(std::move(mail));
}

void PostOffice::send(ShardAddress to, mirror::MirrorMail mail) {
  const auto* shipment = std::get_if<mirror::Shipment>(&mail.content);
  if (shipment != nullptr && shipment->records != nullptr)
    charge(to, static_cast<std::int64_t>(shipment->records->size()));
  batch(to).mirror_mail.push_back(std::move(mail));
}

void PostOffice::send(ShardIndex to, broker::Remember memory) {
  charge({node_, to}, broker::delivery_window_bytes(*memory.message));
  batches_[to].memories.push_back(std::move(memory));
}

void PostOffice::charge(ShardAddress to, std::int64_t bytes) {
  batch(to).publish_bytes += bytes;
  std::int64_t& of_lane = unreturned(to);
  const bool was_full = of_lane > limits::kPublishLaneBytes;
  of_lane += bytes;
  if (!was_full && of_lane > limits::kPublishLaneBytes) ++full_lanes_;
}

void PostOffice::announce(const broker::Command& command) {
  for (ShardIndex to = 0; to < batches_.size(); ++to)
    if (to != self_) batches_[to].applied.push_back(command);
}

void PostOffice::announce(const std::shared_ptr<const broker::CatalogImage>& whole) {
  for (ShardIndex to = 0; to < batches_.size(); ++to) {
    if (to == self_) continue;
    batches_[to].applied.clear();
    batches_[to].whole = whole;
  }
}

void PostOffice::announce_alarms(std::uint8_t elsewhere) {
  for (ShardIndex to = 0; to < batches_.size(); ++to)
    if (to != self_) batches_[to].alarms_elsewhere = elsewhere;
}

void PostOffice::returned(ShardAddress from, std::int64_t bytes) {
  if (bytes == 0) return;
  std::int64_t& of_lane = unreturned(from);
  const bool was_full = of_lane > limits::kPublishLaneBytes;
  // What comes late from a life before is not owed to this one.
  of_lane = from.node == node_ ? of_lane - bytes : std::max<std::int64_t>(0, of_lane - bytes);
  if (was_full && of_lane <= limits::kPublishLaneBytes) --full_lanes_;
}

void PostOffice::forget(NodeId node) {
  std::erase_if(remote_, [node](const auto& entry) { return entry.first.node == node; });
  const auto found = remote_unreturned_.find(node);
  if (found == remote_unreturned_.end()) return;
  if (found->second > limits::kPublishLaneBytes) --full_lanes_;
  remote_unreturned_.erase(found);
}

void PostOffice::post(Revision seen, ShardEffects& effects) {
  for (ShardIndex to = 0; to < batches_.size(); ++to) {
    if (batches_[to].empty()) continue;
    MailBatch batch = std::exchange(batches_[to], MailBatch{});
    batch.from = self_;
    batch.seen = seen;
    effects.posts.push_back({to, std::move(batch)});
  }
  for (auto& [to, batch] : remote_) {
    if (batch.empty()) continue;
    batch.from = self_;
    batch.seen = seen;
    effects.node_posts.push_back({to.node, to.shard, std::move(batch)});
  }
  remote_.clear();
}

}  // namespace warren::node
