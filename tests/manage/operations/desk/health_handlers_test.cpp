#include <doctest/doctest.h>

#include "tests/manage/operations/desk/ask.hpp"

namespace warren::manage::testing {
namespace {

ClusterFacts cluster(std::vector<std::string> here, std::vector<std::string> there) {
  ClusterFacts facts;
  facts.node = "a@h";
  facts.members.resize(2);
  facts.members[0].name = "a@h";
  facts.members[0].alarms = std::move(here);
  facts.members[1].name = "b@h";
  facts.members[1].alarms = std::move(there);
  return facts;
}

Answer read(std::string_view operation, const ClusterFacts& facts, const Map& arguments = {}) {
  const Rig rig;
  const Need needed = need(rig, operation, arguments);
  const auto& registrar = std::get<NeedRegistrar>(needed);
  REQUIRE(std::holds_alternative<ClusterFactsWanted>(registrar.request));
  REQUIRE((registrar.read != nullptr));
  return registrar.read(facts, registrar.arguments);
}

}  // namespace

TEST_CASE("without alarms the checks pass and say so") {
  CHECK(*read("alarms", cluster({}, {})) == Value("Node a@h reported no alarms, local or clusterwide"));
  CHECK(*read("check_alarms", cluster({}, {})) == Value("Node a@h reported no alarms, local or clusterwide"));
  CHECK(*read("check_local_alarms", cluster({}, {"memory"})) == Value("Node a@h reported no local alarms"));
}

TEST_CASE("an alarm of any node fails the check of the cluster, an own one that of the node") {
  const Answer everywhere = read("check_alarms", cluster({"disk"}, {"memory"}));
  REQUIRE_FALSE(everywhere.ok());
  CHECK(everywhere.error().code == kUnavailable);
  CHECK(everywhere.error().sentence == "Free disk space alarm on node a@h\nMemory alarm on node b@h");
  const Answer here = read("check_local_alarms", cluster({"disk"}, {"memory"}));
  REQUIRE_FALSE(here.ok());
  CHECK(here.error().sentence == "Free disk space alarm on node a@h");
  CHECK(*read("alarms", cluster({}, {"memory"})) == Value("Memory alarm on node b@h"));
}

TEST_CASE("whether the broker runs is told while it does not, too") {
  const Rig rig;
  CHECK(value(rig, "check_running", {}) == Value("RabbitMQ on node a@h is fully booted and running"));
  CHECK(value(rig, "is_running", {}) == Value("RabbitMQ on node a@h is fully booted and running"));
  CHECK(failure(rig, "check_running", {}, false).code == kUnavailable);
  const Need stopped = need(rig, "is_running", {}, false);
  CHECK(std::get<Answer>(stopped).ok());
}

TEST_CASE("listeners are those of the node that answers") {
  ClusterFacts facts = cluster({}, {});
  facts.members[0].listeners = {{"[::]", 5672, "amqp", "AMQP 0-9-1"}, {"[::]", 25672, "clustering", "nodes"}};
  facts.members[1].listeners = {{"[::]", 5673, "amqp", "AMQP 0-9-1"}};
  CHECK(*read("listeners", facts) == Value("Interface: [::], port: 5672, protocol: amqp, purpose: AMQP 0-9-1\n"
                                           "Interface: [::], port: 25672, protocol: clustering, purpose: nodes"));
  CHECK(*read("check_port_listener", facts, Map{}.add("port", "5672")) ==
        Value("A listener for port 5672 is running on node a@h."));
  CHECK(read("check_port_listener", facts, Map{}.add("port", "5673")).error().sentence ==
        "No listener for port 5673 is active on node a@h. Found listeners that use the following ports: 5672, 25672");
  CHECK(read("check_protocol_listener", facts, Map{}.add("protocol", "amqp")).ok());
  const Answer none = read("check_protocol_listener", facts, Map{}.add("protocol", "mqtt"));
  CHECK(none.error().code == kUnavailable);
}

TEST_CASE("limits are settings of the node") {
  const Rig rig;
  const auto part = wish<SetSetting>(rig, "set_vm_memory_high_watermark", Map{}.add("limit", "0.4"));
  CHECK(part.name == "vm_memory_high_watermark.relative");
  CHECK(part.value == "0.4");
  const auto bytes =
      wish<SetSetting>(rig, "set_vm_memory_high_watermark", Map{}.add("limit", "absolute").add("amount", "1GB"));
  CHECK(bytes.name == "vm_memory_high_watermark.absolute");
  CHECK(bytes.value == "1GB");
  CHECK(wish<SetSetting>(rig, "set_disk_free_limit", Map{}.add("limit", "2GB")).name == "disk_free_limit.absolute");
  CHECK(wish<SetSetting>(rig, "set_disk_free_limit", Map{}.add("limit", "mem_relative").add("amount", "1.5")).name ==
        "disk_free_limit.relative");
  CHECK(failure(rig, "set_disk_free_limit", Map{}.add("limit", "1GB").add("amount", "1")).code == kUsage);
  CHECK(failure(rig, "set_vm_memory_high_watermark", Map{}.add("limit", "absolute")).code == kUsage);
}

}  // namespace warren::manage::testing
