#include <doctest/doctest.h>

#include "broker/catalog/stored/definition_records.hpp"
#include "node/storage/codec.hpp"
#include "tests/tools/logdump/lines.hpp"

namespace warren::value_words_test {

using namespace warren::logdump;

TEST_CASE("definitions are told by kind and name, without secrets") {
  broker::UserDefinition user;
  user.name = "guest";
  user.password_hash = "secret";
  user.tags = {"administrator"};
  CHECK(definition_words(broker::user_key("guest"), broker::encode(user), false) ==
        "user \"guest\", tag \"administrator\"");
  broker::QueueDefinition queue;
  queue.vhost = VhostId(1);
  queue.name = "q";
  queue.durable = true;
  CHECK(definition_words(broker::queue_key(QueueId(7)), broker::encode(queue), false) == "queue 7 \"q\" in vhost 1");
  CHECK(definition_words(broker::queue_key(QueueId(7)), "", true) == "erased: queue 7");
  CHECK(definition_words(broker::user_key("guest"), "", true) == "erased: user \"guest\"");
  CHECK(definition_words(broker::topic_permission_key(VhostId(1), "guest", "x"), "", true) ==
        "erased: topic permission of user \"guest\" on exchange \"x\" in vhost 1");
  CHECK(definition_words(broker::topic_permission_key(VhostId(1), "guest", "x"),
                         encode(broker::TopicPermissionDefinition{{}, {}, {}, "a", "b"}), false) ==
        "topic permission of user \"guest\" on exchange \"x\" in vhost 1: write \"a\", read \"b\"");
  CHECK(definition_words(broker::permission_key(VhostId(1), "guest"), "", true) ==
        "erased: permission of user \"guest\" in vhost 1");
  broker::PolicyDefinition policy;
  policy.pattern = "^q";
  policy.definition.set("max-length", std::int64_t{2});
  const std::string key = broker::policy_key(VhostId(1), broker::PolicyKind::operators, "p");
  CHECK(definition_words(key, broker::encode(policy), false) ==
        "operator policy \"p\" in vhost 1: pattern \"^q\", applies to all, priority 0, definition {max-length=2}");
  CHECK(definition_words(key, "", true) == "erased: operator policy \"p\" in vhost 1");
  broker::BindingDefinition binding;
  binding.source = ExchangeId(3);
  binding.destination = 7;
  binding.routing_key = "a.#";
  CHECK(definition_words(broker::binding_key(4), broker::encode(binding), false) ==
        "binding 4 from exchange 3 to queue 7, key \"a.#\"");
  CHECK(definition_words(broker::vhost_key(VhostId(1)), "nonsense", false).ends_with(", whose value makes no sense"));
}

TEST_CASE("a value that makes no sense is not printed as if it did") {
  testing::Lines lines;
  for (const persist::Table table :
       {persist::Table::meta, persist::Table::queues, persist::Table::chunks, persist::Table::bodies})
    CHECK_FALSE(print_value(table, "key", "value", 10, lines.print));
  CHECK(lines.text.empty());
  // The first message of a chunk whose end is not there.
  CHECK_FALSE(print_value(persist::Table::bodies, node::chunk_key({QueueId(1), 0, 1}), "\x01", 10, lines.print));
}

}  // namespace warren::value_words_test
