#include "broker/queue/dead_letter.hpp"

#include <doctest/doctest.h>

#include <initializer_list>

#include "amqp/properties.hpp"

namespace warren::dead_letter_test {

using namespace warren::broker;
using amqp::Array;
using amqp::Table;
using amqp::Value;

namespace {

const DeadLetterTarget kKeep{"dlx", {}};

MessageRef with(const amqp::Properties& properties, const MessageTraits& traits = {}, std::string_view exchange = "ex",
                std::string_view key = "key") {
  ByteBuffer encoded;
  amqp::encode_properties(properties, encoded);
  MessageDraft draft(exchange, key, encoded.view(), 4, traits);
  draft.append("body");
  return draft.finish();
}

MessageRef plain() { return with({}); }

MessageRef with_headers(const Table& headers) {
  amqp::Properties properties;
  properties.has_headers = true;
  properties.headers = headers;
  return with(properties);
}

Array texts(std::initializer_list<std::string_view> all) {
  Array array;
  for (const std::string_view one : all) array.emplace_back(one);
  return array;
}

Table headers(const Message& message) {
  const auto properties = amqp::decode_properties(message.properties());
  REQUIRE(properties.ok());
  return properties->headers;
}

const Table& death(const Table& headers, std::size_t number) {
  return *headers.find("x-death")->get<Array>()->at(number).get<Table>();
}

std::size_t deaths(const Table& headers) { return headers.find("x-death")->get<Array>()->size(); }

// "queue/reason*count", newest first.
std::string history(const Message& message) {
  const Table all = headers(message);
  std::string text;
  for (std::size_t i = 0; i < deaths(all); ++i) {
    const Table& one = death(all, i);
    if (i > 0) text += ' ';
    text += *one.find("queue")->text() + '/' + *one.find("reason")->text() + '*' +
            std::to_string(*amqp::as_integer(*one.find("count")));
  }
  return text;
}

std::string text_of(const Table& table, std::string_view name) {
  const Value* value = table.find(name);
  return value == nullptr ? "(none)" : value->text() == nullptr ? "(no text)" : *value->text();
}

}  // namespace

TEST_CASE("8.6/247 a death is noted with these fields, of these types, in this order") {
  const MessageRef letter = make_dead_letter(*plain(), "q", DeathReason::rejected, kKeep, 1234);
  const Table all = headers(*letter);
  REQUIRE(deaths(all) == 1);
  const Table& one = death(all, 0);
  std::string names;
  for (const auto& [name, value] : one.entries) names += name + ':' + std::string(amqp::type_name(value)) + ' ';
  CHECK(names == "count:long reason:longstr queue:longstr time:timestamp exchange:longstr routing-keys:array ");
  CHECK(text_of(one, "reason") == "rejected");
  CHECK(text_of(one, "queue") == "q");
  CHECK(text_of(one, "exchange") == "ex");
  CHECK(one.find("time")->get<amqp::Timestamp>()->seconds == 1234);
  CHECK(*one.find("routing-keys") == Value(texts({"key"})));
  CHECK(history(*make_dead_letter(*plain(), "q", DeathReason::expired, kKeep, 1)) == "q/expired*1");
  CHECK(history(*make_dead_letter(*plain(), "q", DeathReason::maxlen, kKeep, 1)) == "q/maxlen*1");
}

TEST_CASE("the letter has the target's exchange, the same body and the same other properties") {
  amqp::Properties properties;
  properties.content_type = "text/plain";
  properties.delivery_mode = 2;
  properties.priority = 7;
  const MessageRef letter =
      make_dead_letter(*with(properties, {.priority = 7, .persistent = true}), "q", DeathReason::rejected, kKeep, 1);
  CHECK(letter->exchange() == "dlx");
  CHECK(letter->routing_key() == "key");
  CHECK(letter->body() == "body");
  CHECK(letter->traits().priority == 7);
  CHECK(letter->traits().persistent);
  CHECK(letter->traits().died_here);
  const auto decoded = amqp::decode_properties(letter->properties());
  CHECK(decoded->content_type == "text/plain");
  CHECK(decoded->delivery_mode == 2);
  CHECK(decoded->priority == 7);
}

TEST_CASE("8.6/248 the expiration is removed and remembered") {
  amqp::Properties properties;
  properties.expiration = "007";
  const MessageRef letter =
      make_dead_letter(*with(properties, {.expiration_ms = 7}), "q", DeathReason::expired, kKeep, 1);
  CHECK_FALSE(amqp::decode_properties(letter->properties())->expiration);
  CHECK(letter->traits().expiration_ms == MessageTraits::kNoExpiration);
  const Table all = headers(*letter);
  CHECK(death(all, 0).entries.front().first == "original-expiration");
  CHECK(text_of(death(all, 0), "original-expiration") == "7");
}

TEST_CASE("8.6/249 a repeated death counts up and moves to the front, keeping what was noted first") {
  const MessageRef one = make_dead_letter(*plain(), "q1", DeathReason::rejected, kKeep, 1);
  const MessageRef two = make_dead_letter(*one, "q2", DeathReason::expired, kKeep, 2);
  CHECK(history(*two) == "q2/expired*1 q1/rejected*1");
  const MessageRef three = make_dead_letter(*two, "q1", DeathReason::rejected, kKeep, 3);
  CHECK(history(*three) == "q1/rejected*2 q2/expired*1");
  const Table all = headers(*three);
  CHECK(text_of(death(all, 0), "exchange") == "ex");
  CHECK(death(all, 0).find("time")->get<amqp::Timestamp>()->seconds == 1);
  CHECK(history(*make_dead_letter(*three, "q1", DeathReason::expired, kKeep, 4)) ==
        "q1/expired*1 q1/rejected*2 q2/expired*1");
}

TEST_CASE("8.6/250 the first death stays, the last one follows") {
  const MessageRef one = make_dead_letter(*plain(), "q1", DeathReason::rejected, kKeep, 1);
  const MessageRef two = make_dead_letter(*one, "q2", DeathReason::expired, kKeep, 2);
  const Table all = headers(*two);
  CHECK(text_of(all, "x-first-death-queue") == "q1");
  CHECK(text_of(all, "x-first-death-reason") == "rejected");
  CHECK(text_of(all, "x-first-death-exchange") == "ex");
  CHECK(text_of(all, "x-last-death-queue") == "q2");
  CHECK(text_of(all, "x-last-death-reason") == "expired");
  CHECK(text_of(all, "x-last-death-exchange") == "dlx");
}

TEST_CASE("8.6/251 without a key of its own the target takes the keys of the message, CC and BCC included") {
  const MessageRef message = with_headers(Table{{{"CC", texts({"c1", "c2"})}, {"BCC", texts({"b"})}}});
  CHECK(dead_letter_keys(*message, kKeep) == std::vector<std::string>{"key", "c1", "c2", "b"});
  CHECK(dead_letter_keys(*message, {"dlx", "own"}) == std::vector<std::string>{"own"});
  const MessageRef letter = make_dead_letter(*message, "q", DeathReason::rejected, kKeep, 1);
  CHECK(*death(headers(*letter), 0).find("routing-keys") == Value(texts({"key", "c1", "c2"})));
  CHECK(dead_letter_keys(*plain(), {"dlx", ""}) == std::vector<std::string>{""});
}

TEST_CASE("a target's key takes the place of CC for all further deaths, while the header stays") {
  const MessageRef message = with_headers(Table{{{"CC", texts({"c1"})}}});
  const MessageRef one = make_dead_letter(*message, "q1", DeathReason::rejected, {"dlx", "own"}, 1);
  CHECK(one->routing_key() == "own");
  CHECK(headers(*one).find("CC") != nullptr);
  CHECK(dead_letter_keys(*one, kKeep) == std::vector<std::string>{"own"});
  const MessageRef two = make_dead_letter(*one, "q2", DeathReason::rejected, kKeep, 2);
  CHECK(*death(headers(*two), 0).find("routing-keys") == Value(texts({"own"})));
  CHECK(dead_letter_keys(*two, kKeep) == std::vector<std::string>{"own"});
  const MessageRef kept = make_dead_letter(*message, "q1", DeathReason::rejected, kKeep, 1);
  CHECK(dead_letter_keys(*kept, kKeep) == std::vector<std::string>{"key", "c1"});
}

TEST_CASE("a history that a client sent is neither counted nor kept") {
  Table forged;
  forged.set("count", std::int64_t{41});
  forged.set("reason", "rejected");
  forged.set("queue", "q");
  const MessageRef message = with_headers(
      Table{{{"x-first-death-queue", "elsewhere"}, {"x-death", Array{Value(forged)}}, {"x-death", "odd"}}});
  CHECK_FALSE(dropped_by_cycle(*message, "q"));
  const MessageRef letter = make_dead_letter(*message, "q", DeathReason::rejected, kKeep, 1);
  CHECK(history(*letter) == "q/rejected*1");
  CHECK(text_of(headers(*letter), "x-first-death-queue") == "q");
}

TEST_CASE("headers of a letter are sorted by name") {
  const MessageRef message = with_headers(Table{{{"zz", "1"}, {"aa", "2"}}});
  const Table all = headers(*make_dead_letter(*message, "q", DeathReason::rejected, kKeep, 1));
  CHECK(all.entries.front().first == "aa");
  CHECK(all.entries.back().first == "zz");
  CHECK(all.size() == 9);
}

TEST_CASE("8.6/254 a cycle ends where a message died before, unless somebody rejected it since") {
  const MessageRef expired = make_dead_letter(*plain(), "q1", DeathReason::expired, kKeep, 1);
  CHECK(dropped_by_cycle(*expired, "q1"));
  CHECK_FALSE(dropped_by_cycle(*expired, "q2"));
  const MessageRef twice = make_dead_letter(*expired, "q2", DeathReason::maxlen, kKeep, 2);
  CHECK(dropped_by_cycle(*twice, "q1"));
  const MessageRef rejected = make_dead_letter(*twice, "q3", DeathReason::rejected, kKeep, 3);
  CHECK_FALSE(dropped_by_cycle(*rejected, "q1"));
  CHECK_FALSE(dropped_by_cycle(*rejected, "q3"));
  const MessageRef after = make_dead_letter(*rejected, "q4", DeathReason::expired, kKeep, 4);
  CHECK(dropped_by_cycle(*after, "q4"));
  CHECK_FALSE(dropped_by_cycle(*after, "q1"));
  CHECK_FALSE(dropped_by_cycle(*plain(), "q1"));
}

TEST_CASE("a target with names that no message can carry does no harm") {
  const DeadLetterTarget target{std::string(300, 'x'), std::string(300, 'k')};
  const MessageRef letter = make_dead_letter(*plain(), "q", DeathReason::rejected, target, 1);
  CHECK(letter->exchange().size() == 255);
  CHECK(letter->routing_key().size() == 255);
}

}  // namespace warren::dead_letter_test
