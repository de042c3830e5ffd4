#include <doctest/doctest.h>

#include "manage/operations/rows/session_rows.hpp"
#include "manage/operations/words/columns.hpp"
#include "tests/manage/operations/rows/surroundings.hpp"

namespace warren::manage::testing {
namespace {

std::string only_row(const Rig& rig, const ShardQuestion& question) {
  Rows rows;
  add_session_rows(question, {rig.catalog, rig.session}, rows);
  REQUIRE(rows.size() == 1);
  return text_of(rows[0]);
}

}  // namespace

TEST_CASE("the columns that are offered for connections, channels and consumers are those that can be made") {
  CHECK(names_of(connection_columns()) == kConnectionColumns.all);
  CHECK(names_of(channel_columns()) == kChannelColumns.all);
  CHECK(names_of(consumer_columns()) == kConsumerColumns.all);
}

TEST_CASE("a connection tells who is at its ends and what was agreed") {
  Rig rig;
  rig.open();
  CHECK(only_row(rig, about(Subject::connections,
                            {"pid", "node", "host", "port", "peer_host", "peer_port", "state", "user", "vhost",
                             "channels", "timeout", "frame_max", "channel_max", "ssl", "auth_mechanism"})) ==
        R"({"pid":"<a@h.0.1.0>","node":"a@h","host":"127.0.0.1","port":5672,"peer_host":"127.0.0.1",)"
        R"("peer_port":41234,"state":"running","user":"guest","vhost":"/","channels":1,"timeout":30,)"
        R"("frame_max":131072,"channel_max":100,"ssl":false,"auth_mechanism":"PLAIN"})");
}

TEST_CASE("a connection that has not been opened is starting") {
  Rig rig;
  CHECK(only_row(rig, about(Subject::connections, {"state", "user"}, "")) == R"({"state":"starting","user":""})");
}

TEST_CASE("a channel tells its mode and what is on its way") {
  Rig rig;
  rig.open();
  rig.send("basic.qos prefetch-count=7");
  rig.send("confirm.select");
  CHECK(only_row(rig, about(Subject::channels, {"pid", "connection", "name", "number", "confirm", "transactional",
                                                "prefetch_count", "consumer_count", "messages_unacknowledged",
                                                "messages_uncommitted", "acks_uncommitted", "messages_unconfirmed"})) ==
        R"j({"pid":"<a@h.1.1.0>","connection":"<a@h.0.1.0>","name":"127.0.0.1:41234 -> 127.0.0.1:5672 (1)",)j"
        R"("number":1,"confirm":true,"transactional":false,"prefetch_count":7,"consumer_count":0,)"
        R"("messages_unacknowledged":0,"messages_uncommitted":0,"acks_uncommitted":0,"messages_unconfirmed":0})");
}

TEST_CASE("a consumer tells its queue and how it was asked for") {
  Rig rig;
  rig.declare_on(NodeId(1), "orders");
  rig.open();
  rig.send("basic.qos prefetch-count=7");
  rig.send("basic.consume queue='orders' consumer-tag='c' arguments={x-priority=5}");
  CHECK(only_row(rig, about(Subject::consumers, {"queue_name", "channel_pid", "consumer_tag", "ack_required",
                                                 "prefetch_count", "active", "activity_status", "arguments"})) ==
        R"({"queue_name":"orders","channel_pid":"<a@h.1.1.0>","consumer_tag":"c","ack_required":true,)"
        R"("prefetch_count":7,"active":true,"activity_status":"up","arguments":{"x-priority":5}})");
}

TEST_CASE("who is active among the consumers of a queue that allows one is known to the queue alone") {
  Rig rig;
  rig.declare_on(NodeId(1), "single", true, {{{"x-single-active-consumer", amqp::Value(true)}}});
  rig.open();
  rig.send("basic.consume queue='single' consumer-tag='c' no-ack=1");
  CHECK(only_row(rig, about(Subject::consumers, {"ack_required", "active", "activity_status"})) ==
        R"({"ack_required":false,"active":null,"activity_status":null})");
}

}  // namespace warren::manage::testing
