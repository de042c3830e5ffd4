// What a node noticed by itself: no command of the catalog says it, and the group has not agreed on it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "amqp/table.hpp"

namespace warren::node {

// Another node is silent for this one, or is heard again.
struct NodeSight {
  std::string node;
  bool heard = false;
};
// Others hear a node that this one does not; or both have gone on, each with a log of its own.
struct PartitionSight {
  std::string node;
  bool began = false;
  bool partial = false;
};
// This node turns clients away until it hears the others again.
struct NodePause {
  bool paused = false;
};
// Something is wrong with this node.
struct AlarmChange {
  std::string type;
  bool set = false;
};
// A change of definitions, for want of nodes.
struct DefinitionRefused {
  std::string reason;  // as the client is told
  std::string user;
  std::uint64_t more = 0;  // refused since the last one that was told
};
// What a log that this node gave up had taken for a queue went to its owner.
struct MessagesOffered {
  std::string vhost;
  std::string queue;
  std::string owner;  // a node's name; empty: none was known
  std::uint64_t messages = 0;
  std::uint64_t lost = 0;
};
using Happening = std::variant<NodeSight, PartitionSight, NodePause, AlarmChange, DefinitionRefused, MessagesOffered>;

// A message of the exchange of events, without what all of them have.
struct Event {
  std::string_view key;
  amqp::Table headers;
};

// `self`: the name of the node that noticed it.
Event describe(const Happening& happening, std::string_view self);

}  // namespace warren::node
