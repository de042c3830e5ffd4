// How long messages live, how many there may be, and how long a queue lives without use.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/time.hpp"
#include "broker/message.hpp"
#include "broker/queue/settings.hpp"

namespace warren::broker {

inline constexpr std::int64_t kUnlimited = -1;

// When a message dies that has come now, given the queue's time to live or kUnlimited (amqp.md 5.3: the smaller wins).
inline Instant message_deadline(const Message& message, std::int64_t queue_ttl_ms, Instant now) {
  const std::int64_t own_ms = message.traits().expiration_ms;
  if (own_ms < 0 && queue_ttl_ms < 0) return kNever;
  if (own_ms < 0) return now + queue_ttl_ms;
  return now + (queue_ttl_ms < 0 ? own_ms : std::min(own_ms, queue_ttl_ms));
}

// The limits of a queue that has any.
class LimitsPolicy {
 public:
  // Null when the settings limit nothing, which is what most queues have.
  static std::unique_ptr<LimitsPolicy> make(const QueueSettings& settings, Instant now);

  // The same use of the queue, under other limits.
  void used_like(const LimitsPolicy& former) { used_at_ = former.used_at_; }

  std::int64_t message_ttl_ms() const { return message_ttl_ms_; }

  // Whether some of so many ready messages must go.
  bool surplus(std::size_t count, std::uint64_t body_bytes) const {
    return overflow_ == Overflow::drop_head && exceeded(count, body_bytes);
  }
  // Whether a message is refused that would make them too many (amqp.md 5.4). Judged before it is delivered or kept.
  bool refuses(const Message& message, std::size_t count, std::uint64_t body_bytes) const {
    return overflow_ != Overflow::drop_head && exceeded(count + 1, body_bytes + message.body_bytes());
  }
  bool refused_are_dead_letters() const { return overflow_ == Overflow::reject_publish_dlx; }

  // The queue was used: the time until it expires begins anew.
  void touch(Instant now) { used_at_ = now; }
  // When the queue expires if nobody uses it.
  Instant expiry() const { return expires_ms_ == kUnlimited ? kNever : used_at_ + expires_ms_; }

 private:
  explicit LimitsPolicy(const QueueSettings& settings, Instant now);

  bool exceeded(std::size_t count, std::uint64_t body_bytes) const {
    return count > max_length_ || body_bytes > max_body_bytes_;
  }

  std::uint64_t max_length_ = ~std::uint64_t{0};
  std::uint64_t max_body_bytes_ = ~std::uint64_t{0};
  std::int64_t message_ttl_ms_ = kUnlimited;
  std::int64_t expires_ms_ = kUnlimited;
  Instant used_at_ = 0;
  Overflow overflow_ = Overflow::drop_head;
};

}  // namespace warren::broker
