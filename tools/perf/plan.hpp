// What a run is asked to do: the command line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "amqp/table.hpp"
#include "base/limits.hpp"
#include "base/result.hpp"
#include "tools/perf/address.hpp"

namespace warren::perf {

enum class Mode : std::uint8_t {
  load,
  churn_connections,
  churn_channels,
  churn_queues,
  idle_connections,
  declare_queues
};

struct Plan {
  Mode mode = Mode::load;

  std::vector<Address> addresses;          // connections take turns; at least one
  std::vector<Address> publish_addresses;  // of publishers; at least one
  std::uint32_t frame_max = limits::kFrameBytesMaxDefault;

  std::size_t publishers = 1;
  std::size_t consumers = 1;
  std::size_t queues = 1;
  std::string prefix = "warren-perf";
  std::string exchange;                // its type; empty: the default exchange
  std::size_t bindings = 0;            // 0: one per queue
  std::vector<std::string> bind_keys;  // instead of generated bindings
  std::vector<std::string> keys;       // instead of generated routing keys
  amqp::Table queue_arguments;
  bool durable = false;
  bool auto_delete = false;
  bool declare = true;
  bool keep = false;

  std::size_t body_bytes = 16;
  bool persistent = false;
  bool mandatory = false;
  std::uint64_t confirms = 0;  // publishes in flight per publisher; 0: no confirms
  std::uint64_t rate = 0;      // messages per second, all publishers together; 0: as many as the broker takes
  std::uint64_t backlog = 0;   // publishes not yet delivered; 0: any number

  std::uint64_t ack_every = 0;  // 0: the broker does not wait for acknowledgements
  std::uint16_t prefetch = 0;
  bool check = true;
  bool allow_loss = false;

  std::uint64_t count = 0;  // messages; 0: the duration counts
  double duration_s = 5;
  double warmup_s = 1;
  double drain_s = 10;
  std::size_t workers = 4;  // of churn
  std::size_t idle_connections = 0;
  std::size_t declared_queues = 0;
  int pid = 0;
  std::string label;
  bool quiet = false;
};

// Reads command-line arguments, without the program's name. The error is a sentence.
Result<Plan, std::string> read_plan(const std::vector<std::string>& arguments);

// What --help prints.
std::string usage();

}  // namespace warren::perf
