#include "base/password.hpp"

#include <doctest/doctest.h>

namespace warren {

TEST_CASE("a password matches its own hash and no other") {
  const std::string hash = hash_password("guest", 0x01020304);
  CHECK(password_matches(hash, "guest"));
  CHECK_FALSE(password_matches(hash, "Guest"));
  CHECK_FALSE(password_matches(hash, "guest "));
  CHECK_FALSE(password_matches(hash_password("other", 0x01020304), "guest"));
}

TEST_CASE("the text form is that of RabbitMQ's documentation") {
  // Salt 0x908DC60A, password "test12" (rabbitmq.com, "Passwords").
  CHECK(hash_password("test12", 0x908DC60A) == "kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR");
}

TEST_CASE("the salt makes equal passwords look different") {
  CHECK(hash_password("guest", 1) != hash_password("guest", 2));
}

TEST_CASE("an empty password matches nothing") {
  CHECK_FALSE(password_matches(hash_password("", 7), ""));
  CHECK_FALSE(password_matches("", ""));
}

TEST_CASE("a hash that cannot be read matches nothing") {
  CHECK_FALSE(password_matches("", "guest"));
  CHECK_FALSE(password_matches("guest", "guest"));
  CHECK_FALSE(password_matches(std::string(48, '!'), "guest"));
  CHECK_FALSE(password_matches(hash_password("guest", 1).substr(1), "guest"));
}

}  // namespace warren
