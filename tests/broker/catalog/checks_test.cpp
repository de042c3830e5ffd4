#include "broker/catalog/checks.hpp"

#include "tests/broker/catalog/world.hpp"

namespace warren::broker {
namespace {

using amqp::ReplyCode;

// The text of the refusal, which must be there.
std::string text(const Objection& objection, ReplyCode code) {
  REQUIRE(objection.has_value());
  CHECK(objection->code == code);
  return objection->text;
}

std::string inequivalence(const ExchangeDefinition& existing, const ExchangeDefinition& wanted) {
  return text(check_exchange_equivalence(existing, wanted, "/"), ReplyCode::precondition_failed);
}

ExchangeDefinition exchange(std::string type, amqp::Table arguments = {}) {
  ExchangeDefinition definition;
  definition.name = "x1";
  definition.type = std::move(type);
  definition.arguments = std::move(arguments);
  return definition;
}

}  // namespace

TEST_CASE("phrases and missing things read as in RabbitMQ") {
  CHECK(exchange_phrase("x", "/") == "exchange 'x' in vhost '/'");
  CHECK(queue_phrase("q", "v") == "queue 'q' in vhost 'v'");
  CHECK(no_queue("nope", "/").text == "no queue 'nope' in vhost '/'");
  CHECK(no_queue("nope", "/").code == ReplyCode::not_found);
}

TEST_CASE("8.2/95 a missing exchange reads as in RabbitMQ") {
  CHECK(no_exchange("nox", "/").text == "no exchange 'nox' in vhost '/'");
  CHECK(no_exchange("nox", "/").code == ReplyCode::not_found);
}

TEST_CASE("8.2/90 another type is not equivalent") {
  CHECK(inequivalence(exchange("direct"), exchange("fanout")) ==
        "inequivalent arg 'type' for exchange 'x1' in vhost '/': received 'fanout' but current is 'direct'");
}

TEST_CASE("8.2/91 other flags are not equivalent, and are compared in order") {
  const ExchangeDefinition existing = exchange("direct");
  ExchangeDefinition wanted = exchange("direct");
  wanted.internal = true;
  CHECK(inequivalence(existing, wanted) ==
        "inequivalent arg 'internal' for exchange 'x1' in vhost '/': received 'true' but current is 'false'");
  wanted.auto_delete = true;
  CHECK(inequivalence(existing, wanted) ==
        "inequivalent arg 'auto_delete' for exchange 'x1' in vhost '/': received 'true' but current is 'false'");
  wanted.durable = true;
  CHECK(inequivalence(wanted, existing) ==
        "inequivalent arg 'durable' for exchange 'x1' in vhost '/': received 'false' but current is 'true'");
}

TEST_CASE("8.2/92 another alternate exchange is not equivalent") {
  const auto with = [](amqp::Value value) { return exchange("direct", table({{"alternate-exchange", value}})); };
  CHECK(inequivalence(exchange("direct"), with("ae")) ==
        "inequivalent arg 'alternate-exchange' for exchange 'x1' in vhost '/': received the value 'ae' of type "
        "'longstr' but current is none");
  CHECK(inequivalence(with("ae"), exchange("direct")) ==
        "inequivalent arg 'alternate-exchange' for exchange 'x1' in vhost '/': received none but current is the value "
        "'ae' of type 'longstr'");
  CHECK(inequivalence(with("ae"), with("other")) ==
        "inequivalent arg 'alternate-exchange' for exchange 'x1' in vhost '/': received 'other' but current is 'ae'");
  CHECK_FALSE(check_exchange_equivalence(with("ae"), with("ae"), "/"));
}

TEST_CASE("8.2/93 other arguments are not compared") {
  CHECK_FALSE(check_exchange_equivalence(exchange("direct"), exchange("direct", table({{"x-foo", 1}})), "/"));
}

TEST_CASE("8.2/94 an unknown type is refused") {
  CHECK(text(check_exchange_type("nonesuch"), ReplyCode::precondition_failed) == "unknown exchange type 'nonesuch'");
  CHECK_FALSE(check_exchange_type("topic"));
}

TEST_CASE("8.2/97 the default exchange is refused by name") {
  CHECK(text(check_not_default_exchange(""), ReplyCode::access_refused) ==
        "operation not permitted on the default exchange");
  CHECK_FALSE(check_not_default_exchange("x"));
}

TEST_CASE("8.2/98 a reserved name is refused") {
  CHECK(text(check_exchange_name_free("amq.zzz"), ReplyCode::access_refused) ==
        "exchange name 'amq.zzz' contains reserved prefix 'amq.*'");
  CHECK_FALSE(check_exchange_name_free("amq"));
  CHECK_FALSE(check_exchange_name_free("amqp.x"));
}

TEST_CASE("8.2/100 an alternate exchange that is no string is refused") {
  ExchangeDefinition wanted = exchange("direct", table({{"alternate-exchange", 1}}));
  wanted.name = "x3";
  CHECK(text(check_alternate_exchange(wanted, "/"), ReplyCode::precondition_failed) ==
        "invalid type 'signedint' for arg 'alternate-exchange' in exchange 'x3' in vhost '/'");
}

TEST_CASE("a new exchange is checked for type, default name, reserved name, alternate and arguments, in this order") {
  const amqp::Table bad_alternate = table({{"alternate-exchange", 1}, {"hash-property", "foo"}});
  ExchangeDefinition wanted = exchange("nonesuch", bad_alternate);
  wanted.name = "";
  CHECK(check_new_exchange(wanted, "/")->text.starts_with("unknown exchange type"));
  wanted.type = "x-consistent-hash";
  CHECK(check_new_exchange(wanted, "/")->text.starts_with("operation not permitted"));
  wanted.name = "amq.x";
  CHECK(check_new_exchange(wanted, "/")->text.starts_with("exchange name 'amq.x'"));
  wanted.name = "x";
  CHECK(check_new_exchange(wanted, "/")->text.starts_with("invalid type 'signedint'"));
  wanted.arguments = table({{"hash-property", "foo"}});
  CHECK(check_new_exchange(wanted, "/")->text == "Unsupported property: foo");
  wanted.arguments = {};
  CHECK_FALSE(check_new_exchange(wanted, "/"));
}

TEST_CASE("a session may ask about a binding before it proposes") {
  World world;
  world.queue("q");
  CHECK_FALSE(check_bind(world.catalog(), world.to_queue("amq.topic", "q", "k")));
  CHECK(check_bind(world.catalog(), world.to_queue("amq.topic", "nq", "k"))->text == "no queue 'nq' in vhost '/'");
  CHECK(check_bind(world.catalog(), world.to_queue("amq.match", "q", "k", table({{"x-match", "no"}})))->code ==
        ReplyCode::precondition_failed);
}

}  // namespace warren::broker
