#include "manage/operations/facts/cluster_facts.hpp"

#include <doctest/doctest.h>

#include "manage/operations/json/json.hpp"

namespace warren::manage {
namespace {

MemberFacts member(std::string name, std::string kind, bool running) {
  MemberFacts facts;
  facts.name = std::move(name);
  facts.kind = std::move(kind);
  facts.running = running;
  if (running) facts.version = "0.1.0";
  return facts;
}

}  // namespace

TEST_CASE("the facts of a cluster have the keys that rabbitmqctl prints") {
  ClusterFacts facts{
      "prod", "a@h", "b@h", {member("a@h", "disc", true), member("b@h", "ram", true), member("c@h", "disc", false)}};
  facts.members[0].listeners = {{"[::]", 5672, "amqp", "AMQP 0-9-1"}};
  facts.members[0].cannot_see = {"b@h"};
  facts.members[1].draining = true;
  facts.members[1].alarms = {"memory"};
  const Value value = value_of(facts);
  const Map& map = *value.get<Map>();
  CHECK(text_of(map, "cluster_name") == "prod");
  CHECK(json(*map.find("disk_nodes")) == R"(["a@h","c@h"])");
  CHECK(json(*map.find("ram_nodes")) == R"(["b@h"])");
  CHECK(json(*map.find("running_nodes")) == R"(["a@h","b@h"])");
  CHECK(json(*map.find("maintenance_status")) ==
        R"({"a@h":"not under maintenance","b@h":"marked for maintenance","c@h":"unknown"})");
  CHECK(json(*map.find("alarms")) == R"([{"node":"b@h","resource":"memory"}])");
  CHECK(json(*map.find("partitions")) == R"({"a@h":["b@h"]})");
  CHECK(json(*map.find("listeners")) ==
        R"({"a@h":[{"node":"a@h","protocol":"amqp","interface":"[::]","port":5672,"purpose":"AMQP 0-9-1"}]})");
  CHECK(json(map_of(map, "versions").entries[0].second) ==
        R"({"rabbitmq_name":"Warren","rabbitmq_version":"0.1.0","erlang_version":null})");
  CHECK(map_of(map, "versions").size() == 2);
  CHECK(text_of(map, "leader") == "b@h");
}

TEST_CASE("a cluster without a leader says so") {
  CHECK(value_of(ClusterFacts{}).get<Map>()->find("leader")->is_null());
}

TEST_CASE("the facts of a node are told in full") {
  NodeFacts facts;
  facts.node = "a@h";
  facts.pid = 7;
  facts.app_running = true;
  facts.alarms = {"disk"};
  facts.memory_used_bytes = 1000;
  facts.queues = 3;
  const Value value = value_of(facts);
  const Map& map = *value.get<Map>();
  CHECK(*map.find("pid") == Value(7));
  CHECK(flag_of(map, "app_running"));
  CHECK_FALSE(flag_of(map, "is_paused"));
  CHECK(json(*map.find("alarms")) == R"([{"node":"a@h","resource":"disk"}])");
  CHECK(json(*map.find("memory")) == R"({"total":1000,"rss":0})");
  CHECK(*map_of(map, "totals").find("queue_count") == Value(3));
  CHECK(json(*map.find("log_files")) == R"(["<stdout>"])");
  CHECK(json(*map.find("config_files")) == "[]");
}

}  // namespace warren::manage
