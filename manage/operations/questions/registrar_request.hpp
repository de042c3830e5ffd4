// What is asked of the registrar and the node around it, and what they answer.
#pragma once

#include <string>
#include <variant>

#include "broker/catalog/commands.hpp"
#include "broker/refusal.hpp"
#include "manage/operations/facts/cluster_facts.hpp"
#include "manage/operations/words/request.hpp"

namespace warren::manage {

// A change of the catalog, to be agreed on. Answered when this node has applied it.
struct ProposeCommand {
  broker::Command command;
};

// The node becomes a member of the cluster that `member` belongs to. What it had is gone.
struct JoinCluster {
  std::string member;
  broker::NodeKind kind = broker::NodeKind::disc;
  bool accept_loss = false;  // of durable queues with messages that live here alone; else: would_lose()
};
struct Reset {
  bool force = false;
  bool accept_loss = false;
};
struct ForgetNode {
  std::string member;
  bool offline = false;
  bool accept_loss = false;
};
struct ChangeKind {
  broker::NodeKind kind = broker::NodeKind::disc;
  bool accept_loss = false;
};

struct StartApp {};
struct StopApp {};
struct StopProcess {};
struct ForceBoot {};
// Maintenance mode of the node that is asked.
struct Drain {
  bool on = false;
};

// A setting of the node, by its name in the configuration file, until the process ends. Only those of limits can
// change.
struct SetSetting {
  std::string name;
  std::string value;
};

// Answered by ClusterFacts and NodeFacts.
struct ClusterFactsWanted {};
struct NodeFactsWanted {};

using RegistrarRequest = std::variant<ProposeCommand, JoinCluster, Reset, ForgetNode, ChangeKind, StartApp, StopApp,
                                      StopProcess, ForceBoot, Drain, SetSetting, ClusterFactsWanted, NodeFactsWanted>;

// A text is for people, where there is something to say though all went well. Failures: refusals.hpp.
using RegistrarAnswer = std::variant<Done, std::string, ClusterFacts, NodeFacts, Failure, broker::Refusal>;

}  // namespace warren::manage
