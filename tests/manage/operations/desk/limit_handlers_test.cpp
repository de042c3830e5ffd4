#include <doctest/doctest.h>

#include "tests/manage/operations/desk/ask.hpp"

namespace warren::manage::testing {
namespace {

Map limits(std::string definition) { return Map{}.add("definition", std::move(definition)); }

}  // namespace

TEST_CASE("limits of a vhost are JSON, and a negative one is none") {
  const Rig rig;
  const auto set =
      proposal<broker::SetVhostLimits>(rig, "set_vhost_limits", limits(R"({"max-queues":5,"max-connections":0})"));
  CHECK(set.vhost == "/");
  CHECK(set.limits.queues == 5u);
  CHECK(set.limits.connections == 0u);
  CHECK_FALSE(proposal<broker::SetVhostLimits>(rig, "set_vhost_limits", limits(R"({"max-queues":-1})"))
                  .limits.queues.has_value());
  CHECK(proposal<broker::SetVhostLimits>(rig, "clear_vhost_limits", {}).limits == broker::VhostLimits{});
}

TEST_CASE("what is no limit is refused in a sentence") {
  const Rig rig;
  for (const char* bad :
       {"", "[]", "5", "{", R"({"max-queues":"5"})", R"({"max-queues":4294967296})", R"({"max-tables":1})"}) {
    CAPTURE(bad);
    CHECK(failure(rig, "set_vhost_limits", limits(bad)).code == kDataError);
  }
  CHECK(failure(rig, "set_vhost_limits", limits("{}").add("vhost", "w")).kind == "no_such_vhost");
  CHECK(failure(rig, "list_vhost_limits", Map{}.add("vhost", "w")).kind == "no_such_vhost");
}

TEST_CASE("limits are listed for one vhost as they are, for all as rows") {
  const Rig rig;
  CHECK(value(rig, "list_vhost_limits", {}) == Value(Map{}));
  CHECK(value(rig, "list_vhost_limits", Map{}.add("global", true)) == Value(List{}));
}

}  // namespace warren::manage::testing
