#include "tests/broker/catalog/world.hpp"

namespace warren::broker {
namespace {

using amqp::ReplyCode;

DeclareExchange declare(ExchangeDefinition wanted) { return {std::move(wanted)}; }

}  // namespace

TEST_CASE("8.2/89 declaring an exchange again changes nothing") {
  World world;
  CHECK(count_changes<ExchangeCreated>(world.exchange("x", "topic")) == 1);
  const ExchangeId id = world.exchange_record("x").definition.id;
  const Revision before = world.catalog().revision();
  CHECK(world.exchange("x", "topic").empty());
  CHECK(world.catalog().revision() == before);
  CHECK(world.exchange_record("x").definition.id == id);
  CHECK(world.catalog().exchange(id) == &world.exchange_record("x"));
}

TEST_CASE("a declared exchange keeps what was asked, whatever identity was asked for") {
  World world;
  ExchangeDefinition wanted = world.exchange_like("x", "fanout", table({{"k", 1}}));
  wanted.id = ExchangeId(999);
  wanted.durable = wanted.internal = wanted.auto_delete = true;
  world.apply(declare(wanted));
  const ExchangeDefinition& held = world.exchange_record("x").definition;
  CHECK(held.id != ExchangeId(999));
  CHECK(held.durable);
  CHECK(held.internal);
  CHECK(held.auto_delete);
  CHECK(held.arguments == wanted.arguments);
}

TEST_CASE("8.2/99 amq.direct may be declared as it is, and not otherwise") {
  World world;
  ExchangeDefinition wanted = world.exchange_like("amq.direct", "direct");
  CHECK(world.refusal(declare(wanted)).text ==
        "inequivalent arg 'durable' for exchange 'amq.direct' in vhost '/': received 'false' but current is 'true'");
  wanted.durable = true;
  CHECK(world.apply(declare(wanted)).empty());
}

TEST_CASE("8.2/97 the default exchange is not declared, the type is checked before") {
  World world;
  CHECK(world.refusal(declare(world.exchange_like("", "direct"))).code == ReplyCode::access_refused);
  CHECK(world.refusal(declare(world.exchange_like("", "nonesuch"))).code == ReplyCode::precondition_failed);
}

TEST_CASE("8.2/101 8.2/102 exchanges of the system are not deleted, missing ones neither") {
  World world;
  CHECK(world.refusal(DeleteExchange{world.vhost(), ""}).text == "operation not permitted on the default exchange");
  CHECK(world.refusal(DeleteExchange{world.vhost(), "amq.direct"}).text ==
        "deletion of system exchange 'amq.direct' in vhost '/' not allowed");
  CHECK(world.refusal(DeleteExchange{world.vhost(), "amq.nonexistent"}).code == ReplyCode::access_refused);
}

TEST_CASE("8.2/103 deleting a missing exchange changes nothing") {
  World world;
  const Revision before = world.catalog().revision();
  CHECK(world.apply(DeleteExchange{world.vhost(), "x"}).empty());
  CHECK(world.catalog().revision() == before);
}

TEST_CASE("8.2/104 8.2/105 only being a source is being in use") {
  World world;
  world.exchange("x", "fanout");
  world.exchange("y", "fanout");
  world.bind_exchange("x", "y");
  const Refusal refusal = world.refusal(DeleteExchange{world.vhost(), "x", true});
  CHECK(refusal.code == ReplyCode::precondition_failed);
  CHECK(refusal.text == "exchange 'x' in vhost '/' in use");
  CHECK(deleted_exchanges(world.apply(DeleteExchange{world.vhost(), "y", true})) == Names{"y"});
  CHECK(deleted_exchanges(world.apply(DeleteExchange{world.vhost(), "x", true})) == Names{"x"});
}

TEST_CASE("a deleted exchange takes the bindings from it and to it along, and its number is not given again") {
  World world;
  world.queue("q");
  world.exchange("x", "topic");
  world.bind("x", "q", "a");
  world.bind("x", "q", "b");
  world.bind_exchange("amq.topic", "x", "#");
  world.bind_exchange("x", "x", "loop");
  const ExchangeId id = world.exchange_record("x").definition.id;
  const auto changes = world.apply(DeleteExchange{world.vhost(), "x"});
  CHECK(count_changes<BindingDeleted>(changes) == 4);
  CHECK(std::holds_alternative<ExchangeDeleted>(changes.back()));
  CHECK(world.catalog().exchange(id) == nullptr);
  CHECK(world.catalog().binding_count() == 0);
  CHECK(world.catalog().bindings_of(world.queue_id("q")).empty());
  CHECK(world.exchange_record("amq.topic").outgoing_count == 0);
  CHECK(world.route("amq.topic", "a").empty());
  world.exchange("x", "topic");
  CHECK(world.exchange_record("x").definition.id > id);
}

TEST_CASE("8.2/119 an auto-delete exchange goes with its last unbind") {
  World world;
  world.queue("q");
  world.auto_delete_exchange("x", "direct");
  world.bind("x", "q", "a");
  world.bind("x", "q", "b");
  CHECK(deleted_exchanges(world.apply(Unbind{world.to_queue("x", "q", "a")})).empty());
  CHECK(world.apply(Unbind{world.to_queue("x", "q", "none")}).empty());
  CHECK(deleted_exchanges(world.apply(Unbind{world.to_queue("x", "q", "b")})) == Names{"x"});
  CHECK_FALSE(world.has_exchange("x"));
}

TEST_CASE("8.2/120 an auto-delete exchange goes with the last queue bound to it") {
  World world;
  world.queue("q1");
  world.queue("q2");
  world.auto_delete_exchange("x", "fanout");
  world.bind("x", "q1");
  world.bind("x", "q1", "again");
  world.bind("x", "q2");
  CHECK(deleted_exchanges(world.delete_queue("q1")).empty());
  CHECK(deleted_exchanges(world.delete_queue("q2")) == Names{"x"});
}

TEST_CASE("8.2/121 an auto-delete exchange goes with the exchange that it leads to, and so on up the chain") {
  World world;
  for (const char* name : {"a", "b", "c"}) world.auto_delete_exchange(name, "fanout");
  world.exchange("d", "fanout");
  world.bind_exchange("a", "b");
  world.bind_exchange("b", "c");
  world.bind_exchange("c", "d");
  CHECK(deleted_exchanges(world.apply(DeleteExchange{world.vhost(), "d"})) == Names{"d", "c", "b", "a"});
  CHECK(world.catalog().binding_count() == 0);
}

TEST_CASE("a ring of auto-delete exchanges goes at once when one is deleted") {
  World world;
  for (const char* name : {"a", "b", "c"}) world.auto_delete_exchange(name, "fanout");
  world.bind_exchange("a", "b");
  world.bind_exchange("b", "c");
  world.bind_exchange("c", "a");
  CHECK(deleted_exchanges(world.apply(DeleteExchange{world.vhost(), "b"})) == Names{"b", "a", "c"});
}

TEST_CASE("a chain of auto-delete exchanges may be very long") {
  World world;
  constexpr int kLength = 20000;
  for (int i = 0; i <= kLength; ++i) world.auto_delete_exchange("x" + std::to_string(i), "fanout");
  for (int i = 0; i < kLength; ++i) world.bind_exchange("x" + std::to_string(i), "x" + std::to_string(i + 1));
  const auto changes = world.apply(DeleteExchange{world.vhost(), "x" + std::to_string(kLength)});
  CHECK(deleted_exchanges(changes).size() == kLength + 1);
}

TEST_CASE("8.2/122 an auto-delete exchange that was never bound stays") {
  World world;
  world.queue("q");
  world.auto_delete_exchange("x", "direct");
  world.apply(Unbind{world.to_queue("x", "q", "none")});
  world.delete_queue("q");
  CHECK(world.has_exchange("x"));
}

TEST_CASE("8.2/123 losing an inbound binding does not delete an auto-delete exchange") {
  World world;
  world.exchange("source", "fanout");
  world.auto_delete_exchange("x", "fanout");
  world.bind_exchange("source", "x");
  world.apply(Unbind{world.to_exchange("source", "x")});
  CHECK(world.has_exchange("x"));
  world.bind_exchange("source", "x");
  world.apply(DeleteExchange{world.vhost(), "source"});
  CHECK(world.has_exchange("x"));
}

}  // namespace warren::broker
