// What a node says of its cluster, and of itself as a process.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "manage/operations/words/value.hpp"

namespace warren::manage {

struct Listener {
  std::string interface;  // "[::]"
  std::uint16_t port = 0;
  std::string protocol;  // "amqp", "clustering", ...
  std::string purpose;
};

struct MemberFacts {
  std::string name;
  std::string kind;  // "disc", "ram", "witness"
  bool running = false;
  bool draining = false;
  std::string version;                  // empty: not known
  std::vector<Listener> listeners;      // of running members that told them
  std::vector<std::string> alarms;      // "memory", "disk"
  std::vector<std::string> cannot_see;  // running members that it has no link to
};

struct ClusterFacts {
  std::string cluster_name;
  std::string node;    // who answers
  std::string leader;  // of the registrar, as far as that node knows; empty: nobody
  std::vector<MemberFacts> members;
};

// "Memory alarm on node w1@localhost"
std::string alarm_sentence(std::string_view resource, std::string_view node);

// With the keys of `rabbitmqctl cluster_status --formatter json`, and "leader" (clustering.md 2.11).
Value value_of(const ClusterFacts& facts);

struct NodeFacts {
  std::string node;
  std::string version;
  std::int64_t pid = 0;
  std::int64_t uptime_s = 0;
  bool app_running = false;
  bool paused = false;  // by the handling of partitions
  bool draining = false;
  std::string data_directory;
  std::string config_file;  // empty: none
  std::string log_file;     // empty: standard output
  std::vector<std::string> alarms;
  std::uint64_t memory_used_bytes = 0;
  std::uint64_t memory_resident_bytes = 0;
  std::uint64_t memory_limit_bytes = 0;
  std::uint64_t disk_free_bytes = 0;
  std::uint64_t disk_free_limit_bytes = 0;
  std::uint64_t descriptors_used = 0;
  std::uint64_t descriptors_limit = 0;
  std::uint64_t connections = 0;
  std::uint64_t queues = 0;
  std::uint64_t vhosts = 0;
  std::uint64_t shards = 0;
  std::vector<Listener> listeners;
};

Value value_of(const NodeFacts& facts);

}  // namespace warren::manage
