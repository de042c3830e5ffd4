// What the parts of one session share: who the client is, what was agreed with it, and its output.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "amqp/codec.hpp"
#include "base/ids.hpp"
#include "broker/session/channel/confirms.hpp"
#include "broker/session/context.hpp"
#include "broker/session/output.hpp"
#include "broker/session/rules/reach.hpp"
#include "broker/session/rules/rights.hpp"
#include "broker/session/rules/topic_rights.hpp"

namespace warren::broker::session {

// The two ends of the connection, as the driver knows them.
struct Peer {
  std::string name;  // "127.0.0.1:41234 -> 127.0.0.1:5672"
  bool loopback = false;
};

// What the client said it can do (amqp.md 2.2).
struct ClientCapabilities {
  bool authentication_failure_close = false;
  bool consumer_cancel_notify = false;
  bool connection_blocked = false;
};

struct SessionCore {
  SessionRef self;
  Peer peer;
  std::string user;
  std::string mechanism;  // by which the user logs in
  bool impersonator = false;
  VhostId vhost;
  std::string vhost_name;
  Rights rights;  // of the user in the vhost
  TopicRights topic_rights;
  ClientCapabilities capabilities;
  std::uint32_t frame_max = limits::kFrameBytesMin;
  std::uint16_t channel_max = 0;
  std::uint16_t heartbeat_s = 0;

  Output out;
  std::size_t unsent_bytes = 0;  // handed to the driver and not yet taken by the socket

  std::uint32_t channels_opened = 0;   // generations given
  std::uint32_t consumers_opened = 0;  // consumer ids given
  bool owns_exclusive_queues = false;
  std::size_t waiting_bytes = 0;         // of commands that wait in their channels' lines
  Reach reach;                           // of the publish in hand, if it is not remembered
  std::vector<ConfirmVerdict> verdicts;  // reused while confirms are written
  std::vector<ChannelNumber> unflushed;  // channels with confirms or windows to give back at the end of the step
  std::vector<ChannelNumber> flushing;   // those of them in hand; kept for its memory

  std::size_t backlog_bytes() const { return out.size() + unsent_bytes; }

  // Whole body bytes per frame (amqp.md 1.3).
  std::uint32_t body_frame_bytes() const {
    constexpr std::uint32_t kFrameOverhead = 8;
    return frame_max == 0 ? ~0u : frame_max - kFrameOverhead;
  }

  template <class Method>
  void send(ChannelNumber channel, const Method& method) {
    amqp::append_method_frame(out.bytes(), channel, method);
  }
};

}  // namespace warren::broker::session
