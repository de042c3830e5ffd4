#include "broker/catalog/catalog.hpp"

#include <string>

#include "tests/broker/catalog/random_commands.hpp"
#include "tests/broker/catalog/world.hpp"

namespace warren::broker {
namespace {

std::string describe(const Binding& binding) {
  const BindingDefinition& fields = binding.definition;
  return "  binding " + std::to_string(binding.number) + ": " + std::to_string(fields.source.value) +
         (fields.kind == DestinationKind::queue ? " to queue " : " to exchange ") + std::to_string(fields.destination) +
         " by '" + fields.routing_key + "' " + amqp::print(fields.arguments) + "\n";
}

// Everything that a catalog holds, as text.
std::string dump(const Catalog& catalog) {
  std::vector<std::string> lines;
  catalog.for_each_node([&](const NodeDefinition& node) {
    lines.push_back("node " + std::to_string(node.id.value) + " " + node.name + " at " + node.host + " process " +
                    std::to_string(node.incarnation) + (node.running ? " running" : "") +
                    (node.draining ? " draining" : ""));
  });
  if (!catalog.cluster_name().empty()) lines.push_back("cluster " + catalog.cluster_name());
  catalog.for_each_user([&](const UserDefinition& user) { lines.push_back("user " + user.name + user.password_hash); });
  catalog.for_each_vhost([&](const VhostDefinition& vhost) {
    lines.push_back("vhost " + std::to_string(vhost.id.value) + " " + vhost.name + " " +
                    std::to_string(vhost.limits.queues.value_or(0)));
    catalog.for_each_topic_permission(vhost.id, [&](const TopicPermissionDefinition& permission) {
      lines.push_back("topic permission " + std::to_string(vhost.id.value) + permission.user + permission.exchange +
                      permission.write);
    });
    catalog.for_each_permission(vhost.id, [&](const PermissionDefinition& permission) {
      lines.push_back("permission " + std::to_string(vhost.id.value) + permission.user + permission.read);
    });
    catalog.for_each_exchange(vhost.id, [&](const Exchange& exchange) {
      std::string text = "exchange " + std::to_string(exchange.definition.id.value) + " " + exchange.definition.name +
                         " " + exchange.definition.type + "\n";
      for (const Binding& binding : exchange.outgoing) text += describe(binding);
      lines.push_back(text);
    });
    catalog.for_each_queue(vhost.id, [&](const QueueDefinition& queue) {
      std::string text = "queue " + std::to_string(queue.ref.id.value) + " " + queue.name + "\n";
      for (const Binding& binding : catalog.bindings_of(queue.ref.id)) text += describe(binding);
      lines.push_back(text);
    });
  });
  std::ranges::sort(lines);
  std::string text = "revision " + std::to_string(catalog.revision().value) + "\n";
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

std::string describe(const Change& change) {
  struct Visitor {
    std::string operator()(const QueueCreated& c) { return "+q" + std::to_string(c.queue.value); }
    std::string operator()(const QueueDeleted& c) { return "-q" + c.queue.name; }
    std::string operator()(const ExchangeCreated& c) { return "+x" + std::to_string(c.exchange.value); }
    std::string operator()(const ExchangeDeleted& c) { return "-x" + c.exchange.name; }
    std::string operator()(const BindingCreated& c) { return "+b" + c.binding.routing_key; }
    std::string operator()(const BindingDeleted& c) { return "-b" + c.binding.routing_key; }
    std::string operator()(const VhostCreated& c) { return "+v" + std::to_string(c.vhost.value); }
    std::string operator()(const VhostDeleted& c) { return "-v" + c.vhost.name; }
    std::string operator()(const UserPut& c) { return (c.created ? "+u" : "~u") + c.name; }
    std::string operator()(const UserDeleted& c) { return "-u" + c.name; }
    std::string operator()(const PermissionSet& c) { return "+p" + std::to_string(c.vhost.value) + c.user; }
    std::string operator()(const PermissionCleared& c) { return "-p" + std::to_string(c.vhost.value) + c.user; }
    std::string operator()(const NodeAdded& c) { return "+n" + std::to_string(c.node.value); }
    std::string operator()(const NodeWentUp& c) {
      return "^n" + std::to_string(c.node.value) + (c.restarted ? "!" : "");
    }
    std::string operator()(const NodeWentDown& c) { return "vn" + std::to_string(c.node.value); }
    std::string operator()(const NodeRemoved& c) { return "-n" + c.node.name; }
    std::string operator()(const NodeDraining& c) { return "~n" + std::to_string(c.node.value); }
    std::string operator()(const ClusterNamed&) { return "~c"; }
    std::string operator()(const TopicPermissionSet& c) {
      return "+t" + std::to_string(c.vhost.value) + c.user + c.exchange;
    }
    std::string operator()(const TopicPermissionCleared& c) {
      return "-t" + std::to_string(c.vhost.value) + c.user + c.exchange;
    }
    std::string operator()(const VhostLimited& c) { return "~v" + std::to_string(c.vhost.value); }
    std::string operator()(const PolicySet& c) { return "+l" + std::to_string(c.vhost.value) + c.name; }
    std::string operator()(const QueueMoved& c) {
      return "q" + std::to_string(c.queue.value) + ">" + std::to_string(c.to.value);
    }
    std::string operator()(const MirrorsChanged& c) { return "~m" + std::to_string(c.queue.value); }
    std::string operator()(const PolicyCleared& c) { return "-l" + std::to_string(c.vhost.value) + c.name; }
  };
  return std::visit(Visitor{}, change);
}

std::string describe(const Result<Applied, Refusal>& outcome) {
  if (!outcome.ok()) return outcome.error().text;
  std::string text;
  for (const Change& change : outcome.value().changes) text += describe(change) + " ";
  return text;
}

}  // namespace

TEST_CASE("the same commands make the same catalog, change by change and word by word") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    Catalog one;
    Catalog other;
    RandomCommands for_one(seed);
    RandomCommands for_other(seed);
    for (int i = 0; i < 2000; ++i) {
      const Revision before = one.revision();
      const auto outcome = one.apply(for_one.next());
      REQUIRE(describe(outcome) == describe(other.apply(for_other.next())));
      if (!outcome.ok()) CHECK(one.revision() == before);
      if (outcome.ok()) CHECK(one.revision().value == before.value + (outcome.value().changes.empty() ? 0 : 1));
    }
    CHECK(dump(one) == dump(other));
  }
}

TEST_CASE("removing everything leaves nothing") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    Catalog catalog;
    RandomCommands commands(seed);
    for (int i = 0; i < 1000; ++i) (void)catalog.apply(commands.next());
    std::vector<QueueId> queues;
    catalog.for_each_vhost([&](const VhostDefinition& vhost) {
      catalog.for_each_queue(vhost.id, [&](const QueueDefinition& queue) { queues.push_back(queue.ref.id); });
    });
    for (QueueId queue : queues) CHECK(catalog.apply(DeleteQueue{queue}).ok());
    CHECK(catalog.queue_count() == 0);
    for (const char* vhost : {"v0", "v1"}) CHECK(catalog.apply(DeleteVhost{vhost}).ok());
    for (const char* user : {"u0", "u1", "u2"}) CHECK(catalog.apply(DeleteUser{user}).ok());
    for (std::uint32_t node = 1; node <= catalog.counters().node.value; ++node)
      CHECK(catalog.apply(RemoveNode{NodeId(node)}).ok());
    CHECK(catalog.apply(SetClusterName{}).ok());
    CHECK(catalog.exchange_count() == 0);
    CHECK(catalog.binding_count() == 0);
    CHECK(dump(catalog) == "revision " + std::to_string(catalog.revision().value) + "\n");
  }
}

TEST_CASE("a catalog that was reset is as one that was made") {
  Catalog catalog;
  RandomCommands commands(1);
  for (int i = 0; i < 1000; ++i) (void)catalog.apply(commands.next());
  catalog.reset();
  CHECK(dump(catalog) == dump(Catalog()));
  CHECK(catalog.counters().queue == QueueId());
  CHECK(catalog.routes_revision() == Revision());
  CHECK(catalog.queue_count() + catalog.exchange_count() + catalog.binding_count() + catalog.node_count() == 0);
  RandomCommands again(1);
  RandomCommands other_again(1);
  Catalog other;
  for (int i = 0; i < 1000; ++i)
    REQUIRE(describe(catalog.apply(again.next())) == describe(other.apply(other_again.next())));
  CHECK(dump(catalog) == dump(other));
}

TEST_CASE("the bindings of a vhost are walked source by source") {
  World world;
  world.queue("q");
  world.bind("amq.topic", "q", "a");
  world.bind("amq.direct", "q", "b");
  world.bind_exchange("amq.direct", "amq.topic", "c");
  int count = 0;
  world.catalog().for_each_binding(world.vhost(), [&](const Binding& binding) {
    CHECK(binding.source->definition.id == binding.definition.source);
    ++count;
  });
  CHECK(count == 3);
}

TEST_CASE("look-ups answer null for what is not there") {
  const Catalog catalog;
  CHECK(catalog.node(NodeId(1)) == nullptr);
  CHECK(catalog.find_node("w1") == nullptr);
  CHECK_FALSE(catalog.node_running(NodeId(1)));
  CHECK(catalog.cluster_name().empty());
  CHECK(catalog.find_vhost("/") == nullptr);
  CHECK(catalog.vhost(VhostId(1)) == nullptr);
  CHECK(catalog.find_user("guest") == nullptr);
  CHECK(catalog.find_permission(VhostId(1), "guest") == nullptr);
  CHECK(catalog.find_exchange(VhostId(1), "") == nullptr);
  CHECK(catalog.exchange(ExchangeId(1)) == nullptr);
  CHECK(catalog.find_queue(VhostId(1), "q") == nullptr);
  CHECK(catalog.queue(QueueId(1)) == nullptr);
}

}  // namespace warren::broker
