#include "broker/queue/parts/policy_rows.hpp"

#include "broker/queue/arguments.hpp"
#include "tests/broker/catalog/world.hpp"

namespace warren::broker {
namespace {

using Entries = std::vector<std::pair<std::string, amqp::Value>>;

amqp::Value number(std::int64_t value) { return value; }

QueueSettings together(Entries arguments, Entries policy) {
  QueueDefinition queue;
  queue.arguments = table(std::move(arguments));
  const amqp::Table in_force = table(std::move(policy));
  return settings_of(queue, &in_force);
}

}  // namespace

TEST_CASE("8.6/245 of a limit in arguments and policy the smaller counts") {
  CHECK(together({{"x-max-length", number(5)}}, {{"max-length", number(3)}}).max_length == 3);
  CHECK(together({{"x-max-length", number(3)}}, {{"max-length", number(5)}}).max_length == 3);
  const QueueSettings all = together({}, {{"max-length", number(1)},
                                          {"max-length-bytes", number(2)},
                                          {"message-ttl", number(3)},
                                          {"expires", number(4)}});
  CHECK(all.max_length == 1);
  CHECK(all.max_length_bytes == 2);
  CHECK(all.message_ttl_ms == 3);
  CHECK(all.expires_ms == 4);
}

TEST_CASE("8.6/245 the overflow of the argument goes before that of the policy") {
  CHECK(together({}, {{"overflow", "reject-publish"}}).overflow == Overflow::reject_publish);
  CHECK(together({{"x-overflow", "drop-head"}}, {{"overflow", "reject-publish"}}).overflow == Overflow::drop_head);
}

TEST_CASE("where dead letters go is said by the argument, or else by the policy, each key by itself") {
  const QueueSettings by_policy =
      together({}, {{"dead-letter-exchange", "x"}, {"dead-letter-routing-key", "k"}});
  CHECK(by_policy.dead_letter->exchange == "x");
  CHECK(by_policy.dead_letter->routing_key == "k");
  const QueueSettings mixed =
      together({{"x-dead-letter-exchange", "own"}}, {{"dead-letter-exchange", "x"}, {"dead-letter-routing-key", "k"}});
  CHECK(mixed.dead_letter->exchange == "own");
  CHECK(mixed.dead_letter->routing_key == "k");
  CHECK_FALSE(together({}, {{"dead-letter-routing-key", "k"}}).dead_letter);
}

TEST_CASE("keys that mean nothing to a classic queue change nothing") {
  const QueueSettings settings = together({}, {{"delivery-limit", number(1)}, {"queue-mode", "lazy"}});
  CHECK_FALSE(settings.max_length);
  CHECK_FALSE(settings.dead_letter);
}

}  // namespace warren::broker
