#include <doctest/doctest.h>

#include "tests/tools/ctl/fake_door.hpp"

namespace warren::ctl::testing {
namespace {

Heard running_nodes(int count) {
  List names;
  for (int node = 0; node < count; ++node) names.emplace_back("n" + std::to_string(node));
  return Answer(Value(Map{}.add("running_nodes", std::move(names))));
}

Heard status(bool running) { return Answer(Value(Map{}.add("app_running", running))); }

}  // namespace

TEST_CASE("shutdown waits for the process to end") {
  FakeNode node;
  node.answers.emplace_back(Answer(Value()));
  node.ends_at_ms = 1000;
  const Printed printed = run_line(node, "shutdown");
  CHECK(printed.code == 0);
  CHECK(printed.out ==
        "Shutting down RabbitMQ node a@h running at PID 4242\nWaiting for PID 4242 to terminate\n"
        "RabbitMQ node a@h running at PID 4242 successfully shut down\n");
  CHECK(node.asked[0].operation == "stop");
  CHECK(node.now_ms >= 1000);
}

TEST_CASE("shutdown need not wait, and does not wait for ever if told so") {
  FakeNode node;
  node.answers.emplace_back(Answer(Value()));
  node.answers.emplace_back(Answer(Value()));
  node.ends_at_ms = 1'000'000;
  CHECK(run_line(node, "shutdown --no-wait").code == 0);
  CHECK(node.now_ms == 0);
  CHECK(run_line(node, "shutdown -t 3").code == 75);
}

TEST_CASE("a node that ends before it has answered has stopped") {
  FakeNode node;
  node.answers.emplace_back(Trouble{Trouble::Kind::broken, "it closed it"});
  const Printed printed = run_line(node, "stop");
  CHECK(printed.code == 0);
  CHECK(printed.out == "Stopping and halting node a@h ...\n");
}

TEST_CASE("stop waits for the process of a pid file") {
  FakeNode node;
  node.answers.emplace_back(Answer(Value()));
  node.ends_at_ms = 500;
  CHECK(run_line(node, "stop good.pid").code == 0);
  CHECK(node.now_ms >= 500);
  CHECK(node.asked[0].arguments.empty());
}

TEST_CASE("stopping a node that does not run is an error unless that is fine") {
  FakeNode node;
  CHECK(run_line(node, "stop").code == 69);
  const Printed printed = run_line(node, "stop --idempotent");
  CHECK(printed.code == 0);
  CHECK(printed.out == "Stopping and halting node a@h ...\nNode a@h is not running\n");
}

TEST_CASE("await_startup waits silently until the broker runs") {
  FakeNode node;
  node.answers = {status(false), status(false), status(true)};
  const Printed printed = run_line(node, "await_startup");
  CHECK(printed.code == 0);
  CHECK(printed.out.empty());
  CHECK(node.asked.size() == 3);
  node.answer = [](const Request&) { return status(false); };
  CHECK(run_line(node, "await_startup -t 2").code == 75);
  node.answer = nullptr;
  CHECK(run_line(node, "await_startup").code == 69);
}

TEST_CASE("await_online_nodes waits until there are enough") {
  FakeNode node;
  node.answers = {running_nodes(1), Heard(Answer(Failure{"the broker does not run", 64, {}, {}})), running_nodes(3)};
  const Printed printed = run_line(node, "await_online_nodes 3");
  CHECK(printed.code == 0);
  CHECK(printed.out == "Will wait for at least 3 nodes to join the cluster of a@h. Timeout: 300 seconds.\n");
  node.answer = [](const Request&) { return running_nodes(2); };
  const Printed late = run_line(node, "await_online_nodes 3 -t 5");
  CHECK(late.code == 70);
  CHECK(late.err == "Error: timed out while waiting. Not enough nodes joined a@h's cluster.\n");
}

TEST_CASE("await_online_nodes wants a number") {
  FakeNode node;
  for (const char* line : {"await_online_nodes many", "await_online_nodes 0", "await_online_nodes 1x"}) {
    const Printed printed = run_line(node, line);
    CHECK(printed.code == 65);
    CHECK(printed.err.find("Argument must be a positive integer") != std::string::npos);
  }
}

}  // namespace warren::ctl::testing
