// The node itself and its cluster.
#include "manage/operations/words/kinds/operations_of.hpp"

namespace warren::manage {
namespace {

// The registrar refuses what would destroy messages that exist nowhere else, until it is told that this is meant.
constexpr Option kAcceptLoss{.name = "accept_loss",
                             .meaning = "destroy durable queues that hold messages and live on that node alone"};

std::vector<Operation> node_operations() {
  return {
      {.name = "ping",
       .meaning = "Says whether the process of the node lives and answers",
       .right = Right::none,
       .app = App::any,
       .shape = Shape::sentence,
       .banner = "Will ping {node}. This only checks if the OS process is running. Timeout: {timeout} ms.",
       .timeout_s = 60},
      {.name = "status",
       .meaning = "Shows the process of the node: what it runs, where its data lies, what it takes",
       .right = Right::monitoring,
       .app = App::any,
       .shape = Shape::status,
       .banner = "Status of node {node} ..."},
      {.name = "start_app",
       .meaning = "Starts the broker inside a process whose broker was stopped",
       .app = App::any,
       .banner = "Starting node {node} ..."},
      {.name = "stop_app",
       .meaning = "Stops the broker, and leaves the process and its control socket",
       .app = App::any,
       .banner = "Stopping rabbit application on node {node} ..."},
      {.name = "stop",
       .meaning = "Stops the broker and its process; with a pid file, waits for that process to end",
       .arguments = {{"pid_file", Presence::optional}},
       .options = {{.name = "idempotent", .meaning = "a node that does not run is no error"}},
       .app = App::any,
       .banner = "Stopping and halting node {node} ..."},
      {.name = "shutdown",
       .meaning = "Stops the broker and its process, and waits for the process to end",
       .options = {{.name = "wait", .meaning = "wait for the process to end, as it does anyway"},
                   {.name = "no_wait", .meaning = "do not wait for the process to end"}},
       .app = App::any,
       .banner = "Shutting down RabbitMQ node {node} running at PID {pid}"},
      {.name = "await_startup",
       .meaning = "Waits until the node has started",
       .right = Right::none,
       .app = App::any,
       .timeout_s = 300},
      {.name = "wait",
       .meaning = "Waits until the node of a process has started: the process of a pid file, or the one that is named",
       .arguments = {{"pid_file", Presence::optional}},
       .options = {{.name = "pid", .letter = 'P', .value = "pid", .meaning = "the process, instead of a file"}},
       .right = Right::none,
       .app = App::any,
       .timeout_s = 10},
      {.name = "drain",
       .meaning = "Puts the node into maintenance mode: no clients are served",
       .banner = "Will put node {node} into maintenance mode. The node will no longer serve any client traffic!"},
      {.name = "revive",
       .meaning = "Takes the node out of maintenance mode",
       .banner = "Will put node {node} back into regular operating mode. The node will again serve client traffic and "
                 "host primary queue replicas."},
  };
}

std::vector<Operation> member_operations() {
  return {
      {.name = "cluster_status",
       .meaning = "Shows the members of the cluster and what is wrong with them",
       .right = Right::monitoring,
       .shape = Shape::cluster_status,
       .banner = "Cluster status of node {node} ..."},
      {.name = "join_cluster",
       .meaning = "Makes the node a member of the cluster that the other node belongs to; what it had is destroyed",
       .arguments = {{"member"}},
       .options = {{.name = "disc", .meaning = "keep definitions on disk, as nodes do unless told otherwise"},
                   {.name = "ram", .meaning = "keep definitions in memory only"},
                   kAcceptLoss},
       .app = App::any,
       .banner = "Clustering node {node} with {member}"},
      {.name = "change_cluster_node_type",
       .meaning = "Makes the node a disc node or a ram node; its queues are destroyed",
       .arguments = {{"kind"}},
       .options = {kAcceptLoss},
       .app = App::stopped,
       .banner = "Turning {node} into a {kind} node"},
      {.name = "forget_cluster_node",
       .meaning = "Removes a node that has stopped from the cluster; queues that live on it alone are destroyed",
       .arguments = {{"member"}},
       .options = {{.name = "offline", .meaning = "remove it from a node that is stopped itself"}, kAcceptLoss},
       .app = App::any,
       .banner = "Removing node {member} from the cluster"},
      {.name = "reset",
       .meaning = "Makes the node leave its cluster and destroys everything that it has",
       .options = {kAcceptLoss},
       .app = App::stopped,
       .banner = "Resetting node {node} ..."},
      {.name = "force_reset",
       .meaning = "Destroys everything that the node has, without a word to its cluster",
       .options = {kAcceptLoss},
       .app = App::stopped,
       .banner = "Forcefully resetting node {node} ..."},
      {.name = "force_boot",
       .meaning = "Lets the node start next time without waiting for its peers",
       .app = App::stopped},
      {.name = "set_cluster_name",
       .meaning = "Names the cluster",
       .arguments = {{"name"}},
       .banner = "Setting cluster name to {name} ..."},
      {.name = "await_online_nodes",
       .meaning = "Waits until so many nodes of the cluster run",
       .arguments = {{"count"}},
       .right = Right::monitoring,
       .app = App::any,
       .banner = "Will wait for at least {count} nodes to join the cluster of {node}. Timeout: {timeout_s} seconds.",
       .timeout_s = 300},
  };
}

}  // namespace

std::vector<Operation> cluster_operations() {
  std::vector<Operation> all = node_operations();
  for (Operation& operation : member_operations()) all.push_back(std::move(operation));
  return all;
}

}  // namespace warren::manage
