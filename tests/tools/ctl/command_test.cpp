#include "tools/ctl/command.hpp"

#include <doctest/doctest.h>

#include "tests/tools/ctl/fake_door.hpp"

namespace warren::ctl::testing {
namespace {

FakeNode node_with(Value value) {
  FakeNode node;
  node.answers.emplace_back(Answer(std::move(value)));
  return node;
}

FakeNode node_with(Failure failure) {
  FakeNode node;
  node.answers.emplace_back(Answer(std::move(failure)));
  return node;
}

const List kQueues{Map{}.add("name", "orders").add("messages", 3), Map{}.add("name", "mail").add("messages", 0)};

}  // namespace

TEST_CASE("a listing has a banner, a header and a line per row, separated by tabs") {
  FakeNode node = node_with(kQueues);
  const Printed printed = run_line(node, "list_queues -p v name messages");
  CHECK(printed.code == 0);
  CHECK(printed.out ==
        "Timeout: 60.0 seconds ...\nListing queues for vhost v ...\nname\tmessages\norders\t3\nmail\t0\n");
  REQUIRE(node.asked.size() == 1);
  CHECK(node.asked[0].operation == "list_queues");
  CHECK(node.asked[0].arguments == Map{}.add("vhost", "v").add("columns", List{"name", "messages"}));
}

TEST_CASE("quiet drops the banner, silent the header too, and there is an option for the header alone") {
  FakeNode quiet = node_with(kQueues);
  CHECK(run_line(quiet, "-q list_queues").out == "name\tmessages\norders\t3\nmail\t0\n");
  FakeNode silent = node_with(kQueues);
  CHECK(run_line(silent, "list_queues --silent").out == "orders\t3\nmail\t0\n");
  FakeNode bare = node_with(kQueues);
  CHECK(run_line(bare, "list_users --no-table-headers").out == "Listing users ...\norders\t3\nmail\t0\n");
}

TEST_CASE("several tables stand one below the other") {
  const Value tables = Map{}.add("moved", List{Map{}.add("name", "q")}).add("nodes", List{Map{}.add("Node name", "a")});
  FakeNode node = node_with(tables);
  CHECK(run_line(node, "rebalance all").out == "Re-balancing leaders of all queues...\nname\nq\nNode name\na\n");
  FakeNode machine = node_with(tables);
  CHECK(run_line(machine, "rebalance all --formatter json").out ==
        "{\"moved\":[{\"name\":\"q\"}],\"nodes\":[{\"Node name\":\"a\"}]}\n");
}

TEST_CASE("an empty list prints its banner alone") {
  FakeNode node = node_with(List{});
  CHECK(run_line(node, "list_exchanges -p nowhere").out == "Listing exchanges for vhost nowhere ...\n");
}

TEST_CASE("JSON has no banner, and says ok where there is nothing to say") {
  FakeNode list = node_with(kQueues);
  CHECK(run_line(list, "list_queues --formatter json").out ==
        "[\n{\"name\":\"orders\",\"messages\":3}\n,{\"name\":\"mail\",\"messages\":0}\n]\n");
  FakeNode done = node_with(Value());
  CHECK(run_line(done, "add_vhost v --formatter=json").out == "{\"result\":\"ok\"}\n");
  FakeNode facts = node_with(Map{}.add("cluster_name", "prod"));
  CHECK(run_line(facts, "cluster_status --formatter json").out == "{\"cluster_name\":\"prod\"}\n");
}

TEST_CASE("a sentence is printed as it is") {
  FakeNode node = node_with("Ping succeeded");
  CHECK(run_line(node, "ping").out ==
        "Will ping a@h. This only checks if the OS process is running. Timeout: 60000 ms.\nPing succeeded\n");
}

TEST_CASE("of a verdict people see the message, and machines all of it") {
  const Value verdict = Map{}.add("messages", 3).add("message", "Queue 'q' has one copy");
  FakeNode node = node_with(verdict);
  CHECK(run_line(node, "-q verify_queue q").out == "Queue 'q' has one copy\n");
  FakeNode machine = node_with(verdict);
  CHECK(run_line(machine, "verify_queue q --within 60 --formatter json").out ==
        "{\"messages\":3,\"message\":\"Queue 'q' has one copy\"}\n");
  CHECK(machine.asked.at(0).arguments.find("within") != nullptr);
}

TEST_CASE("what the node refuses goes to standard error, and the code is the node's") {
  FakeNode node = node_with(Failure{"User \"x\" does not exist", 67, "no_such_user", {}});
  const Printed printed = run_line(node, "delete_user x");
  CHECK(printed.code == 67);
  CHECK(printed.out == "Deleting user \"x\" ...\n");
  CHECK(printed.err == "Error:\nUser \"x\" does not exist\n");
}

TEST_CASE("a node that cannot be reached is told with all that is known") {
  FakeNode node;
  const Printed printed = run_line(node, "-n b@h list_users");
  CHECK(printed.code == 69);
  CHECK(printed.out == "Listing users ...\n");
  CHECK(printed.err == "DIAGNOSTICS\n");
  const Printed ping = run_line(node, "ping -t 5");
  CHECK(ping.code == 69);
  CHECK(ping.err == "Error:\nFailed to connect and authenticate to b@h in 5000 ms\n");
}

TEST_CASE("a node that does not answer in time is told, and no time at all is not even tried") {
  FakeNode node;
  node.answers.emplace_back(Trouble{Trouble::Kind::timed_out, {}});
  const Printed printed = run_line(node, "list_queues");
  CHECK(printed.code == 75);
  CHECK(printed.err == "Error: operation list_queues on node a@h timed out. Timeout value used: 60000\n");
  const Printed none = run_line(node, "list_users -t 0");
  CHECK(none.code == 75);
  CHECK(node.asked.size() == 1);
}

TEST_CASE("a connection that breaks before the answer is no success") {
  FakeNode node;
  node.answers.emplace_back(Trouble{Trouble::Kind::broken, "it broke"});
  const Printed printed = run_line(node, "add_vhost v");
  CHECK(printed.code == 69);
  CHECK(printed.err == "Error:\nit broke\n");
}

TEST_CASE("joining a cluster twice is told on standard output") {
  FakeNode node = node_with("The node is already a member of this cluster");
  const Printed printed = run_line(node, "join_cluster --ram b@h");
  CHECK(printed.code == 0);
  CHECK(printed.out == "Clustering node a@h with b@h\nThe node is already a member of this cluster\n");
  CHECK(node.asked[0].arguments == Map{}.add("ram", true).add("member", "b@h"));
}

}  // namespace warren::ctl::testing
