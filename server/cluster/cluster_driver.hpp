// The node's links to other nodes, on the thread of the registrar's shard: carries effects out, brings what comes.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "node/shard_io.hpp"
#include "server/link/links.hpp"

namespace warren::server {

class Administrator;
class ShardThread;

// Everything but the constructor and carry_out happens on the thread of the first shard.
class ClusterDriver {
 public:
  // Opens the cluster port; throws std::runtime_error with one sentence when it cannot. Requires: the threads outlive
  // it, and none has started.
  ClusterDriver(const node::Identity& identity, LinkSettings settings,
                const std::vector<std::unique_ptr<ShardThread>>& threads);

  std::uint16_t port() const { return links_.port(); }
  // What a shard wants of others, from that shard's thread.
  void carry_out(ShardIndex from, node::ShardEffects& effects);
  // Before anything starts. `serving`: clients are to be let in, or not; called on the first shard's thread.
  void employ(Administrator& administrator, std::function<void(bool)> serving);
  Links& links() { return links_; }
  void close() { links_.close(); }

 private:
  void carry_out_of_registrar(node::ShardEffects& effects);
  LinkEvents events();

  const node::Identity identity_;
  const std::vector<std::unique_ptr<ShardThread>>& threads_;
  Administrator* administrator_ = nullptr;
  std::function<void(bool)> serving_;
  Links links_;
};

}  // namespace warren::server
