#include "manage/operations/rows/catalog_rows.hpp"

#include <doctest/doctest.h>

#include "manage/operations/words/columns.hpp"
#include "tests/manage/operations/rows/surroundings.hpp"

namespace warren::manage::testing {
namespace {

ColumnNames all(const Columns& columns) { return {columns.all.begin(), columns.all.end()}; }

}  // namespace

TEST_CASE("users are listed with their tags, and what they may do") {
  Rig rig;
  rig.apply(broker::PutUser{{"bob", "", {"monitoring", "x"}}});
  rig.apply(broker::AddVhost{"other"});
  rig.apply(broker::SetPermission{"other", "bob", "a", "b", ""});
  CHECK(json(user_rows(rig.catalog)) ==
        R"([{"user":"bob","tags":["monitoring","x"]},{"user":"guest","tags":["administrator"]}])");
  CHECK(json(permission_rows(rig.catalog, "/")) == R"([{"user":"guest","configure":".*","write":".*","read":".*"}])");
  CHECK(json(user_permission_rows(rig.catalog, "bob")) ==
        R"([{"vhost":"other","configure":"a","write":"b","read":""}])");
  CHECK(permission_rows(rig.catalog, "nowhere").empty());
  CHECK(json(vhost_rows(rig.catalog, {"name", "tracing"})) ==
        R"([{"name":"/","tracing":false},{"name":"other","tracing":false}])");
}

TEST_CASE("topic permissions and limits are listed") {
  Rig rig;
  rig.apply(broker::SetTopicPermission{"/", "guest", "amq.topic", "a", "b"});
  rig.apply(broker::SetVhostLimits{"/", {7u, 5u}});
  CHECK(json(topic_permission_rows(rig.catalog, "/")) ==
        R"([{"user":"guest","exchange":"amq.topic","write":"a","read":"b"}])");
  CHECK(json(user_topic_permission_rows(rig.catalog, "guest")) ==
        R"([{"vhost":"/","exchange":"amq.topic","write":"a","read":"b"}])");
  CHECK(user_topic_permission_rows(rig.catalog, "bob").empty());
  CHECK(topic_permission_rows(rig.catalog, "nowhere").empty());
  CHECK(json(vhost_limit_rows(rig.catalog)) ==
        R"([{"vhost":"/","limits":"{\"max-connections\":7,\"max-queues\":5}"}])");
}

TEST_CASE("the columns of these listings are those that can be made") {
  Rig rig;
  rig.declare_on(NodeId(1), "q");
  for (const Value& row : {exchange_rows(rig.catalog, "/", all(kExchangeColumns))[1],
                           binding_rows(rig.catalog, "/", all(kBindingColumns))[0]})
    for (const auto& [name, value] : row.get<Map>()->entries) {
      CAPTURE(name);
      CHECK(value.is_null() == (name == "policy"));
    }
}

TEST_CASE("exchanges are listed by name") {
  Rig rig;
  const List rows = exchange_rows(rig.catalog, "/", {"name", "type"});
  REQUIRE(rows.size() == 8);
  CHECK(json(rows[0]) == R"({"name":"","type":"direct"})");
  CHECK(json(rows[1]) == R"({"name":"amq.direct","type":"direct"})");
  CHECK(exchange_rows(rig.catalog, "nowhere", {"name"}).empty());
}

TEST_CASE("bindings are listed, those of every queue to the default exchange too") {
  Rig rig;
  rig.declare_on(NodeId(1), "q");
  const VhostId vhost = rig.catalog.find_vhost("/")->id;
  rig.apply(broker::Bind{vhost, "amq.topic", broker::DestinationKind::queue, "q", "k", {}});
  rig.apply(broker::Bind{vhost, "amq.topic", broker::DestinationKind::exchange, "amq.fanout", "k", {}});
  CHECK(json(binding_rows(
            rig.catalog, "/",
            {"source_name", "source_kind", "destination_name", "destination_kind", "routing_key", "arguments"})) ==
        R"([{"source_name":"","source_kind":"exchange","destination_name":"q","destination_kind":"queue",)"
        R"("routing_key":"q","arguments":{}},)"
        R"({"source_name":"amq.topic","source_kind":"exchange","destination_name":"amq.fanout",)"
        R"("destination_kind":"exchange","routing_key":"k","arguments":{}},)"
        R"({"source_name":"amq.topic","source_kind":"exchange","destination_name":"q","destination_kind":"queue",)"
        R"("routing_key":"k","arguments":{}}])");
  CHECK(binding_rows(rig.catalog, "nowhere", {"source_name"}).empty());
}

}  // namespace warren::manage::testing
