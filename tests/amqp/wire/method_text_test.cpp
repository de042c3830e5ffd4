#include <doctest/doctest.h>

#include <string>

#include "amqp/codec.hpp"

namespace warren::method_text_test {

using namespace warren::amqp;

TEST_CASE("Methods print with their fields, but for reserved ones") {
  QueueDeclare declare{.ticket = 3, .queue = "q", .durable = true};
  declare.arguments.set("x-max-length", Value(std::int32_t{10}));
  CHECK(print(Method(declare)) ==
        "queue.declare queue='q' passive=0 durable=1 exclusive=0 auto-delete=0 nowait=0 arguments={x-max-length=10}");
  CHECK(print(Method(ConnectionCloseOk{})) == "connection.close-ok");
  CHECK(print(Method(ConnectionOpen{.virtual_host = "/", .capabilities = "x"})) == "connection.open virtual-host='/'");
  CHECK(print(Method(BasicAck{.delivery_tag = 7})) == "basic.ack delivery-tag=7 multiple=0");
}

TEST_CASE("Bytes that cannot be read are escaped") {
  CHECK(print(Method(BasicConsumeOk{.consumer_tag = "it's\n"})) == "basic.consume-ok consumer-tag='it\\'s\\x0a'");
  CHECK(print(Method(BasicConsumeOk{.consumer_tag = "\xFF"})) == "basic.consume-ok consumer-tag='\\xff'");
  CHECK(print(Method(BasicConsumeOk{.consumer_tag = "\xC3\xBC"})) == "basic.consume-ok consumer-tag='\xC3\xBC'");
}

TEST_CASE("Passwords are not printed") {
  const std::string text = print(Method(ConnectionStartOk{.mechanism = "PLAIN", .response = "guest-secret"}));
  CHECK(text.find("guest-secret") == std::string::npos);
  CHECK(text.find("mechanism='PLAIN'") != std::string::npos);
  CHECK(print(Method(ConnectionUpdateSecret{.new_secret = "s3cret"})).find("s3cret") == std::string::npos);
}

}  // namespace warren::method_text_test
