#include "manage/operations/rows/queue_row.hpp"

#include <doctest/doctest.h>

#include "manage/operations/words/columns.hpp"
#include "tests/manage/operations/rows/surroundings.hpp"

namespace warren::manage::testing {

TEST_CASE("the columns that are offered for queues are those that can be made") {
  CHECK(names_of(queue_columns()) == kQueueColumns.all);
}

TEST_CASE("a queue tells its definition and its counts") {
  Rig rig;
  rig.declare_on(NodeId(1), "orders", true, {{{"x-max-length", amqp::Value(std::int32_t{10})}}});
  const broker::QueueStats stats{3, 2, 1, 300, 5000};
  const Row row = queue_row(
      about(Subject::queues, {"name", "durable", "arguments", "messages", "messages_ready", "messages_unacknowledged",
                              "consumers", "memory", "state", "leader", "exclusive", "owner_pid", "policy"}),
      {rig.catalog, rig.queue("orders"), &stats});
  CHECK(text_of(row) ==
        R"({"name":"orders","durable":true,"arguments":{"x-max-length":10},"messages":5,"messages_ready":3,)"
        R"("messages_unacknowledged":2,"consumers":1,"memory":5000,"state":"running","leader":"",)"
        R"("exclusive":false,"owner_pid":null,"policy":null})");
  CHECK(row.order == "/ orders");
}

TEST_CASE("of a queue whose node does not run nobody knows the counts") {
  Rig rig;
  rig.declare_on(NodeId(2), "away");
  const Row row = queue_row(about(Subject::queues, {"name", "messages", "consumers", "state", "online", "members"}),
                            {rig.catalog, rig.queue("away"), nullptr});
  CHECK(text_of(row) == R"({"name":"away","messages":null,"consumers":null,"state":"down","online":"","members":""})");
}

TEST_CASE("the owner of an exclusive queue is named as its connection is") {
  Rig rig;
  broker::QueueDefinition queue;
  queue.vhost = rig.catalog.find_vhost("/")->id;
  queue.name = "mine";
  queue.exclusive_owner = {SessionId(5), NodeId(1), 3};
  queue.owner = NodeId(1);
  rig.apply(broker::DeclareQueue{queue});
  const Row row = queue_row(about(Subject::queues, {"owner_pid"}), {rig.catalog, rig.queue("mine"), nullptr});
  CHECK(text_of(row) == R"({"owner_pid":"<a@h.3.5.0>"})");
}

TEST_CASE("a mirrored queue tells its mirrors by age, and those in sync by who came last") {
  Rig rig;
  for (const char* name : {"c@h", "d@h"}) rig.apply(broker::AddNode{name, broker::NodeKind::disc, "h", 1});
  const QueueRef queue = rig.declare_on(NodeId(1), "q");
  const auto told = [&] {
    return text_of(queue_row(about(Subject::queues, {"slave_pids", "synchronised_slave_pids"}),
                             {rig.catalog, rig.queue("q"), nullptr}));
  };
  CHECK(told() == R"({"slave_pids":"","synchronised_slave_pids":""})");
  broker::PolicyDefinition policy;
  policy.name = "ha";
  policy.pattern = ".*";
  policy.definition.set("ha-mode", "all");
  rig.apply(broker::SetPolicy{"/", policy});
  CHECK(told() == R"({"slave_pids":[],"synchronised_slave_pids":[]})");
  for (const std::uint32_t node : {3u, 4u}) {
    rig.apply(broker::NodeUp{NodeId(node), 7, "h", 1});
    rig.apply(broker::SetInSync{queue.id, queue.epoch, rig.catalog.queue(queue.id)->mirror_round, NodeId(node), true});
  }
  CHECK(told() == R"({"slave_pids":["<c@h.1.0.0>","<d@h.1.0.0>"],)"
                  R"("synchronised_slave_pids":["<d@h.1.0.0>","<c@h.1.0.0>"]})");
}

TEST_CASE("a queue whose copies are being filled says how far they are") {
  Rig rig;
  rig.declare_on(NodeId(1), "q");
  const broker::QueueStats stats{3, 2, 1, 300, 5000};
  CHECK(text_of(queue_row(about(Subject::queues, {"state"}), {rig.catalog, rig.queue("q"), &stats, 42})) ==
        R"({"state":"{syncing, 42}"})");
}

TEST_CASE("a question is about one vhost or about all") {
  Rig rig;
  rig.declare_on(NodeId(1), "q");
  const QueueFacts facts{rig.catalog, rig.queue("q"), nullptr};
  CHECK(asked_for(about(Subject::queues, {}), facts));
  CHECK(asked_for(about(Subject::queues, {}, ""), facts));
  CHECK_FALSE(asked_for(about(Subject::queues, {}, "other"), facts));
}

}  // namespace warren::manage::testing
