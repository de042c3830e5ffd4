#include <doctest/doctest.h>

#include <tuple>

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

TEST_CASE("wait waits for the broker of a pid file's process, and says how far it is") {
  FakeNode node;
  node.ends_at_ms = 100'000;
  node.answers.emplace_back(Trouble{Trouble::Kind::unreachable, "DIAGNOSTICS\n"});
  node.answers.push_back(status(false));
  node.answers.push_back(status(true));
  const Printed printed = run_line(node, "wait good.pid");
  CHECK(printed.code == 0);
  CHECK(printed.out ==
        "Waiting for pid file 'good.pid' to appear\npid is 4242\n"
        "Waiting for node 'a@h' to answer while OS process '4242' is running\n"
        "Waiting for applications 'rabbit_and_plugins' to start on node 'a@h'\n"
        "Applications 'rabbit_and_plugins' are running on node 'a@h'\n");
  node.answers.push_back(status(true));
  const Printed quiet = run_line(node, "wait --pid 7 -q");
  CHECK(quiet.code == 0);
  CHECK(quiet.out.empty());
}

TEST_CASE("wait ends with the process, and when its time is up") {
  FakeNode node;
  node.ends_at_ms = 1000;
  const Printed ended = run_line(node, "wait -P 7 -q");
  CHECK(ended.code == 70);
  CHECK(ended.err == "Error: process is not running.\n");
  CHECK(node.now_ms >= 1000);
  node.ends_at_ms = 1'000'000;
  CHECK(run_line(node, "wait -P 7 -q").code == 75);
  const Printed no_file = run_line(node, "wait bad.pid -t 2");
  CHECK(no_file.code == 75);
  CHECK(no_file.err == "Error: operation wait on node a@h timed out. Timeout value used: 2000\n");
}

TEST_CASE("wait wants either a file or a process") {
  FakeNode node;
  for (const auto& [line, code, words] : {std::tuple{"wait", 64, "No pid or pidfile specified"},
                                          {"wait a.pid b.pid", 64, "too many arguments."},
                                          {"wait a.pid --pid 5", 64, "Cannot specify both pid and pidfile"},
                                          {"wait --pid x", 65, "positive integer"}}) {
    const Printed printed = run_line(node, line);
    CHECK(printed.code == code);
    CHECK(printed.err.find(words) != std::string::npos);
  }
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

TEST_CASE("sync_queue waits until every mirror has everything") {
  const auto state = [](int synchronised, bool syncing) {
    return Heard(
        Answer(Value(List{Map{}.add("mirrors", 2).add("synchronised", synchronised).add("syncing", syncing)})));
  };
  const Heard begun(Answer(Value{}));
  FakeNode node;
  node.answers = {begun, state(0, true), state(1, true), state(2, false)};
  const Printed printed = run_line(node, "sync_queue q -p v");
  CHECK(printed.code == 0);
  CHECK(printed.out == "Synchronising queue 'q' in vhost 'v' ...\n");
  CHECK(node.asked.size() == 4);
  CHECK(node.asked[1].arguments == Map{}.add("queue", "q").add("vhost", "v"));
  node.answers = {begun, state(0, true), state(0, false)};
  CHECK(run_line(node, "sync_queue q").code == 69);
  node.answers = {begun};
  CHECK(run_line(node, "sync_queue q --no-wait").code == 0);
  node.answers = {Heard(Answer(Failure{"not_mirrored", 69, "not_mirrored", {}}))};
  const Printed refused = run_line(node, "sync_queue q");
  CHECK(refused.code == 69);
  CHECK(refused.err == "Error:\nnot_mirrored\n");
  node.answers = {begun};
  for (int i = 0; i < 30; ++i) node.answers.push_back(state(0, true));
  CHECK(run_line(node, "sync_queue q -t 3").code == 75);
}

TEST_CASE("await_online_synchronized_mirror waits until the node is critical no more") {
  const Heard critical(Answer(Failure{"queue 'q' ...", 69, "mirror_sync_critical", {}}));
  FakeNode node;
  node.answers = {critical, critical, Heard(Answer(Value("fine")))};
  const Printed printed = run_line(node, "await_online_synchronized_mirror -t 60");
  CHECK(printed.code == 0);
  CHECK(printed.out ==
        "Will wait for a synchronised mirror be online for all classic mirrored queues, timeout: 60 seconds...\n");
  node.answer = [&](const Request&) { return critical; };
  const Printed late = run_line(node, "await_online_synchronized_mirror -t 2");
  CHECK(late.code == 69);
  CHECK(late.err.find("time is up") != std::string::npos);
}

}  // namespace warren::ctl::testing
