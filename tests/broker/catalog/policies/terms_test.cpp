#include "broker/catalog/policies/terms.hpp"

#include "tests/broker/catalog/world.hpp"

namespace warren::broker {

TEST_CASE("values are shown as the terms that RabbitMQ prints") {
  CHECK(term_of(amqp::Value(std::int64_t{-1})) == "-1");
  CHECK(term_of(amqp::Value(true)) == "true");
  CHECK(term_of(amqp::Value(amqp::Void{})) == "null");
  CHECK(term_of(amqp::Value("a\"b\\")) == R"(<<"a\"b\\">>)");
  CHECK(term_of(amqp::Value(amqp::Array{"a", std::int64_t{1}})) == R"([<<"a">>,1])");
  CHECK(term_of(table({{"foo", std::int64_t{1}}, {"t", table({})}})) == R"([{<<"foo">>,1},{<<"t">>,[]}])");
  CHECK(term_of(static_cast<const amqp::Value*>(nullptr)) == "none");
}

}  // namespace warren::broker
