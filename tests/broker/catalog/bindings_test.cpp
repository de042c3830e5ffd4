#include "tests/broker/catalog/world.hpp"

namespace warren::broker {
namespace {

using amqp::ReplyCode;

std::size_t size(const auto& bindings) {
  std::size_t count = 0;
  for ([[maybe_unused]] const Binding& binding : bindings) ++count;
  return count;
}

}  // namespace

TEST_CASE("8.2/106 8.2/107 8.2/108 what is missing is named, the source first") {
  World world;
  world.queue("q");
  const Refusal queue = world.refusal(world.to_queue("amq.direct", "nq"));
  CHECK(queue.code == ReplyCode::not_found);
  CHECK(queue.text == "no queue 'nq' in vhost '/'");
  CHECK(world.refusal(world.to_queue("nx", "q")).text == "no exchange 'nx' in vhost '/'");
  CHECK(world.refusal(world.to_queue("nx", "nq")).text == "no exchange 'nx' in vhost '/'");
}

TEST_CASE("8.2/109 8.2/111 the default exchange is neither bound nor unbound, on either end") {
  World world;
  world.queue("q");
  for (const Bind& bind : {world.to_queue("", "q"), world.to_exchange("", "amq.topic"),
                           world.to_exchange("amq.topic", ""), world.to_queue("", "missing")}) {
    CHECK(world.refusal(bind).text == "operation not permitted on the default exchange");
    CHECK(world.refusal(Unbind{bind}).code == ReplyCode::access_refused);
  }
  CHECK(world.refusal(world.to_exchange("amq.topic", "nx")).text == "no exchange 'nx' in vhost '/'");
  CHECK(world.apply(Unbind{world.to_exchange("nx", "amq.topic")}).empty());
}

TEST_CASE("8.2/110 unbinding what is not there changes nothing") {
  World world;
  world.queue("q");
  const Revision before = world.catalog().revision();
  CHECK(world.apply(Unbind{world.to_queue("amq.direct", "q", "k")}).empty());
  CHECK(world.apply(Unbind{world.to_queue("amq.direct", "nq", "k")}).empty());
  CHECK(world.apply(Unbind{world.to_queue("nx", "q", "k")}).empty());
  CHECK(world.catalog().revision() == before);
}

TEST_CASE("8.2/113 the same key with other arguments is another binding, and unbind means exactly one") {
  World world;
  world.queue("q");
  const amqp::Table one = table({{"a", 1}, {"b", "x"}});
  const amqp::Table other = table({{"a", 2}, {"b", "x"}});
  CHECK(world.bind("amq.direct", "q", "k", one).size() == 1);
  CHECK(world.bind("amq.direct", "q", "k", other).size() == 1);
  CHECK(world.bind("amq.direct", "q", "k").size() == 1);
  CHECK(world.catalog().binding_count() == 3);
  world.apply(Unbind{world.to_queue("amq.direct", "q", "k", one)});
  CHECK(world.catalog().find_binding(world.to_queue("amq.direct", "q", "k", one)) == nullptr);
  CHECK(world.catalog().find_binding(world.to_queue("amq.direct", "q", "k", other)) != nullptr);
  CHECK(world.catalog().find_binding(world.to_queue("amq.direct", "q", "k")) != nullptr);
  CHECK(world.route("amq.direct", "k") == Names{"q"});
}

TEST_CASE("the order of arguments does not matter to a binding, their types do") {
  World world;
  world.queue("q");
  world.bind("amq.direct", "q", "k", table({{"a", 1}, {"b", "x"}, {"c", true}}));
  CHECK(world.bind("amq.direct", "q", "k", table({{"c", true}, {"b", "x"}, {"a", 1}})).empty());
  CHECK(world.bind("amq.direct", "q", "k", table({{"a", std::int64_t{1}}, {"b", "x"}, {"c", true}})).size() == 1);
  CHECK(
      world.apply(Unbind{world.to_queue("amq.direct", "q", "k", table({{"b", "x"}, {"a", 1}, {"c", true}}))}).size() ==
      1);
}

TEST_CASE("a queue and an exchange of one name and number are different destinations") {
  World world;
  world.queue("same");
  world.exchange("same", "fanout");
  world.bind("amq.fanout", "same");
  world.bind_exchange("amq.fanout", "same");
  CHECK(world.catalog().binding_count() == 2);
  world.apply(Unbind{world.to_exchange("amq.fanout", "same")});
  CHECK(world.catalog().find_binding(world.to_queue("amq.fanout", "same")) != nullptr);
}

TEST_CASE("bindings are listed at both ends in order of creation") {
  World world;
  world.queue("q");
  world.exchange("x", "direct");
  for (const char* key : {"c", "a", "b"}) world.bind("x", "q", key);
  world.bind_exchange("x", "amq.topic", "d");
  std::string keys;
  for (const Binding& binding : world.exchange_record("x").outgoing) keys += binding.definition.routing_key;
  CHECK(keys == "cabd");
  keys.clear();
  for (const Binding& binding : world.catalog().bindings_of(world.queue_id("q")))
    keys += binding.definition.routing_key;
  CHECK(keys == "cab");
  CHECK(world.exchange_record("x").outgoing_count == 4);
  CHECK(world.exchange_record("amq.topic").incoming_count == 1);
  CHECK(size(world.exchange_record("amq.topic").incoming) == 1);
  CHECK(size(world.catalog().bindings_of(QueueId(999))) == 0);
}

TEST_CASE("what a binding's change reports are its fields") {
  World world;
  world.queue("q");
  const auto created = world.bind("amq.direct", "q", "k", table({{"a", 1}}));
  const auto& change = std::get<BindingCreated>(created[0]);
  CHECK(change.number == 1);
  const BindingDefinition& binding = change.binding;
  CHECK(binding.source == world.exchange_record("amq.direct").definition.id);
  CHECK(binding.kind == DestinationKind::queue);
  CHECK(binding.destination == world.queue_id("q").value);
  CHECK(binding.routing_key == "k");
  CHECK(binding.arguments.size() == 1);
}

}  // namespace warren::broker
