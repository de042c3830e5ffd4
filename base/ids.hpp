// Identities. One type per kind of thing, so that a queue's number never lands where a session's belongs.
#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>
#include <functional>
#include <span>

namespace warren {

// A number that names one kind of thing. Zero means "none".
template <class Kind, class Number>
struct Id {
  Number value{};

  constexpr Id() = default;
  constexpr explicit Id(Number number) : value(number) {}
  constexpr explicit operator bool() const { return value != Number{}; }
  friend constexpr auto operator<=>(Id, Id) = default;
};

using NodeId = Id<struct NodeKind, std::uint32_t>;
using SessionId = Id<struct SessionKind, std::uint64_t>;    // unique within one shard's life
using QueueId = Id<struct QueueKind, std::uint64_t>;        // given by the catalog, never reused
using ExchangeId = Id<struct ExchangeKind, std::uint64_t>;  // given by the catalog, never reused
using VhostId = Id<struct VhostKind, std::uint32_t>;        // given by the catalog, never reused
using BodyId = Id<struct BodyKind, std::uint64_t>;          // a body that lies in the store by itself; given by a shard
using Epoch = Id<struct EpochKind, std::uint64_t>;          // reign of a queue owner
using Revision = Id<struct RevisionKind, std::uint64_t>;    // of the catalog; grows by one per applied command
using Position = std::uint64_t;                             // place in a queue's log
using ShardIndex = std::uint16_t;
using ChannelNumber = std::uint16_t;

constexpr bool among(std::span<const NodeId> nodes, NodeId node) {
  return std::ranges::find(nodes, node) != nodes.end();
}

// Where a queue is reached: its identity and the reign the sender believes in. Mail of an old reign is answered
// "stale".
struct QueueRef {
  QueueId id;
  Epoch epoch;
  friend constexpr auto operator<=>(const QueueRef&, const QueueRef&) = default;
};

// Where a session is reached, from any node and shard.
struct SessionRef {
  SessionId id;
  NodeId node;
  ShardIndex shard = 0;
  friend constexpr auto operator<=>(const SessionRef&, const SessionRef&) = default;
};

}  // namespace warren

template <class Kind, class Number>
struct std::hash<warren::Id<Kind, Number>> {
  std::size_t operator()(warren::Id<Kind, Number> id) const noexcept { return std::hash<Number>{}(id.value); }
};
