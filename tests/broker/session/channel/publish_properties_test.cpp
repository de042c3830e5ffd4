#include "broker/session/channel/publish_properties.hpp"

#include <doctest/doctest.h>

#include <string>

#include "amqp/properties.hpp"

namespace warren::publish_properties_test {

using namespace warren::broker;
using namespace warren::broker::session;

namespace {

// Properties as a client sends them, prepared.
struct Prepared {
  explicit Prepared(const amqp::Properties& properties, const PropertyRules& rules = {"guest", false, {}}) {
    amqp::encode_properties(properties, sent);
    result = prepare_properties(sent.view(), rules, scratch);
  }
  bool untouched() const { return result.raw.data() == sent.data(); }
  amqp::Properties stored() const { return *amqp::decode_properties(result.raw); }
  std::string refusal() const { return result.extras && result.extras->refusal ? result.extras->refusal->text : ""; }

  ByteBuffer sent;
  ByteBuffer scratch;
  PreparedProperties result;
};

amqp::Properties expiring(std::string text) {
  amqp::Properties properties;
  properties.expiration = std::move(text);
  return properties;
}

}  // namespace

TEST_CASE("ordinary properties are kept as they came") {
  amqp::Properties properties;
  properties.content_type = "text/plain";
  properties.delivery_mode = 2;
  properties.priority = 7;
  const Prepared prepared(properties);
  CHECK(prepared.untouched());
  CHECK(prepared.result.extras == nullptr);
  CHECK(prepared.result.traits.persistent);
  CHECK(prepared.result.traits.priority == 7);
  CHECK(prepared.result.traits.expiration_ms == MessageTraits::kNoExpiration);
}

TEST_CASE("an expiration is read as a number of milliseconds") {
  CHECK(Prepared(expiring("60000")).result.traits.expiration_ms == 60000);
  CHECK(Prepared(expiring("+5")).result.traits.expiration_ms == 5);
  CHECK(Prepared(expiring("007")).result.traits.expiration_ms == 7);
  CHECK(*Prepared(expiring("007")).stored().expiration == "7");
  CHECK(Prepared(expiring("0")).result.traits.expiration_ms == 0);
}

TEST_CASE("an expiration that is no such number is refused in RabbitMQ's words") {
  CHECK(Prepared(expiring("soon")).refusal() == "invalid expiration 'soon': no_integer");
  CHECK(Prepared(expiring("")).refusal() == "invalid expiration '': no_integer");
  CHECK(Prepared(expiring("10s")).refusal() == "invalid expiration '10s': {leftover_string,\"s\"}");
  CHECK(Prepared(expiring("-1")).refusal() == "invalid expiration '-1': {value_negative,-1}");
  CHECK(Prepared(expiring("315360000001")).refusal() ==
        "invalid expiration '315360000001': {value_too_large,315360000001}");
  CHECK(Prepared(expiring("99999999999999999999")).refusal() ==
        "invalid expiration '99999999999999999999': {value_too_large,99999999999999999999}");
}

TEST_CASE("a user-id is the client's own, or the client may impersonate") {
  amqp::Properties properties;
  properties.user_id = "other";
  CHECK(Prepared(properties).refusal() == "user_id property set to 'other' but authenticated user was 'guest'");
  CHECK(Prepared(properties, {"guest", true, {}}).refusal().empty());
  CHECK(Prepared(properties, {"other", false, {}}).refusal().empty());
}

TEST_CASE("CC and BCC are further keys, and nobody sees BCC") {
  amqp::Properties properties;
  amqp::Table headers;
  headers.set("CC", amqp::Array{"one", "two"});
  headers.set("BCC", amqp::Array{"three"});
  properties.has_headers = true;
  properties.headers = headers;
  const Prepared prepared(properties);
  REQUIRE(prepared.result.extras != nullptr);
  CHECK(prepared.result.extras->extra_keys == std::vector<std::string>{"one", "two", "three"});
  const amqp::Properties stored = prepared.stored();
  CHECK(stored.headers.find("CC") != nullptr);
  CHECK(stored.headers.find("BCC") == nullptr);
}

TEST_CASE("CC that is no list is refused") {
  amqp::Properties properties;
  amqp::Table headers;
  headers.set("CC", "one");
  properties.has_headers = true;
  properties.headers = headers;
  CHECK(Prepared(properties).refusal() == "invalid message: {unacceptable_type_in_header,\"CC\",longstr}");
}

TEST_CASE("the reply queue's name becomes the address of the channel's own consumer") {
  amqp::Properties properties;
  properties.reply_to = "amq.rabbitmq.reply-to";
  CHECK(*Prepared(properties, {"guest", false, "amq.rabbitmq.reply-to.x"}).stored().reply_to ==
        "amq.rabbitmq.reply-to.x");
  CHECK(Prepared(properties).refusal() == "fast reply consumer does not exist");
}

TEST_CASE("properties that cannot be read are noted") {
  ByteBuffer scratch;
  const PreparedProperties truncated = prepare_properties(std::string_view("\x80\x00\x09text", 7), {}, scratch);
  REQUIRE(truncated.extras != nullptr);
  CHECK(truncated.extras->undecodable);
}

}  // namespace warren::publish_properties_test
