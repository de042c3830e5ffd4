#include <doctest/doctest.h>

#include "tests/manage/operations/desk/ask.hpp"

namespace warren::manage::testing {
namespace {

NeedRows rows(const Rig& rig, std::string_view operation, const Map& arguments) {
  const Need needed = need(rig, operation, arguments);
  const auto* found = std::get_if<NeedRows>(&needed);
  REQUIRE(found != nullptr);
  return *found;
}

}  // namespace

TEST_CASE("queues are asked for in one vhost, with the columns named") {
  const Rig rig;
  const NeedRows needed = rows(rig, "list_queues", Map{}.add("columns", List{"name", "state"}));
  CHECK(needed.question.subject == Subject::queues);
  CHECK(needed.question.vhost == "/");
  CHECK(needed.question.columns == std::vector<std::string>{"name", "state"});
  CHECK_FALSE(needed.of_own_node);
  CHECK(needed.add_down);
}

TEST_CASE("queues can be those of running nodes, of this one, or of nodes that do not run") {
  Rig rig;
  rig.declare_on(NodeId(1), "here");
  rig.declare_on(NodeId(2), "away");
  CHECK_FALSE(rows(rig, "list_queues", Map{}.add("online", true)).add_down);
  CHECK(rows(rig, "list_queues", Map{}.add("online", true).add("offline", true)).add_down);
  const NeedRows local = rows(rig, "list_queues", Map{}.add("local", true));
  CHECK(local.of_own_node);
  CHECK_FALSE(local.add_down);
  CHECK(json(value(rig, "list_queues", Map{}.add("offline", true))) == R"([{"name":"away","messages":null}])");
}

TEST_CASE("a vhost that does not exist has nothing") {
  const Rig rig;
  for (const char* operation : {"list_queues", "list_exchanges", "list_bindings", "list_consumers"})
    CHECK(json(value(rig, operation, Map{}.add("vhost", "v"))) == "[]");
}

TEST_CASE("connections and channels are those of all vhosts") {
  const Rig rig;
  CHECK(rows(rig, "list_connections", {}).question.vhost.empty());
  CHECK(rows(rig, "list_connections", {}).question.subject == Subject::connections);
  CHECK(rows(rig, "list_channels", {}).question.subject == Subject::channels);
  CHECK(rows(rig, "list_consumers", {}).question.vhost == "/");
  CHECK(rows(rig, "list_consumers", {}).question.subject == Subject::consumers);
}

TEST_CASE("exchanges and bindings are known to the catalog") {
  const Rig rig;
  CHECK(value(rig, "list_exchanges", {}).get<List>()->size() == 8);
  CHECK(value(rig, "list_bindings", {}).get<List>()->empty());
}

}  // namespace warren::manage::testing
