#include "broker/queue/parts/limits_policy.hpp"

#include <doctest/doctest.h>

#include "tests/broker/queue/queue_fixture.hpp"

namespace warren::limits_policy_test {

using namespace warren::broker;
using namespace warren::broker::testing;

TEST_CASE("a queue that limits nothing has no policy") {
  CHECK(LimitsPolicy::make({.max_priority = 3, .single_active_consumer = true}, 0) == nullptr);
  CHECK(LimitsPolicy::make({.max_length = 0}, 0) != nullptr);
}

TEST_CASE("the smaller of two times to live decides, and none means never") {
  const MessageRef plain = message("k");
  const MessageRef short_lived = lasting("k", 10);
  CHECK(message_deadline(*plain, kUnlimited, 100) == kNever);
  CHECK(message_deadline(*plain, 30, 100) == 130);
  CHECK(message_deadline(*plain, 0, 100) == 100);
  CHECK(message_deadline(*short_lived, kUnlimited, 100) == 110);
  CHECK(message_deadline(*short_lived, 30, 100) == 110);
  CHECK(message_deadline(*short_lived, 5, 100) == 105);
}

TEST_CASE("with drop-head what is above a limit is surplus; with the others it is refused beforehand") {
  const MessageRef ten = message("k", 10);
  const auto drop = LimitsPolicy::make({.max_length = 2, .max_length_bytes = 25}, 0);
  CHECK_FALSE(drop->surplus(2, 25));
  CHECK(drop->surplus(3, 0));
  CHECK(drop->surplus(1, 26));
  CHECK_FALSE(drop->refuses(*ten, 5, 500));
  const auto refuse =
      LimitsPolicy::make({.max_length = 2, .max_length_bytes = 25, .overflow = Overflow::reject_publish}, 0);
  CHECK_FALSE(refuse->surplus(3, 500));
  CHECK_FALSE(refuse->refuses(*ten, 1, 15));
  CHECK(refuse->refuses(*ten, 2, 0));
  CHECK(refuse->refuses(*ten, 0, 16));
  CHECK_FALSE(refuse->refused_are_dead_letters());
}

TEST_CASE("expiry runs from the last use") {
  const auto policy = LimitsPolicy::make({.expires_ms = 100}, 7);
  CHECK(policy->expiry() == 107);
  policy->touch(50);
  CHECK(policy->expiry() == 150);
  CHECK(LimitsPolicy::make({.max_length = 1}, 7)->expiry() == kNever);
}

}  // namespace warren::limits_policy_test
