// Mail of one step on its way: lanes for this shard, batches for the others, of this node and of other nodes.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "base/ids.hpp"
#include "broker/catalog/catalog.hpp"
#include "node/mail_batch.hpp"
#include "node/shard_io.hpp"

namespace warren::node {

// A shard, wherever it is.
struct ShardAddress {
  NodeId node;
  ShardIndex shard = 0;
  friend constexpr auto operator<=>(const ShardAddress&, const ShardAddress&) = default;
};

// Groups what goes to other shards, and knows how many bytes of publishes have not been processed yet: per shard of
// this node, per other node.
class PostOffice {
 public:
  PostOffice(NodeId node, ShardIndex self, ShardIndex shards)
      : node_(node), self_(self), batches_(shards), unreturned_(shards) {}

  // Where a queue lives within its node. All shards compute the same; what another node has is its own matter, and it
  // takes the number modulo its shards.
  ShardIndex shard_of(const broker::QueueDefinition& queue) const {
    return static_cast<ShardIndex>(queue.declared_on % batches_.size());
  }
  ShardAddress address_of(const broker::QueueDefinition& queue) const {
    return {queue.owner, queue.owner == node_ ? shard_of(queue) : queue.declared_on};
  }
  bool here(ShardAddress address) const { return address == ShardAddress{node_, self_}; }

  // Require: the address is another shard's.
  void send(ShardAddress to, broker::QueueMail mail);
  void send(ShardAddress to, mirror::MirrorMail mail);
  void send(ShardAddress to, broker::SessionMail mail) { batch(to).session_mail.push_back(std::move(mail)); }
  void send(ShardAddress to, broker::Letter letter) { batch(to).letters.push_back(std::move(letter)); }
  // Within the node.
  void send(ShardIndex to, broker::Remember memory);
  void send(ShardIndex to, broker::Propose proposal) { batches_[to].proposals.push_back(std::move(proposal)); }
  // To every other shard of the node.
  void announce(const broker::Command& command);
  void announce(const std::shared_ptr<const broker::CatalogImage>& whole);
  void announce_alarms(std::uint8_t elsewhere);
  void tell_connections(ShardIndex to, broker::session::VhostCounts counts) {
    batches_[to].connections = std::move(counts);
  }

  // Tells the registrar's shard how far this one's catalog is.
  void acknowledge(ShardIndex registrar) { batches_[registrar].acknowledges = true; }

  // A batch was processed here: its publishers may send as much again.
  void return_bytes(ShardAddress to, std::int64_t bytes) { batch(to).returned_bytes += bytes; }
  // The other side has processed that much.
  void returned(ShardAddress from, std::int64_t bytes);
  // Some shard has more unprocessed publishes of ours than is good: publishers wait.
  bool full() const { return full_lanes_ > 0; }
  // What was on its way to that node is gone.
  void forget(NodeId node);

  // Moves what has collected to the effects.
  void post(Revision seen, ShardEffects& effects);

 private:
  MailBatch& batch(ShardAddress to) { return to.node == node_ ? batches_[to.shard] : remote_[to]; }
  std::int64_t& unreturned(ShardAddress to) {
    return to.node == node_ ? unreturned_[to.shard] : remote_unreturned_[to.node];
  }
  // The batch carries so many bytes that somebody published: its publisher may have to wait for the other side.
  void charge(ShardAddress to, std::int64_t bytes);

  NodeId node_;
  ShardIndex self_;
  std::vector<MailBatch> batches_;
  std::vector<std::int64_t> unreturned_;
  std::map<ShardAddress, MailBatch> remote_;
  std::map<NodeId, std::int64_t> remote_unreturned_;
  int full_lanes_ = 0;
};

}  // namespace warren::node
