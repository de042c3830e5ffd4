// The connections of this node with all others.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "server/link/ask_desk.hpp"
#include "server/link/doorman.hpp"
#include "server/link/link_types.hpp"
#include "server/link/peer.hpp"

namespace warren::server {

// Lives on one io_context, as all calls must. Events are called from there, never from inside a call, and those of one
// connection in order.
class Links {
 public:
  using Events = LinkEvents;

  // Throws std::runtime_error with one sentence if the port cannot be had.
  Links(boost::asio::io_context& io, LinkSettings settings, Events events);
  Links(const Links&) = delete;
  Links& operator=(const Links&) = delete;
  ~Links();

  // Where other nodes reach this one.
  std::uint16_t port() const { return doorman_.port(); }

  // Known once this node is a member. Before that there are questions only.
  void set_self(NodeId self);
  // Who there is beside this node. Connects to new ones, lets go of those that are gone with all that was under way,
  // follows those that moved.
  void set_peers(const std::vector<PeerAddress>& peers);

  // If it can leave now; else it is lost.
  void send_control(NodeId to, std::string_view bytes);
  // In order, and nothing is left out while both processes live and nobody resets the stream: then `lost` tells.
  void send_mail(NodeId to, ShardIndex to_shard, const node::MailBatch& batch);
  // That node was agreed to be down: what was under way in either direction is given up, by both sides.
  void reset(NodeId node);

  // Asks a node that knows the secret, member or not. The outcome is called once, later.
  void ask(std::string host, std::uint16_t port, std::string question, int timeout_ms, AskOutcome outcome);
  void reply(std::uint64_t ask, std::string_view answer) { desk_.reply(ask, answer); }

  // As if the network broke: for tests.
  void break_connections();
  // Nothing is called any more.
  void close();

 private:
  void admit(std::shared_ptr<FrameSocket> socket, cluster::LinkPurpose purpose, const std::string& name);
  Peer* peer_named(const std::string& name);
  void let_go(NodeId node);

  LinkContext context_;
  AskDesk desk_;
  std::map<NodeId, std::shared_ptr<Peer>> peers_;
  Doorman doorman_;
};

}  // namespace warren::server
