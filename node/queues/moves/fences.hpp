// Mail for queues that have gone to another node. Until the former owner knows, it goes by way of that node; from then
// on it goes straight to the new one, and would overtake what is still under way. So it waits here until a question
// that was sent by the former way is answered: publishes of one client stay in their order (amqp.md 3.15).
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "broker/queue/messages.hpp"
#include "broker/session/mail.hpp"
#include "node/post_office.hpp"

namespace warren::node {

// Of one shard, for what its own sessions send. Mail of others that passes through is never held: it may be somebody's
// question.
class Fences {
 public:
  // No client has this identity.
  static constexpr SessionId kAsker{~std::uint64_t{1}};

  // The queue is in another reign now. What this shard sent before goes by that way; none: by no other than what it
  // sends from now on, or by none at all. Gives where the question has to go, unless nothing is to wait.
  std::optional<ShardAddress> raise(const QueueRef& queue, std::optional<ShardAddress> way, Instant now);

  bool idle() const { return fences_.empty(); }
  // Takes mail that has to wait, and says so.
  bool keep(broker::QueueMail& mail);
  // An answer to a question.
  void hear(const broker::QueueEvent& event);
  // Nothing comes by way of that node any more.
  void lose(NodeId node);
  // Answers that are late are not waited for: order is worth a pause, but not a halt.
  void expire(Instant now);
  Instant deadline() const;
  // What need not wait any longer, in its order; it is older than all that came to be sent meanwhile.
  std::vector<broker::QueueMail> take_freed();
  // Of publishes that wait.
  std::size_t waiting_bytes() const { return waiting_bytes_; }

 private:
  struct Fence {
    QueueRef queue;  // as it was asked for last
    ShardAddress way;
    Instant until_ms = 0;
    std::vector<broker::QueueMail> waiting = {};
  };

  void lower(std::map<QueueId, Fence>::iterator fence);

  std::map<QueueId, Fence> fences_;
  std::vector<broker::QueueMail> freed_;
  std::size_t waiting_bytes_ = 0;
};

}  // namespace warren::node
