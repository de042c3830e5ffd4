// Queues with copies on other nodes.
#include "manage/operations/words/columns.hpp"
#include "manage/operations/words/kinds/operations_of.hpp"

namespace warren::manage {
namespace {

std::vector<Operation> sync_operations() {
  return {
      {.name = "sync_queue",
       .meaning = "Gives mirrors of a queue the old messages that they lack, and waits until all have everything",
       .arguments = {{"queue"}},
       .options = {{.name = "no_wait", .meaning = "do not wait until the mirrors have everything"}},
       .of_vhost = true,
       .banner = "Synchronising queue '{queue}' in vhost '{vhost}' ..."},
      {.name = "cancel_sync_queue",
       .meaning = "Leaves mirrors of a queue that are being synchronised as they are",
       .arguments = {{"queue"}},
       .of_vhost = true,
       .shape = Shape::sentence,
       .banner = "Stopping synchronising queue '{queue}' in vhost '{vhost}' ..."},
      {.name = "sync_state",
       .meaning = "Shows how many mirrors of a queue there are, and how many of them have everything",
       .arguments = {{"queue"}},
       .of_vhost = true,
       .right = Right::management,
       .shape = Shape::rows,
       .banner = "Asking for the mirrors of queue '{queue}' in vhost '{vhost}' ...",
       .columns = &kSyncColumns},
      {.name = "verify_queue",
       .meaning = "Compares a queue with its mirrors, message by message, and names the first difference",
       .arguments = {{"queue"}},
       .options = {{.name = "within",
                    .value = "seconds",
                    .meaning = "what is not read by then is compared by position only (10)"}},
       .of_vhost = true,
       .right = Right::monitoring,
       .shape = Shape::verdict,
       .banner = "Comparing queue '{queue}' in vhost '{vhost}' with its mirrors ..."},
      {.name = "check_if_node_is_mirror_sync_critical",
       .meaning = "Fails when mirrored queues would lose their only complete copy if the node was stopped",
       .right = Right::monitoring,
       .shape = Shape::sentence,
       .banner = "Checking if node {node} is critical for data safety of any classic mirrored queues ..."},
      {.name = "await_online_synchronized_mirror",
       .meaning = "Waits until every mirrored queue of the node has a complete copy on another one",
       .right = Right::monitoring,
       .banner = "Will wait for a synchronised mirror be online for all classic mirrored queues, timeout: {timeout_s} "
                 "seconds...",
       .timeout_s = 120},
  };
}

std::vector<Operation> owner_operations() {
  return {
      {.name = "transfer_queue",
       .meaning = "Makes the node of a mirror that has everything the owner of a queue",
       .arguments = {{"queue"}, {"member"}},
       .of_vhost = true,
       .shape = Shape::sentence,
       .banner = "Transferring queue '{queue}' in vhost '{vhost}' to node {member} ..."},
      {.name = "rebalance",
       .meaning = "Spreads the owners of mirrored queues over the nodes; takes all or classic",
       .arguments = {{"type"}},
       .options = {{.name = "vhost_pattern", .value = "pattern", .meaning = "only queues of these virtual hosts (.*)"},
                   {.name = "queue_pattern", .value = "pattern", .meaning = "only queues of these names (.*)"}},
       .shape = Shape::tables,
       .banner = "Re-balancing leaders of {type} queues..."},
  };
}

}  // namespace

std::vector<Operation> mirror_operations() {
  std::vector<Operation> all = sync_operations();
  for (Operation& operation : owner_operations()) all.push_back(std::move(operation));
  return all;
}

}  // namespace warren::manage
