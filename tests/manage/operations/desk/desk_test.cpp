#include "manage/operations/desk/desk.hpp"

#include <doctest/doctest.h>

#include "manage/operations/words/limits.hpp"
#include "tests/manage/operations/desk/ask.hpp"

namespace warren::manage::testing {
namespace {

struct Office {
  void take(Ticket ticket, std::string operation, Map arguments = {}, bool app_running = true) {
    effects = {};
    desk.take(ticket, {std::move(operation), std::move(arguments)}, facts_of(rig, app_running), effects);
  }
  void all_rows_came(Ticket ticket) {
    effects = {};
    desk.all_rows_came(ticket, facts_of(rig), effects);
  }
  void registrar_answered(Ticket ticket, RegistrarAnswer answer) {
    effects = {};
    desk.registrar_answered(ticket, std::move(answer), effects);
  }
  Failure failure() const {
    REQUIRE(effects.replies.size() == 1);
    REQUIRE_FALSE(effects.replies[0].answer.ok());
    return effects.replies[0].answer.error();
  }
  Value value() const {
    REQUIRE(effects.replies.size() == 1);
    REQUIRE(effects.replies[0].answer.ok());
    return *effects.replies[0].answer;
  }

  Rig rig;
  Desk desk;
  DeskEffects effects;
};

Row row(std::string name) { return {"/ " + name, Map{}.add("name", name)}; }

}  // namespace

TEST_CASE("what is not understood is answered at once") {
  Office office;
  office.take(1, "make_coffee");
  CHECK(office.failure().sentence == "there is no operation 'make_coffee'");
  office.take(2, "add_vhost");
  CHECK(office.failure().code == kUsage);
  office.take(3, "list_queues", Map{}.add("columns", List{"bogus"}));
  CHECK(office.failure().sentence == "Info key(s) bogus are not supported");
  CHECK(office.desk.waiting() == 0);
}

TEST_CASE("an operation wants the broker to run, or to be stopped, or does not mind") {
  Office office;
  office.take(1, "list_users", {}, false);
  CHECK(office.failure().kind == "app_not_running");
  office.take(2, "reset", {}, true);
  CHECK(office.failure().kind == "app_running");
  office.take(3, "ping", {}, false);
  CHECK(office.value() == Value("Ping succeeded"));
}

TEST_CASE("rows of all shards are put together and sorted") {
  Office office;
  office.take(7, "list_queues", Map{}.add("columns", List{"name"}));
  REQUIRE(office.effects.shard_questions.size() == 1);
  CHECK(office.effects.shard_questions[0].ticket == 7);
  CHECK(office.effects.replies.empty());
  office.desk.rows_came(7, {row("c"), row("a")});
  office.desk.rows_came(7, {});
  office.desk.rows_came(7, {row("b")});
  office.all_rows_came(7);
  CHECK(office.effects.replies[0].ticket == 7);
  CHECK(json(office.value()) == R"([{"name":"a"},{"name":"b"},{"name":"c"}])");
  CHECK(office.desk.waiting() == 0);
}

TEST_CASE("queues whose node does not run are shown among the others") {
  Office office;
  office.rig.declare_on(NodeId(2), "b");
  office.take(7, "list_queues", Map{}.add("columns", List{"name"}));
  office.desk.rows_came(7, {row("c"), row("a")});
  office.all_rows_came(7);
  CHECK(json(office.value()) == R"([{"name":"a"},{"name":"b"},{"name":"c"}])");
}

TEST_CASE("a list that would take too much memory is refused and let go") {
  Office office;
  office.take(1, "list_connections");
  const Rows large{{"x", Map{}.add("name", std::string(limits::kAnswerBytesMax / 4, 'x'))}};
  for (int times = 0; times < 6; ++times) office.desk.rows_came(1, large);
  office.all_rows_came(1);
  CHECK(office.failure().kind == "too_long");
}

TEST_CASE("the registrar's word is the answer") {
  Office office;
  office.take(1, "add_vhost", Map{}.add("name", "v"));
  REQUIRE(office.effects.registrar_requests.size() == 1);
  CHECK(std::holds_alternative<ProposeCommand>(office.effects.registrar_requests[0].request));
  office.registrar_answered(1, Done{});
  CHECK(office.value().is_null());
  office.take(2, "add_user", Map{}.add("username", "bob").add("password", "pw"));
  office.registrar_answered(2, Done{});
  CHECK(office.value().get<std::string>()->starts_with("Done. Don't forget to grant the user permissions"));
  office.take(3, "join_cluster", Map{}.add("member", "b@h"));
  office.registrar_answered(3, std::string("The node is already a member of this cluster"));
  CHECK(office.value() == Value("The node is already a member of this cluster"));
}

TEST_CASE("the registrar's refusals are told as they are") {
  Office office;
  office.take(1, "reset", {}, false);
  office.registrar_answered(1, would_lose("a@h", {}));
  CHECK(office.failure().kind == "would_lose");
  office.take(2, "add_vhost", Map{}.add("name", "v"));
  office.registrar_answered(2, broker::Refusal{amqp::ReplyCode::precondition_failed, "no"});
  CHECK(office.failure().sentence == "no");
}

TEST_CASE("facts become values") {
  Office office;
  office.take(1, "cluster_status");
  ClusterFacts facts;
  facts.cluster_name = "prod";
  office.registrar_answered(1, facts);
  CHECK(text_of(*office.value().get<Map>(), "cluster_name") == "prod");
  office.take(2, "status");
  office.registrar_answered(2, NodeFacts{});
  CHECK(office.value().get<Map>()->find("pid") != nullptr);
}

TEST_CASE("what comes for nobody is ignored") {
  Office office;
  office.desk.rows_came(9, {row("a")});
  office.all_rows_came(9);
  office.registrar_answered(9, Done{});
  office.take(1, "list_connections");
  office.registrar_answered(1, Done{});
  CHECK(office.effects.replies.empty());
  office.desk.abandon(1);
  office.all_rows_came(1);
  CHECK(office.effects.replies.empty());
}

TEST_CASE("requests that wait are bounded") {
  Office office;
  for (std::size_t ticket = 1; ticket <= limits::kWaitingRequestsMax; ++ticket) {
    office.take(ticket, "list_connections");
    CHECK(office.effects.replies.empty());
  }
  office.take(1000, "list_connections");
  CHECK(office.failure().kind == "busy");
  office.all_rows_came(1);
  office.take(1000, "list_connections");
  CHECK(office.effects.replies.empty());
}

}  // namespace warren::manage::testing
