#include "broker/catalog/mirrors/wish.hpp"

#include "tests/broker/catalog/mirrors/mirrored_world.hpp"

namespace warren::broker {
namespace {

using Entries = std::vector<std::pair<std::string, amqp::Value>>;

EffectivePolicy policy(Entries settings) { return {"ha", {}, table(std::move(settings))}; }

Wish wish(Entries settings) {
  const MirroredWorld world("");
  const EffectivePolicy of = policy(std::move(settings));
  return wish_of(world.catalog(), &of);
}

}  // namespace

TEST_CASE("a policy says how many copies there are, or where") {
  CHECK(wish({{"ha-mode", "all"}}).mode == Wish::Mode::all);
  CHECK(wish({{"ha-mode", "all"}, {"ha-params", std::int64_t{2}}}).mode == Wish::Mode::all);
  const Wish two = wish({{"ha-mode", "exactly"}, {"ha-params", std::int64_t{2}}});
  CHECK(two.mode == Wish::Mode::exactly);
  CHECK(two.copies == 2);
  const Wish named = wish({{"ha-mode", "nodes"}, {"ha-params", amqp::Array{"c", "unknown", "a"}}});
  CHECK(named.mode == Wish::Mode::nodes);
  CHECK(named.nodes == std::vector<NodeId>{NodeId(3), NodeId(1)});
}

TEST_CASE("what says nothing of copies, or makes no sense, leaves the owner alone") {
  const EffectivePolicy other = policy({{"max-length", std::int64_t{2}}});
  CHECK_FALSE(wants_mirrors(&other));
  CHECK_FALSE(wants_mirrors(nullptr));
  CHECK(wish({{"max-length", std::int64_t{2}}}).mode == Wish::Mode::none);
  CHECK(wish_of(MirroredWorld("").catalog(), nullptr).mode == Wish::Mode::none);
  CHECK(wish({{"ha-mode", "exactly"}}).copies == 1);
  CHECK(wish({{"ha-mode", "exactly"}, {"ha-params", std::int64_t{-3}}}).copies == 1);
  CHECK(wish({{"ha-mode", "nodes"}, {"ha-params", std::int64_t{2}}}).nodes.empty());
}

TEST_CASE("incomplete copies are promoted only where a policy says so") {
  const EffectivePolicy cautious = policy({{"ha-mode", "all"}});
  const EffectivePolicy rash = policy({{"ha-mode", "all"}, {"ha-promote-on-failure", "always"}});
  const EffectivePolicy tidy = policy({{"ha-mode", "all"}, {"ha-promote-on-shutdown", "always"}});
  for (const bool orderly : {false, true}) {
    CHECK_FALSE(promotes_incomplete(&cautious, orderly));
    CHECK_FALSE(promotes_incomplete(nullptr, orderly));
    CHECK(promotes_incomplete(&rash, orderly) == !orderly);
    CHECK(promotes_incomplete(&tidy, orderly) == orderly);
  }
}

}  // namespace warren::broker
