// Mixes of work by name: how many of what, and how often which.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace warren::sim {

// How likely a client does what, relative to each other.
struct Weights {
  std::uint32_t publish = 0;
  std::uint32_t settle = 0;
  std::uint32_t requeue = 0;
  std::uint32_t get = 0;
  std::uint32_t consume = 0;
  std::uint32_t cancel = 0;
  std::uint32_t recover = 0;
  std::uint32_t declare = 0;
  std::uint32_t remove = 0;
  std::uint32_t purge = 0;
  std::uint32_t commit = 0;
  std::uint32_t close_channel = 0;
  std::uint32_t close_connection = 0;
  std::uint32_t die = 0;
  std::uint32_t offend = 0;  // ask for what must be refused
};

struct Mix {
  std::string_view name;
  Weights weights;
  std::uint64_t plain_queues_max = 3;
  std::uint64_t special_queues_max = 0;
  std::uint64_t clients_max = 6;
  std::uint64_t body_bytes_max = 200;
  std::uint64_t big_body_each = 0;  // one body in so many is big; 0: none
  std::uint64_t big_body_bytes_max = 0;
  std::uint64_t lazy_each = 0;    // one client in so many hardly ever reads; 0: none
  std::uint64_t cut_each_ms = 0;  // a socket is cut about so often; 0: never
  std::uint64_t no_ack_each = 5;  // one consumer in so many does not acknowledge
  bool stalls = false;
  bool exchanges = false;
  bool alarms = false;  // memory runs low now and then
  bool heartbeats = false;
  bool durable = false;  // most queues and exchanges are
  bool disk_faults = false;
  std::uint64_t crash_each_ms = 0;  // the node crashes about so often; 0: never
};

std::span<const Mix> mixes();
// Null: there is none of that name.
const Mix* find_mix(std::string_view name);

}  // namespace warren::sim
