#include "broker/queue/parts/argument_rows.hpp"

#include <doctest/doctest.h>

#include <set>

namespace warren::argument_rows_test {

using namespace warren::broker;

namespace {

const ArgumentRow& row(std::string_view name) {
  for (const ArgumentRow& one : argument_rows())
    if (one.name == name) return one;
  FAIL("no row " << name);
  return argument_rows().front();
}

std::string complaint(std::string_view name, const amqp::Value& value) {
  amqp::Table all;
  all.set(name, value);
  return row(name).check(value, all).value_or("fine");
}

}  // namespace

TEST_CASE("no name is listed twice") {
  std::set<std::string_view> names;
  for (const ArgumentRow& one : argument_rows()) CHECK(names.insert(one.name).second);
  for (const std::string_view name : foreign_arguments()) CHECK(names.insert(name).second);
}

TEST_CASE("every row that passes can be applied") {
  QueueSettings settings;
  row("x-message-ttl").apply(std::int32_t{5}, settings);
  row("x-expires").apply(std::uint8_t{6}, settings);
  row("x-max-length").apply(std::int64_t{7}, settings);
  row("x-max-length-bytes").apply(std::int16_t{8}, settings);
  row("x-max-priority").apply(std::int8_t{0}, settings);
  row("x-dead-letter-exchange").apply("dlx", settings);
  row("x-dead-letter-routing-key").apply("key", settings);
  row("x-overflow").apply("reject-publish-dlx", settings);
  row("x-single-active-consumer").apply(true, settings);
  CHECK(settings.message_ttl_ms == 5);
  CHECK(settings.expires_ms == 6);
  CHECK(settings.max_length == 7);
  CHECK(settings.max_length_bytes == 8);
  CHECK(settings.max_priority == 1);
  CHECK(settings.dead_letter->exchange == "dlx");
  CHECK(settings.dead_letter->routing_key == "key");
  CHECK(settings.overflow == Overflow::reject_publish_dlx);
  CHECK(settings.single_active_consumer);
}

TEST_CASE("integers of any width are integers, and nothing else is") {
  CHECK(complaint("x-max-length", std::int8_t{1}) == "fine");
  CHECK(complaint("x-max-length", std::uint8_t{1}) == "fine");
  CHECK(complaint("x-max-length", std::uint16_t{1}) == "fine");
  CHECK(complaint("x-max-length", std::uint32_t{1}) == "fine");
  CHECK(complaint("x-max-length", 1.0) == "\"expected integer, got double\"");
  CHECK(complaint("x-max-length", true) == "\"expected integer, got bool\"");
  CHECK(complaint("x-max-length", amqp::Decimal{0, 1}) == "\"expected integer, got decimal\"");
  CHECK(complaint("x-max-length", "1") == "\"expected integer, got longstr\"");
}

}  // namespace warren::argument_rows_test
