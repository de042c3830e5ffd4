// One shard without sockets: client bytes go in at its door, and what it writes is taken at once.
#pragma once

#include <cstdint>
#include <string_view>

#include "amqp/codec.hpp"
#include "amqp/frame_writer.hpp"
#include "base/password.hpp"
#include "broker/catalog/catalog.hpp"
#include "node/shard.hpp"

namespace warren::bench {

inline constexpr ChannelNumber kChannel = 1;

// What a client sends to open a connection and a channel.
inline ByteBuffer opening() {
  ByteBuffer bytes;
  bytes.append(amqp::kProtocolHeader);
  constexpr std::string_view kGuest{"\0guest\0guest", 12};
  amqp::append_method_frame(bytes, 0,
                            amqp::ConnectionStartOk{.mechanism = "PLAIN", .response = kGuest, .locale = "en_US"});
  amqp::append_method_frame(
      bytes, 0,
      amqp::ConnectionTuneOk{
          .channel_max = limits::kChannelsMaxDefault, .frame_max = limits::kFrameBytesMaxDefault, .heartbeat = 0});
  amqp::append_method_frame(bytes, 0, amqp::ConnectionOpen{.virtual_host = "/"});
  amqp::append_method_frame(bytes, kChannel, amqp::ChannelOpen{});
  return bytes;
}

// Appends a publish without properties.
inline void append_publish(ByteBuffer& to, std::string_view exchange, std::string_view key, std::string_view body) {
  amqp::append_method_frame(to, kChannel, amqp::BasicPublish{.exchange = exchange, .routing_key = key});
  amqp::append_content_header_frame(to, kChannel, body.size(), amqp::kNoProperties);
  amqp::append_body_frame(to, kChannel, body);
}

// Requires: accepted.
inline void define(broker::Catalog& catalog, const broker::Command& command) {
  WARREN_CHECK(catalog.apply(command).ok(), "what a bench defines is accepted");
}

class InProcess {
 public:
  InProcess() : shard_(settings()) {}

  // Opens a connection with a channel.
  SessionId connect() {
    const SessionId session(++sessions_);
    step(node::Accepted{session, {"bench", true}});
    receive(session, opening().view());
    return session;
  }

  // Gives bytes to the session and takes what the shard writes, as a socket would that is never full.
  void receive(SessionId session, std::string_view bytes) { step(node::Received{session, bytes}); }

  template <class Method>
  void send(SessionId session, const Method& method) {
    ByteBuffer bytes;
    amqp::append_method_frame(bytes, kChannel, method);
    receive(session, bytes.view());
  }

  // Bytes that the shard wrote so far.
  std::uint64_t written_bytes() const { return written_bytes_; }

 private:
  static node::ShardSettings settings() {
    constexpr std::uint32_t kSalt = 1;
    node::ShardSettings settings;
    settings.definitions = broker::default_definitions(hash_password("guest", kSalt));
    settings.memory_high_watermark_bytes = ~std::uint64_t{0};
    return settings;
  }

  void step(node::ShardInput input) {
    effects_.clear();
    shard_.step(std::move(input), {++now_ms_, 0}, effects_);
    while (!effects_.writes.empty()) {
      writes_.swap(effects_.writes);
      for (node::Write& write : writes_) {
        const std::size_t bytes = write.output.size();
        written_bytes_ += bytes;
        // What follows is written in a later round, as with a socket.
        shard_.step(node::Sent{write.session, bytes, std::move(write.output)}, {now_ms_, 0}, effects_);
      }
      writes_.clear();
    }
  }

  node::Shard shard_;
  node::ShardEffects effects_;
  std::vector<node::Write> writes_;
  std::uint64_t sessions_ = 0;
  std::uint64_t written_bytes_ = 0;
  Instant now_ms_ = 0;
};

}  // namespace warren::bench
