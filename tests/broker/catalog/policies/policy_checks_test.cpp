#include "broker/catalog/policies/policy_checks.hpp"

#include "base/limits.hpp"
#include "tests/broker/catalog/world.hpp"

namespace warren::broker {
namespace {

using Entries = std::vector<std::pair<std::string, amqp::Value>>;

amqp::Value number(std::int64_t value) { return value; }

// What follows "Validation failed" and an empty line; empty: all is well.
std::string flaw(Entries entries, PolicyKind kind = PolicyKind::user, std::string pattern = ".*",
                 std::string name = "p") {
  const auto refusal =
      check_policy({{}, kind, std::move(name), std::move(pattern), ApplyTo::all, 0, table(std::move(entries))});
  if (!refusal) return {};
  constexpr std::string_view kBegin = "Validation failed\n\n";
  REQUIRE(refusal->text.starts_with(kBegin));
  return refusal->text.substr(kBegin.size());
}

}  // namespace

TEST_CASE("a policy says something, in keys that are known") {
  CHECK(flaw({}) == "no policy provided");
  CHECK(flaw({{"foo", number(1)}, {"max-length", number(1)}}) ==
        R"([{<<"foo">>,1}] are not recognised policy settings)");
  CHECK(flaw({{"x-max-priority", number(1)}}) == R"([{<<"x-max-priority">>,1}] are not recognised policy settings)");
}

TEST_CASE("values are refused in the words of the reference, before keys are") {
  CHECK(flaw({{"foo", number(1)}, {"max-length", number(-1)}}) == "-1 is not a valid maximum length");
  CHECK(flaw({{"max-length", "5"}}) == R"(<<"5">> is not a valid maximum length)");
  CHECK(flaw({{"message-ttl", number(-1)}}) == "-1 is not a valid message TTL");
  CHECK(flaw({{"expires", number(0)}}) == "0 is not a valid queue expiry");
  CHECK(flaw({{"overflow", "x"}}) == R"(<<"x">> is not a valid overflow value)");
  CHECK(flaw({{"queue-master-locator", "bogus"}}) == R"(<<"bogus">> invalid queue-master-locator value)");
  CHECK(flaw({{"dead-letter-exchange", number(1)}}) == "1 is not a valid dead letter exchange name");
  CHECK(flaw({{"max-age", "5"}}) == R"(<<"5">> is not a valid max age)");
}

TEST_CASE("every key that the reference has is accepted with a value that fits") {
  CHECK(flaw({{"alternate-exchange", "x"},
              {"dead-letter-exchange", ""},
              {"dead-letter-routing-key", "k"},
              {"dead-letter-strategy", "at-least-once"},
              {"message-ttl", number(0)},
              {"expires", number(1)},
              {"max-length", number(0)},
              {"max-length-bytes", number(0)},
              {"max-in-memory-length", number(0)},
              {"max-in-memory-bytes", number(0)},
              {"overflow", "reject-publish-dlx"},
              {"delivery-limit", number(-1)},
              {"queue-mode", "lazy"},
              {"queue-version", number(2)},
              {"queue-master-locator", "min-masters"},
              {"queue-leader-locator", "balanced"},
              {"consumer-timeout", number(1000)},
              {"max-age", "10D"},
              {"stream-max-segment-size-bytes", number(1)},
              {"stream-filter-size-bytes", number(16)},
              {"initial-cluster-size", number(3)},
              {"target-group-size", number(3)}}) == "");
}

TEST_CASE("operators set limits and nothing else") {
  CHECK(flaw({{"max-length", number(1)}, {"overflow", "drop-head"}}, PolicyKind::operators) == "");
  CHECK(flaw({{"dead-letter-exchange", "x"}}, PolicyKind::operators) ==
        R"([{<<"dead-letter-exchange">>,<<"x">>}] are not recognised policy settings)");
}

TEST_CASE("copies of queues are refused for what is wrong with them") {
  CHECK(flaw({{"ha-mode", "bogus"}}) == R"(<<"bogus">> is not a valid ha-mode value)");
  CHECK(flaw({{"ha-mode", "all"}}) == "");
  CHECK(flaw({{"ha-mode", "all"}}, PolicyKind::operators) == "");
}

TEST_CASE("name, pattern and size of a policy are bounded") {
  CHECK(flaw({{"max-length", number(1)}}, PolicyKind::user, "(") ==
        "pattern should be regular expression but is invalid: " + Pattern::read("(").error());
  CHECK(flaw({{"max-length", number(1)}}, PolicyKind::user, ".*", "") == "the name of a policy has 1 to 128 bytes");
  CHECK(flaw({{"alternate-exchange", std::string_view(std::string(limits::kPolicyBytesMax, 'x'))}}) ==
        "a definition has at most 65536 bytes");
}

}  // namespace warren::broker
