#include "node/cluster/ask/ask_messages.hpp"

#include <doctest/doctest.h>

namespace warren::ask_messages_test {

using namespace warren::node;

namespace {

AskMessage carried(const AskMessage& message) {
  const std::string bytes = encode(message);
  AskMessage back;
  REQUIRE(decode(bytes, back));
  CHECK(encode(back) == bytes);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    AskMessage part;
    (void)decode(std::string_view(bytes).substr(0, size), part);
  }
  return back;
}

}  // namespace

TEST_CASE("every question and answer comes back as it was sent") {
  broker::NodeDefinition node;
  node.id = NodeId(4);
  node.name = "n@h";
  node.kind = broker::NodeKind::ram;
  node.host = "h";
  node.cluster_port = 25672;
  (void)carried(WhoQuestion{});
  const auto who = std::get<WhoAnswer>(carried(WhoAnswer{"a@h", "demo", true, 12345, {{node}}}));
  CHECK(who.forming);
  CHECK(who.nodes.front().node.kind == broker::NodeKind::ram);
  CHECK(std::get<JoinQuestion>(carried(JoinQuestion{"b@h", broker::NodeKind::witness, "h", 9})).port == 9);
  CHECK(std::get<JoinAnswer>(carried(JoinAnswer{"no", 0, 0, {}})).refusal == "no");
  CHECK(std::get<JoinAnswer>(carried(JoinAnswer{{}, 4, 77, {{node}}})).nodes.front().node.cluster_port == 25672);
  CHECK(std::get<LeaveQuestion>(carried(LeaveQuestion{"b@h", 77})).lineage == 77);
  CHECK(std::get<LeaveAnswer>(carried(LeaveAnswer{"no"})).refusal == "no");
  CHECK(std::get<RowsQuestion>(carried(RowsQuestion{"{}"})).line == "{}");
  CHECK(std::get<RowsAnswer>(carried(RowsAnswer{"[]"})).rows == "[]");
}

TEST_CASE("what is no question is refused") {
  AskMessage back;
  CHECK_FALSE(decode("", back));
  CHECK_FALSE(decode("\x7f", back));
  CHECK_FALSE(decode("\x03zzz", back));
}

}  // namespace warren::ask_messages_test
