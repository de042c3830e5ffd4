// What surrounds a session, with a catalog as a fresh node has it.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/password.hpp"
#include "broker/session/context.hpp"

namespace warren::broker::session::testing {

inline constexpr NodeId kNode{1};
inline constexpr const char* kNodeName = "me@here";
inline constexpr SessionRef kSelf{SessionId(1), kNode, 0};

struct Surroundings {
  Surroundings() {
    constexpr std::uint32_t kSalt = 1;
    for (const Command& command : default_definitions(hash_password("guest", kSalt))) apply(command);
  }

  Applied apply(const Command& command) {
    Result<Applied, Refusal> applied = catalog.apply(command);
    REQUIRE(applied.ok());
    return std::move(*applied);
  }

  // Another node, which runs. The first one that is added is our own.
  NodeId add_node(const std::string& name, NodeKind kind = NodeKind::disc) {
    if (catalog.node_count() == 0 && name != kNodeName) REQUIRE(add_node(kNodeName) == kNode);
    apply(AddNode{name, kind, "", 0});
    const NodeId node = catalog.find_node(name)->id;
    apply(NodeUp{node, 1, "", 0});
    return node;
  }

  QueueRef declare(std::string_view name, NodeId owner = kNode, bool durable = false) {
    QueueDefinition queue;
    queue.vhost = catalog.find_vhost("/")->id;
    queue.name = std::string(name);
    queue.durable = durable;
    queue.owner = owner;
    apply(DeclareQueue{queue});
    return catalog.find_queue(queue.vhost, name)->ref;
  }

  // Queues of these names are on so many nodes at most; zero: on all.
  void mirror(const std::string& pattern, std::int32_t nodes = 0) {
    PolicyDefinition policy;
    policy.name = pattern;
    policy.pattern = pattern;
    policy.definition.set("ha-mode", amqp::Value(nodes == 0 ? "all" : "exactly"));
    if (nodes != 0) policy.definition.set("ha-params", amqp::Value(nodes));
    apply(SetPolicy{"/", policy});
  }

  SessionSettings settings;
  Catalog catalog;
  Router router{catalog, kNode};
  Rng rng{1};
  Now now{1000, 1'700'000'000};
  std::vector<QueueMail> queue_mail;
  std::vector<Propose> proposals;
  std::vector<Letter> letters;
  std::vector<Remember> memories;
  std::vector<std::string> log;
  SessionContext context{settings, catalog,    router,    rng,     now,      kNoAlarm,
                         false,    queue_mail, proposals, letters, memories, log};
};

}  // namespace warren::broker::session::testing
