#include <doctest/doctest.h>

#include "manage/operations/words/kinds/operations_of.hpp"

namespace warren::manage {

TEST_CASE("what destroys a node's queues can be told that this is meant") {
  for (const char* name : {"join_cluster", "reset", "force_reset", "change_cluster_node_type", "forget_cluster_node"}) {
    CAPTURE(name);
    CHECK_FALSE(mistake_in(*find_operation(name), Map{}.add("accept_loss", true).add("member", "b").add("kind", "ram"))
                    .value_or(Failure{})
                    .sentence.find("accept_loss") == 0);
  }
}

TEST_CASE("what makes a node another one wants its broker stopped, but joining stops it itself") {
  for (const char* name : {"reset", "force_reset", "change_cluster_node_type", "force_boot"})
    CHECK(find_operation(name)->app == App::stopped);
  CHECK(find_operation("join_cluster")->app == App::any);
  CHECK(find_operation("cluster_status")->app == App::running);
  CHECK(find_operation("ping")->app == App::any);
}

TEST_CASE("all that changes a cluster is for administrators") {
  for (const Operation& operation : cluster_operations()) {
    CAPTURE(operation.name);
    const bool looks = operation.name == "ping" || operation.name == "status" || operation.name == "cluster_status" ||
                       operation.name.starts_with("await_") || operation.name == "wait";
    CHECK((operation.right == Right::administrator) != looks);
  }
}

}  // namespace warren::manage
