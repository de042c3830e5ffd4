#include <doctest/doctest.h>

#include "tests/node/lone_shard.hpp"

namespace warren::shard_mail_test {

using namespace warren::node;
using namespace warren::node::testing;

namespace {

// The publish that went to the other node, if one did.
const broker::Enqueue* enqueue_in(const ShardEffects& effects) {
  for (const NodePost& post : effects.node_posts)
    for (const broker::QueueMail& mail : post.batch.queue_mail)
      if (post.node == kOtherNode)
        if (const auto* enqueue = std::get_if<broker::Enqueue>(&mail.command)) return enqueue;
  return nullptr;
}

PeerMail answer(const LoneShard& lone, broker::SessionMail mail) {
  PeerMail peer_mail{kOtherNode, {}};
  peer_mail.batch.seen = lone.shard->catalog().revision();
  peer_mail.batch.session_mail.push_back(std::move(mail));
  return peer_mail;
}

}  // namespace

TEST_CASE("a publish to a queue of another node goes there, and its confirm comes back") {
  LoneShard lone;
  const SessionId client = lone.connect();
  const ShardEffects effects = lone.publish(client, "far", "x");
  const broker::Enqueue* enqueue = enqueue_in(effects);
  REQUIRE(enqueue != nullptr);
  CHECK(lone.sent == "");
  lone.step(answer(lone, {enqueue->publisher, broker::Confirmed{enqueue->channel, 1, 1}}));
  CHECK(lone.sent == "basic.ack");
}

TEST_CASE("mail that knows more than this node waits for it") {
  LoneShard lone;
  const SessionId client = lone.connect();
  const ShardEffects effects = lone.publish(client, "far", "x");
  const broker::Enqueue* enqueue = enqueue_in(effects);
  REQUIRE(enqueue != nullptr);
  PeerMail early = answer(lone, {enqueue->publisher, broker::Confirmed{enqueue->channel, 1, 1}});
  early.batch.seen.value += 1;
  lone.step(std::move(early));
  CHECK(lone.sent == "");
  lone.step(ChangeRequest{1, "guest", broker::AddVhost{"v"}});
  CHECK(lone.sent == "basic.ack");
}

TEST_CASE("what was on its way to a node that is lost is refused") {
  LoneShard lone;
  const SessionId client = lone.connect();
  lone.publish(client, "far", "x");
  lone.step(PeerLost{kOtherNode});
  CHECK(lone.sent == "basic.nack");
}

TEST_CASE("publishers of a node that does not keep up wait, until it has or is lost") {
  LoneShard lone;
  const SessionId client = lone.connect();
  const std::string large(100 << 10, 'x');
  bool stopped = false;
  for (int i = 0; i < 200 && !stopped; ++i)
    for (const Reading& reading : lone.publish(client, "far", large).readings) stopped |= !reading.on;
  CHECK(stopped);
  bool reads = false;
  for (const Reading& reading : lone.step(PeerLost{kOtherNode}).readings) reads |= reading.on;
  CHECK(reads);
}

}  // namespace warren::shard_mail_test
