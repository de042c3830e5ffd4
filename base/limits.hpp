// Every bound of the broker. Their relations are checked while compiling.
#pragma once

#include <cstddef>
#include <cstdint>

namespace warren::limits {

// AMQP names and short strings (0-9-1 spec 4.2.5.3).
inline constexpr std::size_t kShortStringBytesMax = 255;
inline constexpr std::size_t kReplyTextBytesMax = 255;

// Names of users: they are part of the keys under which definitions are stored.
inline constexpr std::size_t kUserNameBytesMax = 128;
inline constexpr std::size_t kUserTagsMax = 64;

// Policies: names are part of keys, too.
inline constexpr std::size_t kPolicyNameBytesMax = 128;
inline constexpr std::size_t kPolicyBytesMax = 64 << 10;  // of a definition
inline constexpr std::size_t kPoliciesMax = 1024;         // of a vhost

// Members of the cluster that definitions know of.
inline constexpr std::size_t kNodesMax = 64;

// Frames (amqp.md 1.3, 1.5).
inline constexpr std::uint32_t kFrameBytesMin = 8192;
inline constexpr std::uint32_t kFrameBytesMaxDefault = 131072;
inline constexpr std::uint16_t kChannelsMaxDefault = 2047;
inline constexpr std::uint16_t kHeartbeatDefault_s = 60;

// Bodies (amqp.md 1.4, 3.9).
inline constexpr std::uint64_t kBodyBytesCeiling = 512ull << 20;
inline constexpr std::uint64_t kBodyBytesMaxDefault = 16ull << 20;

// Field tables: deeper nesting than this is refused as undecodable.
inline constexpr int kTableDepthMax = 64;

// TTLs and expiries, ten years (amqp.md 5.1).
inline constexpr std::int64_t kExpiryMsMax = 315'360'000'000;

// Output that a session may have waiting for its socket before it stops taking deliveries.
inline constexpr std::size_t kOutputBytesHigh = 256 << 10;

// Output that may wait for a client that sends and never reads; beyond it the socket is not read. Far above the former
// bound: a client may well write much before it reads, and must not be kept from it.
inline constexpr std::size_t kOutputBytesMax = 16 << 20;

// Bytes of deliveries that a queue may have on the way to one consumer.
inline constexpr std::int64_t kConsumerWindowBytes = 256 << 10;
// What a delivery counts against the window beside its body.
inline constexpr std::int64_t kDeliveryOverheadBytes = 64;

// Commands of one channel that wait for an answer from elsewhere, in bytes; beyond it the socket is not read.
inline constexpr std::size_t kChannelBacklogBytesMax = 256 << 10;

// Publishes that a shard may have on the way to another, in bytes; beyond it publishers' sockets are not read.
inline constexpr std::int64_t kPublishLaneBytes = 8 << 20;

// Messages that one exchange keeps for destinations to come, in bytes, whatever their number (amqp.md 4.10).
inline constexpr std::size_t kHistoryBytesMax = 32 << 20;

// Routes remembered per shard.
inline constexpr std::size_t kRouteCacheEntriesMax = 16384;

// Bytes handed to a session in one input.
inline constexpr std::size_t kReadBytesMax = 256 << 10;

static_assert(kFrameBytesMin <= kFrameBytesMaxDefault);
static_assert(kBodyBytesMaxDefault <= kBodyBytesCeiling);
static_assert(kBodyBytesMaxDefault < kHistoryBytesMax, "one message of the usual bound is always kept");
static_assert(kBodyBytesCeiling < (1ull << 32), "body sizes are kept in 32 bits");

}  // namespace warren::limits
