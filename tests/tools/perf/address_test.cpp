#include "tools/perf/address.hpp"

#include <doctest/doctest.h>

namespace warren::perf {

TEST_CASE("a whole URI is read") {
  const auto address = read_uri("amqp://me:secret@example.org:5673/house");
  REQUIRE(address.ok());
  CHECK(address->user == "me");
  CHECK(address->password == "secret");
  CHECK(address->host == "example.org");
  CHECK(address->port == 5673);
  CHECK(address->vhost == "house");
}

TEST_CASE("what is missing is that of the base") {
  Address base;
  base.port = 1234;
  base.user = "someone";
  const auto address = read_uri("amqp://there", base);
  REQUIRE(address.ok());
  CHECK(address->host == "there");
  CHECK(address->port == 1234);
  CHECK(address->user == "someone");
  CHECK(address->vhost == "/");
  CHECK(read_uri("amqp://")->host == "127.0.0.1");
}

TEST_CASE("parts may be percent-encoded, and a slash ends the host") {
  const auto address = read_uri("amqp://a%40b:p%2Fw@h/%2f");
  REQUIRE(address.ok());
  CHECK(address->user == "a@b");
  CHECK(address->password == "p/w");
  CHECK(address->vhost == "/");
  CHECK(read_uri("amqp://h/")->vhost.empty());
}

TEST_CASE("IPv6 addresses stand in brackets") {
  const auto address = read_uri("amqp://[::1]:5673");
  REQUIRE(address.ok());
  CHECK(address->host == "::1");
  CHECK(address->port == 5673);
  CHECK(read_uri("amqp://[::1]")->host == "::1");
}

TEST_CASE("other forms are refused") {
  for (const char* wrong : {"", "h", "amqps://h", "amqp://h:0", "amqp://h:port", "amqp://h:70000", "amqp://%zz",
                            "amqp://%4", "amqp://[::1", "amqp://[::1]x"})
    CHECK_FALSE(read_uri(wrong).ok());
}

}  // namespace warren::perf
