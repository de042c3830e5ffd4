// Nodes in one process, talking over the loopback, and what each of them has heard.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "server/link/links.hpp"

namespace warren::server::testing {

struct World {
  boost::asio::io_context io;

  // Runs until it is so. False: it did not become so in time.
  bool until(const std::function<bool()>& so, std::chrono::milliseconds patience = std::chrono::seconds(20)) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!so() && std::chrono::steady_clock::now() < deadline) {
      io.restart();
      io.run_one_for(std::chrono::milliseconds(20));
    }
    return so();
  }
};

// Mail is told apart by the revision that its batch has seen.
struct Node {
  Node(World& its_world, NodeId its_id, std::uint64_t incarnation = 1, std::string secret = "secret",
       std::uint16_t port = 0, std::shared_ptr<const TlsContext> tls = nullptr)
      : world(its_world), id(its_id), name("w" + std::to_string(its_id.value)) {
    links = std::make_unique<Links>(
        world.io, LinkSettings{{name, std::move(secret), std::move(tls)}, "127.0.0.1", port, incarnation},
        LinkEvents{
            [this](NodeId from, std::string bytes) { control[from].push_back(bytes); },
            [this](NodeId from, ShardIndex to, const node::MailBatch& batch) {
              mail[from].push_back(batch.seen.value);
              shards.push_back(to);
              bytes += batch.publish_bytes;
            },
            [this](NodeId of) { ++lost[of]; },
            [this](std::uint64_t ask, std::string question) { asked.emplace_back(ask, std::move(question)); },
            [this](std::string line) { log.push_back(std::move(line)); },
        });
    links->set_self(id);
  }

  PeerAddress address(std::uint64_t stream = 0) const { return {id, name, "127.0.0.1", links->port(), stream}; }
  void send(NodeId to, std::uint64_t first, std::uint64_t last) {
    node::MailBatch batch;
    for (; first <= last; ++first) {
      batch.seen = Revision(first);
      links->send_mail(to, 3, batch);
    }
  }
  bool heard_all(NodeId from, std::uint64_t count) { return mail[from].size() >= count; }
  // One after the other, each once.
  bool in_order(NodeId from, std::uint64_t first = 1) {
    return std::all_of(mail[from].begin(), mail[from].end(), [&](std::uint64_t seen) { return seen == first++; });
  }
  bool logged(std::string_view words) const {
    return std::any_of(log.begin(), log.end(),
                       [&](const std::string& line) { return line.find(words) != std::string::npos; });
  }

  World& world;
  NodeId id;
  std::string name;
  std::map<NodeId, std::vector<std::string>> control;
  std::map<NodeId, std::vector<std::uint64_t>> mail;
  std::vector<ShardIndex> shards;
  std::int64_t bytes = 0;
  std::map<NodeId, int> lost;
  std::vector<std::pair<std::uint64_t, std::string>> asked;
  std::vector<std::string> log;
  std::unique_ptr<Links> links;
};

inline void introduce(const std::vector<Node*>& nodes) {
  for (Node* one : nodes) {
    std::vector<PeerAddress> others;
    for (const Node* other : nodes)
      if (other != one) others.push_back(other->address());
    one->links->set_peers(others);
  }
}

// Control messages may get lost before there is a connection.
inline bool connected(Node& one, Node& other) {
  return one.world.until([&] {
    one.links->send_control(other.id, "there?");
    other.links->send_control(one.id, "there?");
    return !other.control[one.id].empty() && !one.control[other.id].empty();
  });
}

}  // namespace warren::server::testing
