// Limits of connections, of one shard that hears of others.
#include <doctest/doctest.h>

#include <string>
#include <utility>

#include "tests/node/lone_shard.hpp"

namespace warren::shard_connections_test {

using namespace warren::node;
using namespace warren::node::testing;

namespace {

struct Limited : LoneShard {
  explicit Limited(std::uint32_t most) {
    step(ChangeRequest{1, "guest", broker::SetVhostLimits{"/", {most, {}}}});
    REQUIRE(shard->catalog().find_vhost("/")->limits.connections == most);
  }

  // What a client hears that opens a connection.
  std::string knock() {
    using broker::session::testing::append_method_text;
    const SessionId session(++knocks_);
    step(Accepted{session, {"client", true}});
    ByteBuffer bytes;
    bytes.append(amqp::kProtocolHeader);
    append_method_text(bytes, 0, "connection.start-ok mechanism='PLAIN' response='\\x00guest\\x00guest'");
    append_method_text(bytes, 0, "connection.tune-ok channel-max=10 frame-max=131072");
    append_method_text(bytes, 0, "connection.open virtual-host='/'");
    step(Received{session, bytes.view()});
    return std::exchange(sent, {});
  }
  void leave(std::uint64_t number) { step(Closed{SessionId(1000 + number)}); }
  void other_has(std::uint32_t connections) {
    NodeState state;
    if (connections > 0) state.connections = {{VhostId(1), connections}};
    step(PeerControl{kOtherNode, encode(ControlMessage(Heartbeat{{}, state}))});
  }

 private:
  std::uint64_t knocks_ = 1000;
};

constexpr const char* kIn = "connection.start connection.tune connection.open-ok";
constexpr const char* kRefused = "connection.start connection.tune connection.close";

}  // namespace

TEST_CASE("a vhost takes as many connections as its limit") {
  Limited lone(2);
  CHECK(lone.knock() == kIn);
  CHECK(lone.knock() == kIn);
  CHECK(lone.knock() == kRefused);
  lone.leave(3);
  CHECK(lone.knock() == kRefused);
  lone.leave(1);
  CHECK(lone.knock() == kIn);
  lone.step(ChangeRequest{2, "guest", broker::SetVhostLimits{"/", {}}});
  CHECK(lone.knock() == kIn);
  CHECK(Limited(0).knock() == kRefused);
}

TEST_CASE("connections to other nodes count while these are heard, and others hear of ours") {
  Limited lone(2);
  lone.other_has(1);
  CHECK(lone.knock() == kIn);
  CHECK(lone.shard->registrar()->state_of(NodeId(1))->connections == broker::session::VhostCounts{{VhostId(1), 1}});
  CHECK(lone.knock() == kRefused);
  lone.other_has(0);
  CHECK(lone.knock() == kIn);
  lone.leave(1);
  lone.other_has(1);
  CHECK(lone.knock() == kRefused);
  for (int i = 0; i < 12; ++i) lone.pass(100);  // it falls silent
  CHECK(lone.knock() == kIn);
}

TEST_CASE("the registrar's shard tells the others what all but they have") {
  ShardSettings settings;
  settings.shard = 1;
  settings.shards = 2;
  settings.memory_high_watermark_bytes = 1 << 30;
  settings.definitions = broker::default_definitions(hash_password("guest", 1));
  settings.definitions.emplace_back(broker::SetVhostLimits{"/", {1u, {}}});
  Limited lone(2);
  lone.shard = std::make_unique<Shard>(std::move(settings));
  CHECK(lone.knock() == kIn);
  lone.leave(1);
  MailBatch batch;
  batch.connections = broker::session::VhostCounts{{VhostId(1), 1}};
  lone.step(Arrived{std::move(batch)});
  CHECK(lone.knock() == kRefused);
}

}  // namespace warren::shard_connections_test
