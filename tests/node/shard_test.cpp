#include "node/shard.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "amqp/frame_writer.hpp"
#include "base/password.hpp"
#include "tests/broker/session/method_reader.hpp"

namespace warren::shard_test {

using namespace warren::node;
using broker::session::testing::append_method_text;

namespace {

// A node of several shards in one thread, with clients as strings.
class Node {
 public:
  explicit Node(ShardIndex shards, std::uint64_t memory_high_watermark_bytes = 1 << 30) {
    for (ShardIndex shard = 0; shard < shards; ++shard) {
      ShardSettings settings;
      settings.shard = shard;
      settings.shards = shards;
      settings.seed = shard;
      settings.memory_high_watermark_bytes = memory_high_watermark_bytes;
      settings.definitions = broker::default_definitions(hash_password("guest", 1));
      shards_.push_back(std::make_unique<Shard>(std::move(settings)));
    }
    for (ShardIndex shard = 0; shard < shards; ++shard) step(shard, Tick{});
  }

  Shard& shard(ShardIndex index) { return *shards_[index]; }

  void step(ShardIndex index, ShardInput input) {
    ShardEffects effects;
    shards_[index]->step(std::move(input), now_, effects);
    carry_out(index, std::move(effects));
    while (!mail_.empty()) {
      Post post = std::move(mail_.front());
      mail_.pop_front();
      ShardEffects more;
      shards_[post.to]->step(Arrived{std::move(post.batch)}, now_, more);
      carry_out(post.to, std::move(more));
    }
  }

  // Time goes on, and every shard is told that a deadline may have come.
  void pass(std::int64_t ms) {
    now_.instant_ms += ms;
    for (ShardIndex index = 0; index < shards_.size(); ++index) step(index, Tick{});
  }
  // Keeps mail between shards on the way until it is let go.
  void hold_mail() { holding_ = true; }
  void let_go() {
    holding_ = false;
    for (Post& post : std::exchange(held_, {})) step(post.to, Arrived{std::move(post.batch)});
  }

  // A client with one open channel. Its number tells its shard.
  SessionId connect(ShardIndex index) {
    const SessionId session(index * 1000ull + ++connected_);
    step(index, Accepted{session, {"client", true}});
    ByteBuffer bytes;
    bytes.append(amqp::kProtocolHeader);
    append_method_text(bytes, 0,
                       "connection.start-ok mechanism='PLAIN' response='\\x00guest\\x00guest' "
                       "client-properties={capabilities={connection.blocked=true}}");
    append_method_text(bytes, 0, "connection.tune-ok channel-max=10 frame-max=131072");
    append_method_text(bytes, 0, "connection.open virtual-host='/'");
    append_method_text(bytes, 1, "channel.open");
    step(index, Received{session, bytes.view()});
    take(session);
    return session;
  }
  void send(SessionId session, std::string_view method) {
    ByteBuffer bytes;
    REQUIRE(append_method_text(bytes, 1, method));
    step(shard_of(session), Received{session, bytes.view()});
  }
  void publish(SessionId session, std::string_view queue, std::string_view body) {
    ByteBuffer bytes;
    append_method_text(bytes, 1, "basic.publish routing-key='" + std::string(queue) + "'");
    amqp::append_content_header_frame(bytes, 1, body.size(), amqp::kNoProperties);
    amqp::append_body_frame(bytes, 1, body);
    step(shard_of(session), Received{session, bytes.view()});
  }

  // What a client was sent, as the names of methods, with bodies in quotes.
  std::string take(SessionId session) {
    std::string text;
    for (std::string& word : std::exchange(sent_[session], {})) text += (text.empty() ? "" : " ") + word;
    return text;
  }
  bool closed(SessionId session) { return *closed_.insert(session, false).first; }
  bool reads(SessionId session) { return *reads_.insert(session, true).first; }

 private:
  static ShardIndex shard_of(SessionId session) { return static_cast<ShardIndex>(session.value / 1000); }

  void carry_out(ShardIndex index, ShardEffects effects) {
    for (Post& post : effects.posts) {
      if (holding_)
        held_.push_back(std::move(post));
      else
        mail_.push_back(std::move(post));
    }
    for (const Reading& reading : effects.readings) reads_[reading.session] = reading.on;
    for (const Close& close : effects.closes) closed_[close.session] = true;
    for (Write& write : effects.writes) {
      note(write);
      step(index, Sent{write.session, write.output.size(), std::move(write.output)});
    }
  }
  void note(const Write& write) {
    amqp::FrameReader reader;
    reader.set_frame_max(0);
    reader.feed(write.output.bytes().view());
    amqp::Frame frame;
    while (reader.next(frame) == amqp::FrameReader::Next::frame) {
      std::vector<std::string>& words = sent_[write.session];
      if (frame.is(amqp::FrameType::method)) words.emplace_back(amqp::method_name(amqp::method_id(frame.payload)));
      if (frame.is(amqp::FrameType::body)) words.push_back("'" + std::string(frame.payload) + "'");
    }
  }

  Now now_{1000, 1'700'000'000};
  std::vector<std::unique_ptr<Shard>> shards_;
  std::deque<Post> mail_;
  std::vector<Post> held_;
  bool holding_ = false;
  FlatMap<SessionId, std::vector<std::string>> sent_;
  FlatMap<SessionId, bool> closed_;
  FlatMap<SessionId, bool> reads_;
  std::uint64_t connected_ = 0;
};

}  // namespace

TEST_CASE("a client declares, publishes and consumes on one shard") {
  Node node(1);
  const SessionId client = node.connect(0);
  CHECK(node.shard(0).sessions() == 1);
  node.send(client, "queue.declare queue='q'");
  CHECK(node.take(client) == "queue.declare-ok");
  CHECK(node.shard(0).queues() == 1);
  node.publish(client, "q", "hello");
  node.send(client, "basic.consume queue='q' no-ack=1");
  CHECK(node.take(client) == "basic.consume-ok basic.deliver 'hello'");
}

TEST_CASE("a queue lives on its declarer's shard, and clients of every shard reach it") {
  Node node(3);
  const SessionId declarer = node.connect(2);
  const SessionId publisher = node.connect(1);
  const SessionId consumer = node.connect(0);
  node.send(declarer, "queue.declare queue='q'");
  CHECK(node.take(declarer) == "queue.declare-ok");
  CHECK(node.shard(2).queues() == 1);
  CHECK(node.shard(0).queues() + node.shard(1).queues() == 0);
  node.send(publisher, "confirm.select");
  node.publish(publisher, "q", "over the fence");
  CHECK(node.take(publisher) == "confirm.select-ok basic.ack");
  node.send(consumer, "basic.get queue='q' no-ack=1");
  CHECK(node.take(consumer) == "basic.get-ok 'over the fence'");
}

TEST_CASE("every shard's catalog follows the registrar's") {
  Node node(3);
  const SessionId client = node.connect(2);
  node.send(client, "queue.declare queue='q'");
  node.send(client, "exchange.declare exchange='x' type='fanout'");
  node.send(client, "queue.bind queue='q' exchange='x'");
  CHECK(node.take(client) == "queue.declare-ok exchange.declare-ok queue.bind-ok");
  for (ShardIndex shard = 0; shard < 3; ++shard) {
    CHECK(node.shard(shard).catalog().revision() == node.shard(0).catalog().revision());
    CHECK(node.shard(shard).catalog().binding_count() == 1);
  }
}

TEST_CASE("what a lost client held goes back, and its exclusive queues go") {
  Node node(2);
  const SessionId lost = node.connect(1);
  const SessionId other = node.connect(0);
  node.send(lost, "queue.declare queue='mine' exclusive=1");
  node.send(other, "queue.declare queue='q'");
  node.publish(other, "q", "a");
  node.send(lost, "basic.get queue='q'");
  CHECK(node.take(lost) == "queue.declare-ok basic.get-ok 'a'");
  node.step(1, Closed{lost});
  CHECK(node.shard(1).sessions() == 0);
  CHECK(node.shard(1).queues() == 0);
  node.send(other, "basic.get queue='q'");
  CHECK(node.take(other) == "queue.declare-ok basic.get-ok 'a'");
}

TEST_CASE("a message that dies of age on a quiet shard reaches its dead-letter queue at once") {
  Node node(1);
  const SessionId client = node.connect(0);
  node.send(client, "queue.declare queue='grave'");
  node.send(client,
            "queue.declare queue='q' arguments={x-message-ttl=100, x-dead-letter-exchange='', "
            "x-dead-letter-routing-key='grave'}");
  node.send(client, "basic.consume queue='grave' no-ack=1");
  node.publish(client, "q", "old");
  CHECK(node.take(client) == "queue.declare-ok queue.declare-ok basic.consume-ok");
  node.pass(99);
  CHECK(node.take(client) == "");
  node.pass(1);
  CHECK(node.take(client) == "basic.deliver 'old'");
}

TEST_CASE("a declaration is answered when every shard of the node knows it") {
  Node node(2);
  const SessionId client = node.connect(0);
  node.hold_mail();
  node.send(client, "queue.declare queue='q'");
  CHECK(node.take(client) == "");
  node.let_go();
  CHECK(node.take(client) == "queue.declare-ok");
}

TEST_CASE("publishers are blocked while memory is short, and read again afterwards") {
  Node node(1, 1000);
  const SessionId client = node.connect(0);
  node.send(client, "queue.declare queue='q'");
  node.step(0, Resources{1001, 1});
  node.publish(client, "q", "a");
  CHECK(node.take(client) == "queue.declare-ok connection.blocked");
  CHECK_FALSE(node.reads(client));
  node.step(0, Resources{1000, 1});
  CHECK(node.take(client) == "connection.unblocked");
  CHECK(node.reads(client));
}

TEST_CASE("an alarm of another node is known on every shard") {
  Node node(2, 1000);
  const SessionId client = node.connect(1);
  node.send(client, "queue.declare queue='q'");
  CHECK(node.take(client) == "queue.declare-ok");
  MailBatch batch;
  batch.alarms_elsewhere = broker::session::kMemoryAlarm | broker::session::kDiskAlarm;
  node.step(1, Arrived{std::move(batch)});
  node.publish(client, "q", "a");
  CHECK(node.take(client) == "connection.blocked");
  MailBatch clear;
  clear.alarms_elsewhere = 0;
  node.step(1, Arrived{std::move(clear)});
  CHECK(node.take(client) == "connection.unblocked");
}

TEST_CASE("connections to all shards of a node count for the limit of their vhost") {
  Node node(2);
  node.step(0, ChangeRequest{1, "guest", broker::SetVhostLimits{"/", {2u, {}}}});
  const SessionId first = node.connect(0);
  const SessionId second = node.connect(1);
  const SessionId third = node.connect(1);
  node.send(third, "queue.declare queue='q'");
  CHECK(node.take(third) == "");
  node.step(0, Closed{first});
  const SessionId fourth = node.connect(1);
  for (const SessionId in : {second, fourth}) {
    node.send(in, "queue.declare queue='q'");
    CHECK(node.take(in) == "queue.declare-ok");
  }
}

TEST_CASE("a node that stops tells its clients and turns new ones away") {
  Node node(1);
  const SessionId client = node.connect(0);
  node.step(0, Stop{});
  CHECK(node.take(client) == "connection.close");
  CHECK_FALSE(node.closed(client));
  const SessionId late(999);
  node.step(0, Accepted{late, {"late", true}});
  CHECK(node.closed(late));
}

TEST_CASE("input for a session that is gone does nothing") {
  Node node(1);
  node.step(0, Received{SessionId(7), "bytes"});
  node.step(0, Sent{SessionId(7), 5, {}});
  node.step(0, Closed{SessionId(7)});
  CHECK(node.shard(0).sessions() == 0);
}

}  // namespace warren::shard_test
