// One shard of a node that believes to have another node beside it; what it wants of that one is looked at.
#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <utility>

#include "amqp/frame_reader.hpp"
#include "amqp/frame_writer.hpp"
#include "amqp/methods.hpp"
#include "base/password.hpp"
#include "node/shard.hpp"
#include "tests/broker/session/method_reader.hpp"

namespace warren::node::testing {

inline constexpr NodeId kOtherNode{2};

class LoneShard {
 public:
  LoneShard() {
    ShardSettings settings;
    settings.memory_high_watermark_bytes = 1 << 30;
    settings.definitions = broker::default_definitions(hash_password("guest", 1));
    settings.definitions.emplace_back(broker::AddNode{"n1", broker::NodeKind::disc, "h", 1});
    settings.definitions.emplace_back(broker::AddNode{"n2", broker::NodeKind::disc, "h", 2});
    settings.definitions.emplace_back(broker::NodeUp{kOtherNode, 9, "h", 2});
    broker::DeclareQueue declare;
    declare.queue.vhost = VhostId(1);
    declare.queue.name = "far";
    declare.queue.durable = true;
    declare.queue.owner = kOtherNode;
    settings.definitions.emplace_back(declare);
    shard = std::make_unique<Shard>(std::move(settings));
    step(Tick{});
  }

  // The effects of one input, without what is written to clients: see take().
  ShardEffects step(ShardInput input) {
    ShardEffects effects;
    shard->step(std::move(input), now, effects);
    for (Write& write : std::exchange(effects.writes, {})) {
      note(write.output.bytes().view());
      ShardEffects more;
      shard->step(Sent{write.session, write.output.size(), std::move(write.output)}, now, more);
    }
    return effects;
  }
  ShardEffects pass(Instant ms) {
    now.instant_ms += ms;
    return step(Tick{});
  }

  SessionId connect() {
    const SessionId session(++sessions_);
    step(Accepted{session, {"client", true}});
    ByteBuffer bytes;
    bytes.append(amqp::kProtocolHeader);
    using broker::session::testing::append_method_text;
    append_method_text(bytes, 0, "connection.start-ok mechanism='PLAIN' response='\\x00guest\\x00guest'");
    append_method_text(bytes, 0, "connection.tune-ok channel-max=10 frame-max=131072");
    append_method_text(bytes, 0, "connection.open virtual-host='/'");
    append_method_text(bytes, 1, "channel.open");
    append_method_text(bytes, 1, "confirm.select");
    step(Received{session, bytes.view()});
    sent.clear();
    return session;
  }
  ShardEffects publish(SessionId session, std::string_view queue, std::string_view body) {
    ByteBuffer bytes;
    broker::session::testing::append_method_text(bytes, 1, "basic.publish routing-key='" + std::string(queue) + "'");
    amqp::append_content_header_frame(bytes, 1, body.size(), std::string_view("\0\0", 2));
    amqp::append_body_frame(bytes, 1, body);
    return step(Received{session, bytes.view()});
  }

  std::unique_ptr<Shard> shard;
  Now now{1000, 1'700'000'000, 0};
  std::string sent;

 private:
  void note(std::string_view bytes) {
    amqp::FrameReader reader;
    reader.set_frame_max(0);
    reader.feed(bytes);
    amqp::Frame frame;
    while (reader.next(frame) == amqp::FrameReader::Next::frame)
      if (frame.is(amqp::FrameType::method))
        sent += (sent.empty() ? "" : " ") + std::string(amqp::method_name(amqp::method_id(frame.payload)));
  }

  std::uint64_t sessions_ = 0;
};

}  // namespace warren::node::testing
