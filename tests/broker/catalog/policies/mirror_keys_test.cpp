#include "broker/catalog/policies/mirror_keys.hpp"

#include "tests/broker/catalog/world.hpp"

namespace warren::broker {
namespace {

using Entries = std::vector<std::pair<std::string, amqp::Value>>;

std::string mistake(Entries entries) { return mistake_in_mirror_keys(table(std::move(entries))).value_or(""); }

}  // namespace

TEST_CASE("the keys of copies are refused in the words of the reference") {
  const amqp::Value zero = std::int64_t{0};
  CHECK(mistake({{"ha-mode", "bogus"}}) == R"(<<"bogus">> is not a valid ha-mode value)");
  CHECK(mistake({{"ha-params", zero}}) ==
        "ha-mode must be specified to specify ha-params, ha-sync-mode or ha-promote-on-shutdown");
  CHECK(mistake({{"ha-mode", "exactly"}}) == R"(ha-mode="exactly" takes an integer, none given)");
  CHECK(mistake({{"ha-mode", "exactly"}, {"ha-params", zero}}) == R"(ha-mode="exactly" takes an integer, 0 given)");
  CHECK(mistake({{"ha-mode", "nodes"}, {"ha-params", amqp::Array{}}}) == R"(ha-mode="nodes" list must be non-empty)");
  CHECK(mistake({{"ha-mode", "nodes"}, {"ha-params", "a"}}) == R"(ha-mode="nodes" takes a list, <<"a">> given)");
  CHECK(mistake({{"ha-mode", "nodes"}, {"ha-params", amqp::Array{"a", std::int64_t{1}}}}) ==
        R"(ha-mode="nodes" takes a list of strings, [1] was not a string)");
  CHECK(mistake({{"ha-mode", "all"}, {"ha-params", zero}}) == R"(ha-mode="all" does not take parameters)");
  CHECK(mistake({{"ha-mode", "all"}, {"ha-sync-mode", "x"}}) ==
        R"(ha-sync-mode must be "manual" or "automatic", got <<"x">>)");
  CHECK(mistake({{"ha-mode", "all"}, {"ha-sync-batch-size", zero}}) ==
        "ha-sync-batch-size takes an integer greater than 0, 0 given");
  CHECK(mistake({{"ha-mode", "all"}, {"ha-promote-on-shutdown", "x"}}) ==
        R"(ha-promote-on-shutdown must be "always" or "when-synced", got <<"x">>)");
  CHECK(mistake({{"ha-mode", "all"}, {"ha-promote-on-failure", "x"}}) ==
        R"(ha-promote-on-failure must be "always" or "when-synced", got <<"x">>)");
}

TEST_CASE("keys of copies that are right are no mistake") {
  const Entries right{{"ha-mode", "nodes"}, {"ha-params", amqp::Array{"a@h"}}, {"ha-sync-mode", "automatic"}};
  CHECK(mistake(right) == "");
  CHECK(mistake({{"ha-mode", "exactly"}, {"ha-params", std::int64_t{2}}}) == "");
  CHECK(mistake({{"max-length", std::int64_t{2}}}) == "");
}

TEST_CASE("operators set how many copies there are, not what becomes of them") {
  CHECK(is_mirror_key("ha-promote-on-failure"));
  CHECK(is_mirror_key_of_operators("ha-sync-mode"));
  CHECK_FALSE(is_mirror_key_of_operators("ha-promote-on-failure"));
  CHECK_FALSE(is_mirror_key("max-length"));
  CHECK_FALSE(is_mirror_key_of_operators("max-length"));
}

}  // namespace warren::broker
