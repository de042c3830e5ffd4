// Whether the node is well, and the limits beyond which it is not.
#include "manage/operations/words/kinds/operations_of.hpp"

namespace warren::manage {

std::vector<Operation> health_operations() {
  return {
      {.name = "alarms",
       .meaning = "Lists the resource alarms of all nodes",
       .right = Right::monitoring,
       .shape = Shape::sentence,
       .banner = "Asking node {node} to report any known resource alarms..."},
      {.name = "check_alarms",
       .meaning = "Fails when any node of the cluster has a resource alarm",
       .right = Right::monitoring,
       .shape = Shape::sentence,
       .banner = "Asking node {node} to report any resource alarms..."},
      {.name = "check_local_alarms",
       .meaning = "Fails when the node has a resource alarm",
       .right = Right::monitoring,
       .shape = Shape::sentence,
       .banner = "Asking node {node} to report any local resource alarms..."},
      {.name = "check_running",
       .meaning = "Fails when the broker does not run",
       .right = Right::none,
       .app = App::any,
       .shape = Shape::sentence,
       .banner = "Checking if RabbitMQ is running on node {node} ..."},
      {.name = "is_running",
       .meaning = "Says whether the broker runs",
       .right = Right::none,
       .app = App::any,
       .shape = Shape::sentence,
       .banner = "Asking node {node} for its status ..."},
      {.name = "listeners",
       .meaning = "Lists where the node waits for clients and for other nodes",
       .right = Right::monitoring,
       .shape = Shape::sentence,
       .banner = "Asking node {node} to report its protocol listeners ..."},
      {.name = "check_port_listener",
       .meaning = "Fails when the node does not listen on a port",
       .arguments = {{"port"}},
       .right = Right::monitoring,
       .shape = Shape::sentence,
       .banner = "Asking node {node} if there's an active listener on port {port} ..."},
      {.name = "check_protocol_listener",
       .meaning = "Fails when the node does not listen for a protocol",
       .arguments = {{"protocol"}},
       .right = Right::monitoring,
       .shape = Shape::sentence,
       .banner = "Asking node {node} if there's an active listener for protocol {protocol} ..."},
      {.name = "set_vm_memory_high_watermark",
       .meaning = "Sets from where on memory is short, until the process ends: a part of it, or 'absolute' and bytes",
       .arguments = {{"limit"}, {"amount", Presence::optional}},
       .banner = "Setting memory threshold on {node} to {limit_in_words} ..."},
      {.name = "set_disk_free_limit",
       .meaning =
           "Sets below which free space the disk is full, until the process ends: bytes, or 'mem_relative' and a "
           "multiple of memory",
       .arguments = {{"limit"}, {"amount", Presence::optional}},
       .banner = "Setting disk free limit on {node} to {limit_in_words} ..."},
  };
}

}  // namespace warren::manage
