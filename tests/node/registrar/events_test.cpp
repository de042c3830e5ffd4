#include "node/registrar/events.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/limits.hpp"
#include "tests/broker/catalog/world.hpp"

namespace warren::node {
namespace {

using broker::Names;
using broker::table;

constexpr Now kNow{.instant_ms = 7, .wall_s = 1'700'000'000};

// A catalog whose changes are told.
class Telling {
 public:
  broker::World world;

  // Binds queue "events" to these keys. What that tells is dropped.
  void listen(std::string key) {
    if (!world.has_queue("events")) world.queue("events");
    world.bind("amq.rabbitmq.event", "events", std::move(key));
  }
  void apply(const broker::Command& command, std::string_view user = "guest") {
    events_.tell({world.apply(command)}, user, kNow);
  }
  void notice(const Happening& happening) { events_.tell(happening, "me@h", kNow); }
  broker::Command declare(std::string name) { return broker::DeclareQueue{world.queue_like(std::move(name))}; }

  std::vector<broker::MessageRef> messages() {
    std::vector<broker::MessageRef> messages;
    for (broker::QueueMail& mail : std::exchange(queue_mail_, {}))
      messages.push_back(std::get<broker::Enqueue>(mail.command).message);
    return messages;
  }
  // Routing keys of what was told since the last call.
  Names keys() {
    Names keys;
    for (const broker::MessageRef& message : messages()) keys.emplace_back(message->routing_key());
    return keys;
  }
  // Requires: one message was told.
  amqp::Table headers() {
    const auto told = messages();
    REQUIRE(told.size() == 1);
    auto properties = amqp::decode_properties(told.front()->properties());
    REQUIRE(properties.ok());
    return properties->headers;
  }

 private:
  broker::Router router_{world.catalog()};
  std::vector<broker::QueueMail> queue_mail_;
  std::vector<broker::Remember> memories_;
  InsidePublisher publisher_{router_, world.rng(), queue_mail_, memories_};
  Events events_{world.catalog(), publisher_};
};

constexpr std::int64_t kNowMs = kNow.wall_s * 1000;

}  // namespace

TEST_CASE("nothing is told while nobody listens") {
  Telling telling;
  telling.apply(telling.declare("q"));
  telling.notice(NodeSight{"b@h", true});
  telling.listen("queue.created");
  telling.apply(broker::DeleteQueue{telling.world.queue_id("q")});
  CHECK(telling.messages().empty());
}

TEST_CASE("8.2/138 an event is a persistent message without a body, stamped with the time") {
  Telling telling;
  telling.listen("#");
  telling.apply(telling.declare("q"));
  const auto told = telling.messages();
  REQUIRE(told.size() == 1);
  CHECK(told.front()->exchange() == "amq.rabbitmq.event");
  CHECK(told.front()->routing_key() == "queue.created");
  CHECK(told.front()->body().empty());
  CHECK(told.front()->traits().persistent);
  amqp::PropertiesView properties;
  REQUIRE(amqp::scan_properties(told.front()->properties(), properties));
  CHECK(properties.persistent());
  CHECK(properties.timestamp == 1'700'000'000);
}

TEST_CASE("8.2/138 a queue is told with its properties and its owner") {
  Telling telling;
  telling.listen("#");
  broker::QueueDefinition queue = telling.world.queue_like("q", {SessionId(9), NodeId(1), 2});
  queue.durable = true;
  queue.arguments = table({{"x-max-length", 5}});
  telling.apply(broker::DeclareQueue{queue});
  CHECK(telling.headers() == table({{"arguments", table({{"x-max-length", 5}})},
                                    {"auto_delete", false},
                                    {"durable", true},
                                    {"exclusive", true},
                                    {"name", "q"},
                                    {"owner_pid", "<1.2.9>"},
                                    {"timestamp_in_ms", kNowMs},
                                    {"user_who_performed_action", "guest"},
                                    {"vhost", "/"}}));
  telling.apply(broker::DeleteExclusiveQueues{{SessionId(9), NodeId(1), 2}}, "");
  CHECK(
      telling.headers() ==
      table(
          {{"name", "q"}, {"timestamp_in_ms", kNowMs}, {"user_who_performed_action", "rmq-internal"}, {"vhost", "/"}}));
}

TEST_CASE("arguments nested too deep for a header are left out") {
  Telling telling;
  telling.listen("#");
  broker::QueueDefinition queue = telling.world.queue_like("q");
  for (int depth = 0; depth < limits::kTableDepthMax + 2 && amqp::encodable(queue.arguments); ++depth)
    queue.arguments = table({{"deeper", std::exchange(queue.arguments, {})}});
  queue.arguments = std::move(*queue.arguments.entries.front().second.get<amqp::Table>());
  REQUIRE(amqp::encodable(queue.arguments));
  telling.apply(broker::DeclareQueue{queue});
  CHECK(telling.headers().find("arguments")->get<amqp::Table>()->empty());
}

TEST_CASE("4.12 an exchange is told with its type") {
  Telling telling;
  telling.listen("exchange.*");
  telling.apply(broker::DeclareExchange{telling.world.exchange_like("x", "fanout")});
  CHECK(telling.headers() == table({{"arguments", amqp::Table()},
                                    {"auto_delete", false},
                                    {"durable", false},
                                    {"internal", false},
                                    {"name", "x"},
                                    {"timestamp_in_ms", kNowMs},
                                    {"type", "fanout"},
                                    {"user_who_performed_action", "guest"},
                                    {"vhost", "/"}}));
  telling.apply(broker::DeleteExchange{telling.world.vhost(), "x"});
  CHECK(*telling.headers().find("name")->text() == "x");
}

TEST_CASE("4.12 a binding is told with its ends, those of deleted things too") {
  Telling telling;
  telling.listen("binding.*");
  telling.world.queue("q");
  telling.world.exchange("x", "fanout");
  telling.apply(telling.world.to_queue("amq.direct", "q", "k"));
  amqp::Table headers = telling.headers();
  const amqp::Table wanted = table({{"arguments", amqp::Table()},
                                    {"destination_kind", "queue"},
                                    {"destination_name", "q"},
                                    {"routing_key", "k"},
                                    {"source_kind", "exchange"},
                                    {"source_name", "amq.direct"},
                                    {"timestamp_in_ms", kNowMs},
                                    {"user_who_performed_action", "guest"},
                                    {"vhost", "/"}});
  CHECK(headers == wanted);
  telling.apply(broker::DeleteQueue{telling.world.queue_id("q")});
  CHECK(telling.headers() == wanted);
  telling.apply(telling.world.to_exchange("amq.direct", "x", "k"));
  CHECK(telling.keys() == Names{"binding.created"});
  telling.apply(broker::DeleteExchange{telling.world.vhost(), "x"});
  headers = telling.headers();
  CHECK(*headers.find("destination_name")->text() == "x");
  CHECK(*headers.find("destination_kind")->text() == "exchange");
}

TEST_CASE("4.12 the changes of one command are told in their order, of other vhosts too") {
  Telling telling;
  telling.listen("#");
  telling.world.queue("q");
  telling.world.auto_delete_exchange("x", "fanout");
  telling.world.bind("x", "q");
  telling.apply(broker::DeleteQueue{telling.world.queue_id("q")});
  CHECK(telling.keys() == Names{"binding.deleted", "queue.deleted", "exchange.deleted"});
  telling.apply(broker::AddVhost{"other"});
  Names made(7, "exchange.created");
  made.emplace_back("vhost.created");
  CHECK(telling.keys() == made);
  telling.apply(broker::DeleteVhost{"other"});
  const auto told = telling.messages();
  REQUIRE(told.size() == 8);
  CHECK(told.back()->routing_key() == "vhost.deleted");
  CHECK(*amqp::decode_properties(told.front()->properties())->headers.find("vhost")->text() == "other");
}

TEST_CASE("4.12 vhosts are told by name") {
  Telling telling;
  telling.listen("vhost.*");
  const amqp::Table wanted =
      table({{"name", "other"}, {"timestamp_in_ms", kNowMs}, {"user_who_performed_action", "guest"}});
  telling.apply(broker::AddVhost{"other"});
  CHECK(telling.headers() == wanted);
  telling.apply(broker::DeleteVhost{"other"});
  CHECK(telling.headers() == wanted);
}

TEST_CASE("4.12 users are told when they are made, changed and deleted, without their passwords") {
  Telling telling;
  telling.listen("user.#");
  const amqp::Table wanted =
      table({{"name", "bob"}, {"timestamp_in_ms", kNowMs}, {"user_who_performed_action", "guest"}});
  telling.apply(broker::PutUser{{"bob", "h1", {}}});
  CHECK(telling.headers() == wanted);
  telling.apply(broker::PutUser{{"bob", "h2", {"management", "monitoring"}}});
  CHECK(telling.keys() == Names{"user.password.changed", "user.tags.set"});
  telling.apply(broker::PutUser{{"bob", "h2", {"management"}}});
  CHECK(*telling.headers().find("tags")->get<amqp::Array>() == amqp::Array{"management"});
  telling.apply(broker::PutUser{{"bob", "", {"management"}}});
  CHECK(telling.keys() == Names{"user.password.cleared"});
  telling.apply(broker::DeleteUser{"bob"});
  CHECK(telling.keys() == Names{"user.deleted"});
  telling.apply(broker::PutUser{{"eve", "h", {"administrator"}}});
  CHECK(telling.keys() == Names{"user.created", "user.tags.set"});
}

TEST_CASE("4.12 permissions are told when they are set and when they end") {
  Telling telling;
  telling.listen("permission.*");
  telling.apply(broker::AddVhost{"other"});
  telling.apply(broker::PutUser{{"bob", "h", {}}});
  telling.apply(broker::SetPermission{"other", "bob", "c", "w", "r"});
  CHECK(telling.headers() == table({{"configure", "c"},
                                    {"read", "r"},
                                    {"timestamp_in_ms", kNowMs},
                                    {"user", "bob"},
                                    {"user_who_performed_action", "guest"},
                                    {"vhost", "other"},
                                    {"write", "w"}}));
  telling.apply(broker::DeleteVhost{"other"});
  CHECK(
      telling.headers() ==
      table(
          {{"timestamp_in_ms", kNowMs}, {"user", "bob"}, {"user_who_performed_action", "guest"}, {"vhost", "other"}}));
  telling.apply(broker::SetPermission{"/", "bob", "", "", ""});
  telling.apply(broker::DeleteUser{"bob"});
  CHECK(telling.keys() == Names{"permission.created", "permission.deleted"});
}

TEST_CASE("4.12 topic permissions and limits of vhosts are told") {
  Telling telling;
  telling.apply(broker::PutUser{{"bob", "h", {}}});
  telling.listen("#");
  telling.apply(broker::SetTopicPermission{"/", "bob", "amq.topic", "w", "r"});
  CHECK(telling.headers() == table({{"exchange", "amq.topic"},
                                    {"read", "r"},
                                    {"timestamp_in_ms", kNowMs},
                                    {"user", "bob"},
                                    {"user_who_performed_action", "guest"},
                                    {"vhost", "/"},
                                    {"write", "w"}}));
  telling.apply(broker::ClearTopicPermission{"/", "bob", ""});
  telling.apply(broker::SetVhostLimits{"/", {{}, 5u}});
  telling.apply(broker::SetVhostLimits{"/", {}});
  CHECK(telling.keys() == Names{"topic.permission.deleted", "vhost.limits.set", "vhost.limits.cleared"});
}

TEST_CASE("what happens to the event exchange's own binding is told to it") {
  Telling telling;
  telling.world.queue("q");
  telling.apply(telling.world.to_queue("amq.rabbitmq.event", "q", "#"));
  CHECK(telling.keys() == Names{"binding.created"});
  telling.apply(broker::DeleteVhost{"/"});
  CHECK(telling.messages().empty());
}

TEST_CASE("members that come, go, start and stop are told by name") {
  Telling telling;
  telling.listen("#");
  telling.apply(broker::AddNode{"w1", broker::NodeKind::disc, "h", 1});
  telling.apply(broker::NodeUp{NodeId(1), 5, "h", 1});
  telling.apply(broker::SetDraining{NodeId(1), true});
  telling.apply(broker::SetDraining{NodeId(1), false});
  telling.apply(broker::NodeDown{NodeId(1), 5});
  CHECK(telling.keys() == Names{"node.added", "node.up", "maintenance.draining", "maintenance.revived", "node.down"});
  telling.apply(broker::RemoveNode{NodeId(1)});
  CHECK(*telling.headers().find("node")->text() == "w1");
}

TEST_CASE("policies that are set and cleared are told, those of operators under keys of their own") {
  Telling telling;
  telling.listen("#");
  broker::SetPolicy set{"/", {}};
  set.policy.name = "p";
  set.policy.pattern = "^q";
  set.policy.definition = table({{"max-length", std::int64_t{2}}});
  telling.apply(set);
  const amqp::Table headers = telling.headers();
  CHECK(*headers.find("name")->text() == "p");
  CHECK(*headers.find("pattern")->text() == "^q");
  CHECK(*headers.find("apply-to")->text() == "all");
  CHECK(*headers.find("vhost")->text() == "/");
  set.policy.kind = broker::PolicyKind::operators;
  telling.apply(set);
  telling.apply(broker::ClearPolicy{"/", broker::PolicyKind::operators, "p"});
  telling.apply(broker::ClearPolicy{"/", broker::PolicyKind::user, "p"});
  CHECK(telling.keys() == Names{"operator.policy.set", "operator.policy.cleared", "policy.cleared"});
}

TEST_CASE("what happens to the copies of a queue is told with the node that it concerns") {
  Telling telling;
  telling.listen("queue.#");
  for (const char* name : {"a", "b"}) telling.apply(broker::AddNode{name, broker::NodeKind::disc, "h", 1});
  for (const std::uint32_t node : {1u, 2u}) telling.apply(broker::NodeUp{NodeId(node), 5, "h", 1});
  broker::QueueDefinition queue = telling.world.queue_like("q");
  queue.owner = NodeId(1);
  telling.apply(broker::DeclareQueue{queue});
  CHECK(telling.keys() == Names{"queue.created"});
  broker::SetPolicy set{"/", {}};
  set.policy.name = "ha";
  set.policy.pattern = "^q";
  set.policy.definition = table({{"ha-mode", "all"}});
  telling.apply(set);
  const amqp::Table added = telling.headers();
  CHECK(*added.find("name")->text() == "q");
  CHECK(*added.find("node")->text() == "b");
  const broker::QueueDefinition& q = *telling.world.catalog().queue(telling.world.queue_id("q"));
  telling.apply(broker::FillCopies{q.ref.id, true});
  telling.apply(broker::FillCopies{q.ref.id, false});
  telling.apply(broker::SetInSync{q.ref.id, q.ref.epoch, q.mirror_round, NodeId(2), true});
  CHECK(telling.keys() == Names{"queue.sync.started", "queue.sync.cancelled", "queue.mirror.synchronised"});
  telling.apply(broker::TransferQueue{q.ref.id, q.ref.epoch, NodeId(2)});
  telling.apply(broker::ClearPolicy{"/", broker::PolicyKind::user, "ha"});
  CHECK(telling.keys() ==
        Names{"queue.owner.changed", "queue.mirror.added", "queue.mirror.synchronised", "queue.mirror.removed"});
}

TEST_CASE("what a node notices is told as what commands do, in the name of who wanted what was refused") {
  Telling telling;
  telling.listen("#");
  telling.notice(NodeSight{"b@h", false});
  CHECK(telling.headers() == table({{"node", "b@h"},
                                    {"observer", "me@h"},
                                    {"timestamp_in_ms", kNowMs},
                                    {"user_who_performed_action", "rmq-internal"}}));
  telling.notice(DefinitionRefused{"no disc", "bob", 2});
  CHECK(telling.headers() == table({{"more", std::int64_t{2}},
                                    {"node", "me@h"},
                                    {"reason", "no disc"},
                                    {"timestamp_in_ms", kNowMs},
                                    {"user", "bob"},
                                    {"user_who_performed_action", "bob"}}));
  telling.notice(AlarmChange{"disk", true});
  CHECK(telling.keys() == Names{"alarm.set"});
}

}  // namespace warren::node
