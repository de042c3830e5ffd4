#include "server/cluster/cluster_driver.hpp"

#include <boost/asio/post.hpp>
#include <utility>

#include "server/cluster/administrator.hpp"
#include "server/log.hpp"
#include "server/shard_thread.hpp"

namespace warren::server {

ClusterDriver::ClusterDriver(const node::Identity& identity, LinkSettings settings,
                             const std::vector<std::unique_ptr<ShardThread>>& threads)
    : identity_(identity), threads_(threads), links_(threads.front()->context(), std::move(settings), events()) {
  links_.set_self(identity.self);
}

LinkEvents ClusterDriver::events() {
  LinkEvents events;
  events.control = [this](NodeId from, std::string bytes) {
    threads_.front()->feed(node::PeerControl{from, std::move(bytes)});
  };
  events.mail = [this](NodeId from, ShardIndex to, node::MailBatch batch) {
    ShardThread& thread = *threads_[to % threads_.size()];
    if (&thread == threads_.front().get())
      thread.feed(node::PeerMail{from, std::move(batch)});
    else
      thread.give(node::PeerMail{from, std::move(batch)});
  };
  events.lost = [this](NodeId node) {
    for (const std::unique_ptr<ShardThread>& thread : threads_)
      if (&thread == &threads_.front())
        thread->feed(node::PeerLost{node});
      else
        thread->give(node::PeerLost{node});
  };
  events.asked = [this](std::uint64_t ask, std::string question) {
    if (administrator_->asked(ask, question)) return;
    threads_.front()->feed(node::Asked{ask, std::move(question)});
  };
  events.log = [](std::string line) { log(line); };
  return events;
}

void ClusterDriver::employ(Administrator& administrator, std::function<void(bool)> serving) {
  administrator_ = &administrator;
  serving_ = std::move(serving);
}

void ClusterDriver::carry_out(ShardIndex from, node::ShardEffects& effects) {
  if (from == node::kRegistrarShard) carry_out_of_registrar(effects);
  if (effects.node_posts.empty() && effects.findings.empty()) return;
  auto rest = [this, posts = std::move(effects.node_posts), findings = std::move(effects.findings)]() mutable {
    for (node::NodePost& post : posts) links_.send_mail(post.node, post.to, post.batch);
    if (!findings.empty()) administrator_->found(std::move(findings));
  };
  if (from == node::kRegistrarShard) return rest();
  boost::asio::post(threads_.front()->context(), std::move(rest));
}

void ClusterDriver::carry_out_of_registrar(node::ShardEffects& effects) {
  if (effects.peers) {
    std::vector<PeerAddress> peers;
    for (const broker::NodeDefinition& peer : *effects.peers)
      peers.push_back({peer.id, peer.name, peer.host, peer.cluster_port});
    links_.set_peers(peers);
  }
  for (const NodeId node : effects.resets) links_.reset(node);
  for (auto& [to, bytes] : effects.control) links_.send_control(to, bytes);
  for (node::AskReply& reply : effects.replies) links_.reply(reply.ask, reply.answer);
  if (!effects.answers.empty()) administrator_->answered(effects.answers);
  if (effects.turning_away)
    for (std::size_t shard = 1; shard < threads_.size(); ++shard)
      threads_[shard]->give(node::TurnAway{*effects.turning_away});
  if (!effects.serving) return;
  serving_(*effects.serving);
  administrator_->serving(*effects.serving);
}

}  // namespace warren::server
