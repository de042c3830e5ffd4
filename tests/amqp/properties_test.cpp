#include "amqp/properties.hpp"

#include <doctest/doctest.h>

#include <string>

#include "tests/amqp/octets.hpp"

namespace warren::properties_test {

using namespace warren::amqp;
using warren::ByteBuffer;

namespace {

Properties full() {
  Properties properties;
  properties.content_type = "text/plain";
  properties.content_encoding = "utf-8";
  properties.has_headers = true;
  properties.headers.set("x", Value(std::int32_t{7}));
  properties.delivery_mode = std::uint8_t{2};
  properties.priority = std::uint8_t{9};
  properties.correlation_id = "corr";
  properties.reply_to = "amq.rabbitmq.reply-to";
  properties.expiration = "1000";
  properties.message_id = "mid";
  properties.timestamp = 1'700'000'000u;
  properties.type = "kind";
  properties.user_id = "guest";
  properties.app_id = "app";
  properties.cluster_id = "cluster";
  return properties;
}

std::string raw_of(const Properties& properties) {
  ByteBuffer out;
  encode_properties(properties, out);
  return std::string(out.view());
}

bool scans(const std::string& raw) {
  PropertiesView view;
  return scan_properties(raw, view);
}

}  // namespace

TEST_CASE("Every property is found by a scan, and written back the same") {
  const std::string raw = raw_of(full());
  PropertiesView view;
  REQUIRE(scan_properties(raw, view));
  CHECK(view.flags == 0xFFFC);
  CHECK(view.content_type == "text/plain");
  CHECK(view.content_encoding == "utf-8");
  CHECK(view.headers == octets({1, 'x', 'I', 0, 0, 0, 7}));
  CHECK(view.delivery_mode == 2);
  CHECK(view.persistent());
  CHECK(view.priority == 9);
  CHECK(view.correlation_id == "corr");
  CHECK(view.reply_to == "amq.rabbitmq.reply-to");
  CHECK(view.expiration == "1000");
  CHECK(view.message_id == "mid");
  CHECK(view.timestamp == 1'700'000'000u);
  CHECK(view.type == "kind");
  CHECK(view.user_id == "guest");
  CHECK(view.app_id == "app");
  CHECK(view.cluster_id == "cluster");
  const auto owned = decode_properties(raw);
  REQUIRE(owned.ok());
  CHECK(raw_of(*owned) == raw);
}

TEST_CASE("No properties and a delivery mode alone are scanned the short way") {
  PropertiesView view = {};
  view.content_type = "left over";
  REQUIRE(scan_properties(kNoProperties, view));
  CHECK(view.flags == 0);
  CHECK(view.content_type.empty());
  REQUIRE(scan_properties(octets({0x10, 0, 2}), view));
  CHECK(view.has(Property::delivery_mode));
  CHECK(view.persistent());
  REQUIRE(scan_properties(octets({0x10, 0, 1}), view));
  CHECK(!view.persistent());
}

TEST_CASE("Raw properties cut anywhere do not decode") {
  const std::string raw = raw_of(full());
  for (std::size_t size = 0; size < raw.size(); ++size) {
    CHECK(!scans(raw.substr(0, size)));
    CHECK(!decode_properties(raw.substr(0, size)).ok());
  }
}

TEST_CASE("Bytes after the last property do not decode") {
  CHECK(!scans(raw_of(full()) + "x"));
  CHECK(!scans(octets({0, 0, 0})));
  CHECK(!scans(octets({0x10, 0, 2, 0})));
  const auto owned = decode_properties(octets({0, 0, 0}));
  REQUIRE(!owned.ok());
  CHECK(owned.error() == DecodeError::trailing);
}

TEST_CASE("Reserved bits mean nothing and are dropped") {
  for (int bits : {1, 2, 3}) {
    CHECK(scans(octets({0, bits})));
    PropertiesView view;
    REQUIRE(scan_properties(octets({0x10, bits, 2}), view));
    CHECK(view.flags == 0x1000);
    CHECK(raw_of(*decode_properties(octets({0x10, bits, 2}))) == octets({0x10, 0, 2}));
  }
  CHECK(!scans(octets({0, 1, 0, 0})));
}

TEST_CASE("A headers table that does not decode spoils the properties") {
  const std::string flags = octets({0x20, 0});
  CHECK(scans(flags + long_string(octets({1, 'a', 'V'}))));
  CHECK(!scans(flags + long_string(octets({1, 'a', 'Z'}))));
  CHECK(!scans(flags + long_string(octets({1, 'a', 'I', 0}))));
  CHECK(!scans(flags + long_string(octets({5, 'a'}))));
  CHECK(!scans(flags + octets({0, 0, 0, 9, 1, 'a', 'V'})));
}

TEST_CASE("Empty headers stay present") {
  const std::string raw = octets({0x20, 0, 0, 0, 0, 0});
  const auto owned = decode_properties(raw);
  REQUIRE(owned.ok());
  CHECK(owned->has_headers);
  CHECK(raw_of(*owned) == raw);
  PropertiesView view;
  REQUIRE(scan_properties(raw, view));
  CHECK(view.has(Property::headers));
}

TEST_CASE("Strings of properties may hold any bytes") {
  const std::string raw = octets({0x80, 0}) + short_string(octets({0xFF, 0, 0xC0}));
  PropertiesView view;
  REQUIRE(scan_properties(raw, view));
  CHECK(view.content_type == octets({0xFF, 0, 0xC0}));
  CHECK(raw_of(*decode_properties(raw)) == raw);
}

TEST_CASE("Owned properties start without any") { CHECK(raw_of(Properties{}) == kNoProperties); }

}  // namespace warren::properties_test
