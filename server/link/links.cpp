#include "server/link/links.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

#include "base/check.hpp"

namespace warren::server {

namespace asio = boost::asio;
using cluster::LinkFrame;
using cluster::LinkPurpose;

Links::Links(asio::io_context& io, LinkSettings settings, LinkEvents events)
    : context_{io, std::move(settings.identity), settings.incarnation, std::move(events)},
      desk_(context_),
      doorman_(io, context_.identity, settings.listen_address, settings.port,
               {[this](std::shared_ptr<FrameSocket> socket, LinkPurpose purpose, const std::string& name) {
                  admit(std::move(socket), purpose, name);
                },
                [this](const std::string& line) { context_.events.log(line); }}) {
  WARREN_CHECK(context_.incarnation != 0, "a process has an incarnation");
}

Links::~Links() { close(); }

void Links::set_self(NodeId self) {
  context_.self = self;
  for (const auto& [node, peer] : peers_) peer->start();
}

void Links::set_peers(const std::vector<PeerAddress>& peers) {
  const auto named = [&](const Peer& peer) {
    return std::any_of(peers.begin(), peers.end(), [&](const PeerAddress& address) {
      return address.node == peer.address().node && address.name == peer.address().name;
    });
  };
  std::vector<NodeId> gone;
  for (const auto& [node, peer] : peers_)
    if (!named(*peer)) gone.push_back(node);
  for (const NodeId node : gone) let_go(node);
  for (const PeerAddress& address : peers) {
    if (address.node == context_.self || address.name == context_.identity.name) continue;
    std::shared_ptr<Peer>& peer = peers_[address.node];
    if (peer) {
      peer->update(address);
    } else {
      peer = std::make_shared<Peer>(context_, address);
      peer->start();
    }
  }
}

void Links::let_go(NodeId node) {
  const auto found = peers_.find(node);
  const std::shared_ptr<Peer> peer = found->second;
  peers_.erase(found);
  peer->reset();
  peer->close();
  // It may be the one from whose event this is called.
  asio::post(context_.io, [peer] {});
}

void Links::send_control(NodeId to, std::string_view bytes) {
  if (const auto found = peers_.find(to); found != peers_.end()) found->second->send_control(bytes);
}

void Links::send_mail(NodeId to, ShardIndex to_shard, const node::MailBatch& batch) {
  if (const auto found = peers_.find(to); found != peers_.end()) return found->second->send_mail(to_shard, batch);
  // Whoever waits for an answer must not wait for ever.
  asio::post(context_.io, [this, alive = std::weak_ptr(context_.alive), to] {
    if (alive.lock()) context_.events.lost(to);
  });
}

void Links::reset(NodeId node) {
  if (const auto found = peers_.find(node); found != peers_.end()) found->second->reset();
}

void Links::ask(std::string host, std::uint16_t port, std::string question, int timeout_ms, AskOutcome outcome) {
  desk_.ask({std::move(host), port, {}, std::chrono::milliseconds(timeout_ms)}, std::move(question),
            std::move(outcome));
}

Peer* Links::peer_named(const std::string& name) {
  for (const auto& [node, peer] : peers_)
    if (peer->address().name == name) return peer.get();
  return nullptr;
}

void Links::admit(std::shared_ptr<FrameSocket> socket, LinkPurpose purpose, const std::string& name) {
  if (purpose == LinkPurpose::ask) return desk_.admit(std::move(socket));
  Peer* peer = peer_named(name);
  std::string refusal;
  if (!context_.self) {
    refusal = fmt::format("node {} is not a member of a cluster yet", context_.identity.name);
  } else if (peer == nullptr) {
    refusal = fmt::format("node {} knows no member {}", context_.identity.name, cluster::printable(name));
  } else if (name >= context_.identity.name) {
    refusal = fmt::format("of nodes {} and {} the former connects", context_.identity.name, cluster::printable(name));
  }
  if (refusal.empty()) return peer->adopt(purpose, std::move(socket));
  socket->send(make_frame(LinkFrame::refusal, refusal));
  socket->close_when_written();
}

void Links::break_connections() {
  for (const auto& [node, peer] : peers_) peer->break_connections();
}

void Links::close() {
  if (!context_.alive) return;
  context_.alive.reset();
  doorman_.close();
  desk_.close();
  for (const auto& [node, peer] : peers_) peer->close();
  // One of them may be in the middle of a call.
  asio::post(context_.io, [peers = std::exchange(peers_, {})] {});
}

}  // namespace warren::server
