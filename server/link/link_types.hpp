// What the parts of a node's links have in common.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/ids.hpp"
#include "node/mail_batch.hpp"
#include "server/link/parts/handshake.hpp"

namespace warren::server {

struct PeerAddress {
  NodeId node;
  std::string name;
  std::string host;
  std::uint16_t port = 0;
  std::uint64_t stream = 0;  // of mail; a greater number than before ends what was under way
};

struct LinkSettings {
  LinkIdentity identity;
  std::string listen_address;
  std::uint16_t port = 0;         // zero: any that is free
  std::uint64_t incarnation = 0;  // not zero; differs for every process
};

struct LinkEvents {
  std::function<void(NodeId from, std::string bytes)> control;
  std::function<void(NodeId from, ShardIndex to, node::MailBatch)> mail;
  std::function<void(NodeId)> lost;  // the stream of mail was reset: what was under way in either direction is gone
  std::function<void(std::uint64_t ask, std::string question)> asked;  // answered by Links::reply
  std::function<void(std::string line)> log;
};

// What every peer needs to know.
struct LinkContext {
  boost::asio::io_context& io;
  LinkIdentity identity;
  std::uint64_t incarnation = 0;
  LinkEvents events;
  NodeId self = {};                                            // none: not a member yet
  std::shared_ptr<bool> alive = std::make_shared<bool>(true);  // gone: nobody is to be called any more
};

}  // namespace warren::server
