#include "broker/queue/arguments.hpp"

#include <doctest/doctest.h>

#include <string>

namespace warren::arguments_test {

using namespace warren::broker;
using amqp::Table;
using amqp::Value;

namespace {

Table table(std::initializer_list<std::pair<std::string, Value>> entries) { return Table{entries}; }

// The text of the refusal, or "fine".
std::string check(const Table& arguments) {
  const auto result = check_arguments("argq", "/", arguments);
  if (result.ok()) return "fine";
  CHECK(result.error().code == amqp::ReplyCode::precondition_failed);
  return result.error().text;
}

// The detail behind "invalid arg ... : ".
std::string detail(const std::string& name, const Value& value) {
  const std::string text = check(table({{name, value}}));
  const std::string prefix = "invalid arg '" + name + "' for queue 'argq' in vhost '/': ";
  return text.substr(0, prefix.size()) == prefix ? text.substr(prefix.size()) : text;
}

QueueDefinition queue(const Table& arguments = {}) {
  QueueDefinition definition;
  definition.name = "q1";
  definition.arguments = arguments;
  return definition;
}

// The text of the refusal to redeclare, or "fine".
std::string redeclare(const QueueDefinition& existing, const QueueDefinition& wanted) {
  const auto refusal = check_equivalence(existing, wanted, "/");
  return refusal ? refusal->text : "fine";
}

std::string redeclare(const Table& existing, const Table& wanted) { return redeclare(queue(existing), queue(wanted)); }

constexpr SessionRef kMe{SessionId(1), NodeId(1), 0};
constexpr SessionRef kOther{SessionId(2), NodeId(1), 0};

struct Line {
  const char* name;
  Value value;
  const char* detail;
};

QueueSettings together(std::vector<std::pair<std::string, amqp::Value>> arguments,
                       std::vector<std::pair<std::string, amqp::Value>> policy) {
  const Table in_force{std::move(policy)};
  return settings_of(queue(Table{std::move(arguments)}), &in_force);
}

amqp::Value number(std::int64_t value) { return value; }

}  // namespace

TEST_CASE("8.3/155 every argument with a wrong type and value is refused in RabbitMQ's words") {
  const Line lines[] = {
      {"x-queue-type", "foo", "\"unsupported queue type 'foo'\""},
      {"x-queue-type", std::int32_t{1}, "{unacceptable_type,signedint}"},
      {"x-message-ttl", std::int32_t{-1}, "{value_negative,-1}"},
      {"x-message-ttl", std::int64_t{315360000001}, "{value_too_large,315360000001}"},
      {"x-message-ttl", "1", "\"expected integer, got longstr\""},
      {"x-expires", std::int32_t{0}, "{value_zero,0}"},
      {"x-expires", std::int32_t{-1}, "{value_negative,-1}"},
      {"x-expires", std::int64_t{315360000001}, "{value_too_large,315360000001}"},
      {"x-expires", 1.5, "\"expected integer, got double\""},
      {"x-max-length", std::int32_t{-1}, "{value_negative,-1}"},
      {"x-max-length", true, "\"expected integer, got bool\""},
      {"x-max-length-bytes", std::int32_t{-1}, "{value_negative,-1}"},
      {"x-overflow", "foo", "invalid_overflow"},
      {"x-overflow", std::int32_t{1}, "{unacceptable_type,signedint}"},
      {"x-dead-letter-routing-key", "k", "routing_key_but_no_dlx_defined"},
      {"x-dead-letter-routing-key", std::int32_t{1}, "{unacceptable_type,signedint}"},
      {"x-max-priority", std::int32_t{256}, "{max_value_exceeded,256}"},
      {"x-max-priority", std::int32_t{-1}, "{value_negative,-1}"},
      {"x-max-priority", "1", "\"expected integer, got longstr\""},
      {"x-queue-mode", "foo", "\"unsupported queue mode 'foo'\""},
      {"x-queue-version", std::int32_t{3}, "\"unsupported queue version '3'\""},
      {"x-single-active-consumer", "true", "{unacceptable_type,longstr}"},
      {"x-queue-leader-locator", "foo", "invalid_queue_locator_arg"},
      {"x-queue-master-locator", "foo", "invalid_queue_locator_arg"},
  };
  for (const Line& line : lines) {
    INFO(line.name);
    CHECK(detail(line.name, line.value) == line.detail);
  }
}

TEST_CASE("8.3/156 the smallest allowed values are accepted") {
  const Line lines[] = {
      {"x-message-ttl", std::int32_t{0}, ""},
      {"x-message-ttl", std::int64_t{315360000000}, ""},
      {"x-max-priority", std::int32_t{0}, ""},
      {"x-max-priority", std::uint8_t{255}, ""},
      {"x-expires", std::int32_t{1}, ""},
      {"x-max-length", std::int32_t{0}, ""},
      {"x-max-length-bytes", std::int8_t{0}, ""},
      {"x-queue-mode", "lazy", ""},
      {"x-queue-version", std::int32_t{1}, ""},
      {"x-overflow", "reject-publish-dlx", ""},
      {"x-queue-type", "classic", ""},
      {"x-queue-leader-locator", "balanced", ""},
      {"x-queue-master-locator", "min-masters", ""},
  };
  for (const Line& line : lines) {
    INFO(line.name);
    CHECK(check(table({{line.name, line.value}})) == "fine");
  }
}

TEST_CASE("8.3/146 unknown arguments pass") {
  CHECK(check(table({{"x-foo", std::int32_t{1}}, {"x-consumer-timeout", "soon"}})) == "fine");
}

TEST_CASE("8.3/157 arguments of other queue types are refused by type") {
  for (const char* name : {"x-delivery-limit", "x-max-age", "x-quorum-initial-group-size", "x-dead-letter-strategy"}) {
    CHECK(check(table({{name, std::int32_t{1}}})) ==
          "invalid arg '" + std::string(name) + "' for queue 'argq' in vhost '/' of queue type rabbit_classic_queue");
  }
}

TEST_CASE("a dead-letter exchange that is no string is told before all else") {
  CHECK(check(table({{"x-expires", "1"}, {"x-dead-letter-exchange", std::int32_t{1}}})) ==
        "invalid type 'signedint' for arg 'x-dead-letter-exchange' in queue 'argq' in vhost '/'");
}

TEST_CASE("of several wrong arguments the first in RabbitMQ's order is told, foreign ones last") {
  CHECK(check(table({{"x-max-age", "5"}, {"x-max-length", "1"}, {"x-expires", "1"}})) ==
        "invalid arg 'x-expires' for queue 'argq' in vhost '/': \"expected integer, got longstr\"");
  CHECK(check(table({{"x-expires", "1"}, {"x-queue-type", "foo"}})) ==
        "invalid arg 'x-queue-type' for queue 'argq' in vhost '/': \"unsupported queue type 'foo'\"");
}

TEST_CASE("queue types that exist elsewhere are refused with a plain sentence") {
  CHECK(check(table({{"x-queue-type", "quorum"}})) ==
        "queue type 'quorum' is not supported by this server yet, for queue 'argq' in vhost '/'");
  CHECK(check(table({{"x-queue-type", "stream"}})) ==
        "queue type 'stream' is not supported by this server yet, for queue 'argq' in vhost '/'");
}

TEST_CASE("arguments become settings, whichever way they are read") {
  QueueDefinition definition = queue(table({{"x-dead-letter-routing-key", "k"},
                                            {"x-dead-letter-exchange", ""},
                                            {"x-max-length", std::uint8_t{9}},
                                            {"x-overflow", "reject-publish"}}));
  definition.auto_delete = true;
  const auto checked = check_arguments("q1", "/", definition.arguments);
  REQUIRE(checked.ok());
  const QueueSettings read = settings_of(definition, nullptr);
  for (const QueueSettings& settings : {*checked, read}) {
    CHECK(settings.dead_letter->exchange == "");
    CHECK(settings.dead_letter->routing_key == "k");
    CHECK(settings.max_length == 9);
    CHECK(settings.overflow == Overflow::reject_publish);
    CHECK_FALSE(settings.message_ttl_ms);
  }
  CHECK(read.auto_delete);
  CHECK_FALSE(settings_of(queue(table({{"x-max-length", "many"}})), nullptr).max_length);
}

TEST_CASE("8.3/141 other durability or auto-delete is refused, durability first") {
  QueueDefinition existing = queue(), wanted = queue();
  wanted.auto_delete = true;
  CHECK(redeclare(existing, wanted) ==
        "inequivalent arg 'auto_delete' for queue 'q1' in vhost '/': received 'true' but current is 'false'");
  existing.durable = true;
  CHECK(redeclare(existing, wanted) ==
        "inequivalent arg 'durable' for queue 'q1' in vhost '/': received 'false' but current is 'true'");
}

TEST_CASE("8.3/142 8.3/170 exclusive queues are their session's alone, and exclusive they stay") {
  QueueDefinition mine = queue(), wanted = queue();
  mine.exclusive_owner = kMe;
  const std::string text =
      "cannot obtain exclusive access to locked queue 'q1' in vhost '/'. It could be originally declared on another "
      "connection or the exclusive property value does not match that of the original declaration.";
  CHECK(redeclare(mine, wanted) == text);
  CHECK(redeclare(wanted, mine) == text);
  wanted.exclusive_owner = kOther;
  CHECK(redeclare(mine, wanted) == text);
  CHECK(check_equivalence(mine, wanted, "/")->code == amqp::ReplyCode::resource_locked);
  CHECK(redeclare(mine, mine) == "fine");
}

TEST_CASE("8.3/172 an exclusive queue is not durable, whatever its owner says") {
  QueueDefinition existing = queue(), wanted = queue();
  existing.exclusive_owner = wanted.exclusive_owner = kMe;
  existing.durable = true;
  CHECK(redeclare(existing, wanted) == "fine");
}

TEST_CASE("8.3/143 an argument on one side only is told with its type") {
  const Table ttl = table({{"x-message-ttl", std::int32_t{1000}}});
  CHECK(redeclare(Table{}, ttl) ==
        "inequivalent arg 'x-message-ttl' for queue 'q1' in vhost '/': received the value '1000' of type 'signedint' "
        "but current is none");
  CHECK(redeclare(ttl, Table{}) ==
        "inequivalent arg 'x-message-ttl' for queue 'q1' in vhost '/': received none but current is the value '1000' "
        "of type 'signedint'");
}

TEST_CASE("8.3/144 different values are told") {
  CHECK(redeclare(table({{"x-message-ttl", std::int32_t{1000}}}), table({{"x-message-ttl", std::int32_t{2000}}})) ==
        "inequivalent arg 'x-message-ttl' for queue 'q1' in vhost '/': received '2000' but current is '1000'");
}

TEST_CASE("8.3/145 integers compare by value, doubles are another class") {
  const Table existing = table({{"x-message-ttl", std::int32_t{1000}}});
  CHECK(redeclare(existing, table({{"x-message-ttl", std::int64_t{1000}}})) == "fine");
  CHECK(redeclare(existing, table({{"x-message-ttl", std::int16_t{1000}}})) == "fine");
  CHECK(redeclare(existing, table({{"x-message-ttl", std::uint16_t{1000}}})) == "fine");
  CHECK(redeclare(existing, table({{"x-message-ttl", 1000.0}})) ==
        "inequivalent arg 'x-message-ttl' for queue 'q1' in vhost '/': received '1.0e3' but current is '1000'");
}

TEST_CASE("8.3/146 unknown arguments are not compared") {
  CHECK(redeclare(Table{}, table({{"x-foo", std::int32_t{1}}})) == "fine");
}

TEST_CASE("8.3/147 the classic type equals none, others do not") {
  CHECK(redeclare(Table{}, table({{"x-queue-type", "classic"}})) == "fine");
  CHECK(redeclare(table({{"x-queue-type", "classic"}}), Table{}) == "fine");
  CHECK(redeclare(Table{}, table({{"x-queue-type", "quorum"}})) ==
        "inequivalent arg 'x-queue-type' for queue 'q1' in vhost '/': received the value 'quorum' of type 'longstr' "
        "but current is none");
}

TEST_CASE("8.5/208 consumers: a priority is an integer, and stream arguments are foreign") {
  const auto text = [](const Table& arguments) {
    const auto result = check_consumer_arguments("qc6", "/", arguments);
    return result.ok() ? std::to_string(result->priority) : result.error().text;
  };
  CHECK(text(table({{"x-priority", "1"}})) ==
        "invalid arg 'x-priority' for queue 'qc6' in vhost '/': \"expected integer, got longstr\"");
  CHECK(text(table({{"x-stream-offset", "first"}})) ==
        "invalid arg 'x-stream-offset' for queue 'qc6' in vhost '/' of queue type rabbit_classic_queue");
  CHECK(text(table({{"x-foo", "1"}})) == "0");
  CHECK(text(table({{"x-priority", std::int8_t{-7}}})) == "-7");
  CHECK(text(table({{"x-priority", std::int64_t{1} << 40}})) == "2147483647");
}

TEST_CASE("a consumer may want to be told when its queue gets another owner") {
  const auto cancels = [](const amqp::Value& value) {
    const auto result = check_consumer_arguments("q", "/", table({{"x-cancel-on-ha-failover", value}}));
    return result.ok() ? std::string(result->cancel_on_failover ? "yes" : "no") : result.error().text;
  };
  CHECK(cancels(amqp::Value(true)) == "yes");
  CHECK(cancels(amqp::Value(false)) == "no");
  CHECK(cancels(amqp::Value("true")) ==
        "invalid arg 'x-cancel-on-ha-failover' for queue 'q' in vhost '/': {unacceptable_type,longstr}");
  CHECK_FALSE(check_consumer_arguments("q", "/", {})->cancel_on_failover);
}

TEST_CASE("8.6/245 of a limit in arguments and policy the smaller counts") {
  CHECK(together({{"x-max-length", number(5)}}, {{"max-length", number(3)}}).max_length == 3);
  CHECK(together({{"x-max-length", number(3)}}, {{"max-length", number(5)}}).max_length == 3);
  const QueueSettings all = together(
      {},
      {{"max-length", number(1)}, {"max-length-bytes", number(2)}, {"message-ttl", number(3)}, {"expires", number(4)}});
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
  const QueueSettings by_policy = together({}, {{"dead-letter-exchange", "x"}, {"dead-letter-routing-key", "k"}});
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

}  // namespace warren::arguments_test
