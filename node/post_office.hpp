// Mail of one step on its way: lanes for this shard, batches for the others.
#pragma once

#include <cstdint>
#include <vector>

#include "base/ids.hpp"
#include "broker/catalog/catalog.hpp"
#include "node/mail_batch.hpp"
#include "node/shard_io.hpp"

namespace warren::node {

// Groups what goes to other shards, and knows how many bytes of publishes each of them has not processed yet.
class PostOffice {
 public:
  PostOffice(ShardIndex self, ShardIndex shards) : self_(self), batches_(shards), unreturned_(shards) {}

  // Where a queue lives within its node. All shards compute the same.
  ShardIndex shard_of(const broker::QueueDefinition& queue) const {
    return static_cast<ShardIndex>(queue.declared_on % batches_.size());
  }

  // Requires: `to` is another shard.
  void send(ShardIndex to, broker::QueueMail mail);
  void send(ShardIndex to, broker::SessionMail mail) { batches_[to].session_mail.push_back(std::move(mail)); }
  void send(ShardIndex to, broker::Remember memory);
  void send(ShardIndex to, broker::Letter letter) { batches_[to].letters.push_back(std::move(letter)); }
  void send(ShardIndex to, broker::Propose proposal) { batches_[to].proposals.push_back(std::move(proposal)); }
  // To every other shard.
  void announce(const broker::Command& command);

  // Tells the registrar's shard how far this one's catalog is.
  void acknowledge(ShardIndex registrar) { batches_[registrar].acknowledges = true; }

  // A batch was processed here: its publishers may send as much again.
  void return_bytes(ShardIndex to, std::int64_t bytes) { batches_[to].returned_bytes += bytes; }
  // The other side has processed that much.
  void returned(ShardIndex from, std::int64_t bytes);
  // Some shard has more unprocessed publishes of ours than is good: publishers wait.
  bool full() const { return full_lanes_ > 0; }

  // Moves what has collected to the effects.
  void post(Revision seen, std::vector<Post>& posts);

 private:
  // The batch carries this message: its publisher may have to wait for the other side.
  void charge(ShardIndex to, const broker::Message& message);

  ShardIndex self_;
  std::vector<MailBatch> batches_;
  std::vector<std::int64_t> unreturned_;
  int full_lanes_ = 0;
};

}  // namespace warren::node
