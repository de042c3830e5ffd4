#include "node/queues/moves/fences.hpp"

#include <algorithm>
#include <iterator>
#include <utility>
#include <variant>

namespace warren::node {
namespace {

// Far more than a message needs for two hops, and less than anybody's patience.
constexpr Instant kFenceAnswer_ms = 2000;

std::size_t bytes_of(const broker::QueueMail& mail) {
  const auto* enqueue = std::get_if<broker::Enqueue>(&mail.command);
  return enqueue == nullptr ? 0 : broker::delivery_window_bytes(*enqueue->message);
}

}  // namespace

std::optional<ShardAddress> Fences::raise(const QueueRef& queue, std::optional<ShardAddress> way, Instant now) {
  const auto standing = fences_.find(queue.id);
  // What was sent before is under way where the first question is, and not elsewhere.
  if (standing != fences_.end()) {
    standing->second.queue = queue;
    return standing->second.way;
  }
  if (way) fences_.emplace(queue.id, Fence{queue, *way, now + kFenceAnswer_ms});
  return way;
}

bool Fences::keep(broker::QueueMail& mail) {
  const auto fence = fences_.find(mail.to.id);
  if (fence == fences_.end()) return false;
  waiting_bytes_ += bytes_of(mail);
  fence->second.waiting.push_back(std::move(mail));
  return true;
}

void Fences::hear(const broker::QueueEvent& event) {
  const auto* counted = std::get_if<broker::Counted>(&event);
  if (counted == nullptr) return;
  // A question that was sent in a former reign is not the last one: it may have found another way.
  const auto fence = fences_.find(counted->queue.id);
  if (fence != fences_.end() && (counted->gone || fence->second.queue == counted->queue)) lower(fence);
}

void Fences::lose(NodeId node) {
  for (auto fence = fences_.begin(); fence != fences_.end();) {
    const auto one = fence++;
    if (one->second.way.node == node) lower(one);
  }
}

void Fences::expire(Instant now) {
  for (auto fence = fences_.begin(); fence != fences_.end();) {
    const auto one = fence++;
    if (one->second.until_ms <= now) lower(one);
  }
}

Instant Fences::deadline() const {
  Instant first = kNever;
  for (const auto& [queue, fence] : fences_) first = std::min(first, fence.until_ms);
  return first;
}

void Fences::lower(std::map<QueueId, Fence>::iterator fence) {
  for (broker::QueueMail& mail : fence->second.waiting) {
    waiting_bytes_ -= bytes_of(mail);
    freed_.push_back(std::move(mail));
  }
  fences_.erase(fence);
}

std::vector<broker::QueueMail> Fences::take_freed() { return std::exchange(freed_, {}); }

}  // namespace warren::node
