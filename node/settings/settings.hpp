// What the operator set: the command line over the configuration file over the defaults.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "broker/session/context.hpp"
#include "node/settings/cluster_settings.hpp"

namespace warren::node {

struct Settings {
  std::string name = "warren@localhost";
  std::string data_dir = "./var";
  std::string listen_address = "::";
  std::uint16_t amqp_port = 5672;
  std::string http_address = "::";
  std::uint16_t http_port = 0;  // 0: no door over HTTP
  std::uint16_t shards = 0;     // 0: chosen from the machine's cores
  bool port_auto = false;       // a port that is taken moves to a free one
  std::string config_file;
  double memory_watermark_relative = 0.6;
  std::uint64_t memory_watermark_bytes = 0;
  std::uint64_t disk_free_limit_bytes = 50'000'000;
  double disk_free_limit_relative = 0;          // to the machine's memory; zero: the bytes count
  std::uint64_t hot_messages_bytes = 32 << 20;  // ready messages kept in memory
  std::uint64_t fill_bytes_per_s_max = 0;       // to a mirror that lacks messages; zero: no bound
  bool compact = false;                         // give unused space of the store back before starting
  bool mechanisms_named = false;                // the list of mechanisms is the operator's
  bool loopback_users_named = false;
  bool memory_watermark_absolute = false;  // the bytes count, not the part
  ClusterSettings cluster;
  broker::session::SessionSettings session;
};

// One setting of the configuration file: what rabbitmq.conf calls it, and how it is read.
struct SettingRow {
  std::string_view name;
  std::string_view kind;  // "integer", "bytes", "string", ...: for the help and for complaints
  std::string_view meaning;
  bool (*read)(std::string_view value, Settings& settings);  // false: not a value of that kind, or out of bounds
};

// Every setting there is, in the order of the documentation.
const std::vector<SettingRow>& setting_rows();

// Sets one setting by its name. The error is a sentence.
Result<Done, std::string> set(Settings& settings, std::string_view name, std::string_view value);

// Reads command-line arguments (without the program's name), and the file that --config names below them.
// `read_file` gives a file's text, or nothing if it cannot be read. The error is a sentence.
Result<Settings, std::string> read_arguments(const std::vector<std::string>& arguments,
                                             std::optional<std::string> (*read_file)(const std::string& path));

// What --help prints.
std::string usage();

}  // namespace warren::node
