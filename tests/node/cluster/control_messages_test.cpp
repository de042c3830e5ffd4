#include "node/cluster/control_messages.hpp"

#include <doctest/doctest.h>

namespace warren::control_messages_test {

using namespace warren::node;

namespace {

ControlMessage carried(const ControlMessage& message) {
  const std::string bytes = encode(message);
  ControlMessage back;
  REQUIRE(decode(bytes, back));
  CHECK(encode(back) == bytes);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    ControlMessage part;
    (void)decode(std::string_view(bytes).substr(0, size), part);
  }
  return back;
}

}  // namespace

TEST_CASE("every message between registrars comes back as it was sent") {
  CHECK(std::get<GroupMail>(carried(GroupMail{"raft"})).message == "raft");
  CHECK(std::get<Heartbeat>(carried(Heartbeat{{NodeId(2), NodeId(9)}})).sees_down.back() == NodeId(9));
  CHECK(std::get<Forward>(carried(Forward{{{5, raft::EntryClass::topology, "e"}}})).proposals.front().envelope == "e");
  const auto verdicts =
      std::get<Verdicts>(carried(Verdicts{{{5, Verdict::What::denied, raft::Refused::no_disc}}})).verdicts;
  CHECK(verdicts.front().why == raft::Refused::no_disc);
  CHECK(std::get<Forward>(carried(Forward{{}, 42})).incarnation == 42);
  CHECK(std::get<Verdicts>(carried(Verdicts{{}, 43})).incarnation == 43);
  const NodesTold told{{{NodeId(3), "n3", broker::NodeKind::ram, "host", 4369}}};
  CHECK(std::get<NodesTold>(carried(told)).nodes.front().name == "n3");
  CHECK(std::get<AdmissionWanted>(carried(AdmissionWanted{77})).admission == 77);
}

TEST_CASE("what is no message is refused") {
  ControlMessage back;
  CHECK_FALSE(decode("", back));
  CHECK_FALSE(decode(std::string_view("\0", 1), back));
  CHECK_FALSE(
      decode("\x7f"
             "abc",
             back));
  CHECK_FALSE(
      decode("\x01"
             "abc",
             back));
  Heartbeat many;
  for (std::uint32_t i = 1; i <= limits::kMembersMax + 1; ++i) many.sees_down.emplace_back(i);
  CHECK_FALSE(decode(encode(many), back));
}

TEST_CASE("the bytes of a heartbeat stay what they are") {
  CHECK(encode(Heartbeat{{NodeId(3)}}) == std::string("\x02\x01\0\0\0\x09\x01\0\0\0\x04\0\0\0\x03", 15));
}

TEST_CASE("a heartbeat says how its sender is, and where it listens") {
  const Heartbeat told{{NodeId(2)}, {3, "0.1.0", {{"[::]", 5672, "amqp", "AMQP 0-9-1"}}, {{VhostId(1), 7}}}};
  const auto heard = std::get<Heartbeat>(carried(told));
  CHECK(heard.sees_down == std::vector<NodeId>{NodeId(2)});
  CHECK(heard.state.alarms == 3);
  CHECK(heard.state.version == "0.1.0");
  REQUIRE(heard.state.listeners.size() == 1);
  CHECK(heard.state.listeners.front().port == 5672);
  CHECK(heard.state.connections == broker::session::VhostCounts{{VhostId(1), 7}});
  Heartbeat many;
  many.state.listeners.resize(kListenersMax + 1);
  ControlMessage back;
  CHECK_FALSE(decode(encode(many), back));
}

}  // namespace warren::control_messages_test
