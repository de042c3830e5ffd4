#include "tools/ctl/print/sections.hpp"

#include <doctest/doctest.h>

#include "manage/operations/facts/cluster_facts.hpp"

namespace warren::ctl {

TEST_CASE("the status of a cluster is told in sections") {
  manage::ClusterFacts facts{"prod", "a@h", "a@h", {}};
  facts.members.resize(2);
  facts.members[0].name = "a@h";
  facts.members[0].kind = "disc";
  facts.members[0].running = true;
  facts.members[0].version = "0.1.0";
  facts.members[0].listeners = {{"[::]", 5672, "amqp", "AMQP 0-9-1"}};
  facts.members[0].cannot_see = {"b@h"};
  facts.members[1].name = "b@h";
  facts.members[1].kind = "ram";
  const manage::Value value = manage::value_of(facts);
  CHECK(print_cluster_status(*value.get<manage::Map>()) ==
        "Basics\n\nCluster name: prod\nLeader: a@h\n\n"
        "Disk Nodes\n\na@h\n\n"
        "RAM Nodes\n\nb@h\n\n"
        "Running Nodes\n\na@h\n\n"
        "Versions\n\na@h: Warren 0.1.0\n\n"
        "Maintenance status\n\nNode: a@h, status: not under maintenance\nNode: b@h, status: unknown\n\n"
        "Alarms\n\n(none)\n\n"
        "Network Partitions\n\nNode a@h cannot communicate with b@h\n\n"
        "Listeners\n\nNode: a@h, interface: [::], port: 5672, protocol: amqp, purpose: AMQP 0-9-1\n");
}

TEST_CASE("alarms are named") {
  manage::ClusterFacts facts;
  facts.members.resize(1);
  facts.members[0].name = "c@h";
  facts.members[0].alarms = {"memory", "disk"};
  const manage::Value value = manage::value_of(facts);
  CHECK(print_cluster_status(*value.get<manage::Map>())
            .find("Alarms\n\nMemory alarm on node c@h\nFree disk space alarm on node c@h\n") != std::string::npos);
}

TEST_CASE("the status of a node is told in sections") {
  manage::NodeFacts facts;
  facts.node = "a@h";
  facts.pid = 7;
  facts.app_running = true;
  facts.data_directory = "/d";
  facts.memory_limit_bytes = 2'500'000'000;
  facts.listeners = {{"[::]", 5672, "amqp", "AMQP 0-9-1"}};
  const manage::Value value = manage::value_of(facts);
  const std::string text = print_status(*value.get<manage::Map>());
  CHECK(text.starts_with("Runtime\n\nOS PID: 7\n"));
  CHECK(text.find("Data directory\n\nNode data directory: /d\n") != std::string::npos);
  CHECK(text.find("Memory high watermark: 2.5000 gb\n") != std::string::npos);
  CHECK(text.find("Config files\n\n(none)\n") != std::string::npos);
  CHECK(text.ends_with("Listeners\n\nInterface: [::], port: 5672, protocol: amqp, purpose: AMQP 0-9-1\n"));
}

TEST_CASE("what lacks its facts still prints") {
  CHECK_FALSE(print_status({}).empty());
  CHECK_FALSE(print_cluster_status({}).empty());
}

}  // namespace warren::ctl
