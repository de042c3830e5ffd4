#include "node/settings/settings.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <limits>
#include <optional>
#include <utility>

#include "base/limits.hpp"
#include "broker/session/authentication.hpp"
#include "broker/session/rules/placement.hpp"
#include "node/settings/config_file.hpp"

namespace warren::node {
namespace {

template <class Number>
bool read_number(std::string_view text, Number least, Number most, Number& out) {
  Number number{};
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return false;
  if (number < least || number > most) return false;
  out = number;
  return true;
}

// "100MB", "2GiB", "4096": RabbitMQ's units, where kB is 1000 and kiB or k is 1024.
bool read_bytes(std::string_view text, std::uint64_t& out) {
  struct Unit {
    std::string_view name;
    std::uint64_t bytes;
  };
  static constexpr Unit kUnits[] = {
      {"kiB", 1ull << 10}, {"MiB", 1ull << 20}, {"GiB", 1ull << 30},  {"KiB", 1ull << 10}, {"kB", 1000},
      {"KB", 1000},        {"MB", 1000'000},    {"GB", 1000'000'000}, {"TiB", 1ull << 40}, {"TB", 1000'000'000'000},
      {"k", 1ull << 10},   {"K", 1ull << 10},   {"M", 1ull << 20},    {"G", 1ull << 30},   {"", 1}};
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  std::uint64_t number = 0;
  if (!read_number<std::uint64_t>(text.substr(0, digits), 0, std::numeric_limits<std::uint32_t>::max(), number) &&
      !(digits == text.size() && read_number<std::uint64_t>(text, 0, 1ull << 60, number)))
    return false;
  for (const Unit& unit : kUnits)
    if (text.substr(digits) == unit.name) {
      out = number * unit.bytes;
      return true;
    }
  return false;
}

bool read_port(std::string_view text, Settings& settings) {
  const std::size_t colon = text.rfind(':');
  if (colon != std::string_view::npos) {
    settings.listen_address = std::string(text.substr(0, colon));
    text.remove_prefix(colon + 1);
  }
  return read_number<std::uint16_t>(text, 1, 65535, settings.amqp_port);
}

// The first user that is named replaces the default list.
bool read_loopback_user(std::string_view text, Settings& settings) {
  if (!std::exchange(settings.loopback_users_named, true)) settings.session.loopback_users.clear();
  settings.session.loopback_users.emplace(text);
  return true;
}

bool read_loopback_users(std::string_view text, Settings& settings) {
  if (text != "none") return false;
  settings.session.loopback_users.clear();
  return true;
}

// The first mechanism that is named replaces the default list.
bool read_mechanism(std::string_view text, Settings& settings) {
  static constexpr std::string_view kKnown[] = {"PLAIN", "AMQPLAIN", broker::session::kChallengeMechanism};
  if (std::find(std::begin(kKnown), std::end(kKnown), text) == std::end(kKnown)) return false;
  if (!std::exchange(settings.mechanisms_named, true)) settings.session.auth_mechanisms.clear();
  settings.session.auth_mechanisms.emplace_back(text);
  return true;
}

bool read_seed_list(std::string_view text, Settings& settings) {
  if (text.empty()) return false;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    if (read_seed(text.substr(0, comma)).host.empty()) return false;
    settings.cluster.seeds.emplace_back(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return true;
}

bool read_cluster_name(std::string_view text, Settings& settings) {
  settings.cluster.name_given = !text.empty();
  settings.session.cluster_name = std::string(text);
  return !text.empty();
}

bool read_relative_watermark(std::string_view text, Settings& settings) {
  settings.memory_watermark_absolute = false;
  return read_number(text, 0.0, 1.0, settings.memory_watermark_relative);
}

bool read_absolute_watermark(std::string_view text, Settings& settings) {
  settings.memory_watermark_absolute = true;
  return read_bytes(text, settings.memory_watermark_bytes);
}

}  // namespace

namespace {

// What concerns the node's part in a cluster.
std::vector<SettingRow> with_cluster_rows(std::vector<SettingRow> rows) {
  using S = Settings&;
  using V = std::string_view;
  const std::vector<SettingRow> more = {
      {"cluster_formation.classic_config.nodes.1", "node name", "a node that a new one joins; also .2, .3",
       read_seed_list},
      {"cluster_formation.node_type", "disc, ram or witness", "what a node becomes in a cluster (disc)",
       [](V v, S s) { return read_node_kind(v, s.cluster.kind); }},
      {"cluster_partition_handling", "auto, ignore, autoheal, pause_minority or pause_if_all_down",
       "what is done without a majority (auto)",
       [](V v, S s) { return read_partition_mode(v, s.cluster.partition.mode); }},
      {"cluster_partition_handling.pause_if_all_down.nodes.1", "node name",
       "who hears none of these pauses; also .2, .3",
       [](V v, S s) { return s.cluster.partition.preferred.emplace_back(v), !v.empty(); }},
      {"cluster_partition_handling.pause_if_all_down.recover", "ignore or autoheal", "when both sides went on (ignore)",
       [](V v, S s) {
         return s.cluster.partition.recovers_by_healing = v == "autoheal", v == "autoheal" || v == "ignore";
       }},
      {"cluster_heartbeat_interval", "milliseconds", "between signs of life that nodes give each other (100)",
       [](V v, S s) { return read_number<std::int64_t>(v, 10, 60'000, s.cluster.heartbeat_ms); }},
      {"cluster_down_after", "milliseconds", "of silence, before a node counts as down (600)",
       [](V v, S s) { return read_number<std::int64_t>(v, 50, 600'000, s.cluster.down_after_ms); }},
      {"cluster.ssl_options.cacertfile", "file", "certificates that those of other nodes lead to; nodes then speak TLS",
       [](V v, S s) { return s.cluster.tls.authorities = std::string(v), !v.empty(); }},
      {"cluster.ssl_options.certfile", "file", "this node's certificate, and what lies between it and those",
       [](V v, S s) { return s.cluster.tls.certificate = std::string(v), !v.empty(); }},
      {"cluster.ssl_options.keyfile", "file", "the key of this node's certificate",
       [](V v, S s) { return s.cluster.tls.key = std::string(v), !v.empty(); }},
  };
  rows.insert(rows.end(), more.begin(), more.end());
  return rows;
}

}  // namespace

const std::vector<SettingRow>& setting_rows() {
  using S = Settings&;
  using V = std::string_view;
  constexpr std::int64_t kAnyTime = std::numeric_limits<std::int64_t>::max();
  static const std::vector<SettingRow> rows = with_cluster_rows({
      {"listeners.tcp.default", "port or address:port", "where AMQP clients connect (5672)", read_port},
      {"loopback_users", "none", "lets every user connect from anywhere", read_loopback_users},
      {"loopback_users.1", "user name", "the user that may connect from this machine only (guest)", read_loopback_user},
      {"frame_max", "integer", "largest frame in bytes (131072), 0 for no limit",
       [](V v, S s) {
         return read_number(v, 0u, std::numeric_limits<std::uint32_t>::max(), s.session.frame_max) &&
                (s.session.frame_max == 0 || s.session.frame_max >= limits::kFrameBytesMin);
       }},
      {"channel_max", "integer", "channels per connection (2047), 0 for no limit",
       [](V v, S s) { return read_number<std::uint16_t>(v, 0, 65535, s.session.channel_max); }},
      {"heartbeat", "seconds", "heartbeat interval offered to clients (60), 0 for none",
       [](V v, S s) { return read_number<std::uint16_t>(v, 0, 65535, s.session.heartbeat_s); }},
      {"handshake_timeout", "milliseconds", "time for a client to open its connection (10000)",
       [](V v, S s) { return read_number<std::int64_t>(v, 1, kAnyTime, s.session.handshake_timeout_ms); }},
      {"max_message_size", "bytes", "largest message body (16777216)",
       [](V v, S s) {
         return read_number<std::uint64_t>(v, 1, limits::kBodyBytesCeiling, s.session.max_message_size);
       }},
      {"consumer_timeout", "milliseconds or 'undefined'", "time for a delivery to be settled (1800000)",
       [](V v, S s) {
         if (v == "undefined") return s.session.consumer_timeout_ms = 0, true;
         return read_number<std::int64_t>(v, 1, kAnyTime, s.session.consumer_timeout_ms);
       }},
      {"consumer_max_per_channel", "integer", "consumers per channel (no limit)",
       [](V v, S s) {
         return read_number(v, 1u, std::numeric_limits<std::uint32_t>::max(), s.session.consumer_max_per_channel);
       }},
      {"queue_master_locator", "client-local, min-masters or random",
       "the node that new queues are placed on, if they do not say (client-local)",
       [](V v, S s) { return s.session.queue_master_locator = std::string(v), broker::session::is_locator(v); }},
      {"auth_mechanisms.1", "PLAIN, AMQPLAIN or RABBIT-CR-DEMO",
       "what clients may log in with; also .2, .3 (PLAIN, AMQPLAIN)", read_mechanism},
      {"cluster_name", "string", "new nodes of one machine with the same name find each other (the node's)",
       read_cluster_name},
      {"vm_memory_high_watermark.relative", "part of memory, 0 to 1", "publishers are blocked above it (0.6)",
       read_relative_watermark},
      {"vm_memory_high_watermark.absolute", "bytes, with a unit", "the same as an amount", read_absolute_watermark},
      {"disk_free_limit.absolute", "bytes, with a unit",
       "publishers are blocked when the data folder's disk has less (50MB)",
       [](V v, S s) { return s.disk_free_limit_relative = 0, read_bytes(v, s.disk_free_limit_bytes); }},
      {"disk_free_limit.relative", "number", "the same as a multiple of the machine's memory",
       [](V v, S s) { return read_number(v, 0.0, 1000.0, s.disk_free_limit_relative); }},
      {"management.tcp.port", "port", "where operators and `warrenctl --url` are answered over HTTP (nowhere)",
       [](V v, S s) { return read_number<std::uint16_t>(v, 1, 65535, s.http_port); }},
      {"management.tcp.ip", "address", "of that port (::)",
       [](V v, S s) { return s.http_address = std::string(v), !v.empty(); }},
      {"queue_hot_memory.absolute", "bytes, with a unit",
       "messages kept in memory before the late ones go to disk (32MiB)",
       [](V v, S s) { return read_bytes(v, s.hot_messages_bytes); }},
      {"mirroring_sync_max_throughput", "bytes, with a unit",
       "what a mirror that lacks messages gets of them per second; 0: no bound (0)",
       [](V v, S s) { return read_bytes(v, s.fill_bytes_per_s_max); }},
  });
  return rows;
}

namespace {

// Rows that end in ".1" stand for a list: any number will do.
bool names_row(std::string_view name, const SettingRow& row) {
  constexpr std::string_view kFirst = ".1";
  if (!row.name.ends_with(kFirst)) return name == row.name;
  const std::string_view list = row.name.substr(0, row.name.size() - 1);
  return name.starts_with(list) && name.size() > list.size() &&
         name.find_first_not_of("0123456789", list.size()) == std::string_view::npos;
}

}  // namespace

Result<Done, std::string> set(Settings& settings, std::string_view name, std::string_view value) {
  for (const SettingRow& row : setting_rows()) {
    if (!names_row(name, row)) continue;
    if (row.read(value, settings)) return Done{};
    return fmt::format("'{}' is not a valid value of {}: expected {}", value, name, row.kind);
  }
  return fmt::format("unknown setting '{}'", name);
}

namespace {

// A command-line option that takes a value.
struct OptionRow {
  std::string_view name;
  std::string_view value;
  std::string_view meaning;
  bool (*read)(std::string_view value, Settings& settings);
};

const std::vector<OptionRow>& option_rows() {
  using S = Settings&;
  using V = std::string_view;
  static const std::vector<OptionRow> rows = {
      {"--name", "NAME", "name of the node (warren@localhost)",
       [](V v, S s) { return s.name = std::string(v), !v.empty(); }},
      {"--data-dir", "DIR", "where the node keeps its data (./var)",
       [](V v, S s) { return s.data_dir = std::string(v), !v.empty(); }},
      {"--amqp-port", "[ADDRESS:]PORT", "where AMQP clients connect (5672)", read_port},
      {"--cluster-port", "PORT", "where other nodes connect (the AMQP port + 20000)",
       [](V v, S s) { return s.cluster.port_named = true, read_number<std::uint16_t>(v, 1, 65535, s.cluster.port); }},
      {"--port", "auto", "ports that are taken move to free ones", [](V v, S s) { return s.port_auto = v == "auto"; }},
      {"--node-type", "TYPE", "disc, ram or witness: what a node becomes in a cluster (disc)",
       [](V v, S s) { return read_node_kind(v, s.cluster.kind); }},
      {"--cluster-name", "NAME", "new nodes of one machine with the same name find each other", read_cluster_name},
      {"--join", "NODE[:PORT]", "a node that a new one joins; several with commas", read_seed_list},
      {"--cluster-secret-file", "FILE", "what all nodes of a cluster know (~/.warren_secret)",
       [](V v, S s) { return s.cluster.secret_file = std::string(v), !v.empty(); }},
      {"--shards", "N", "threads that serve clients and queues",
       [](V v, S s) { return read_number<std::uint16_t>(v, 1, 256, s.shards); }},
      {"--compact", "yes|no", "gives unused space of the store back to the disk before starting (no)",
       [](V v, S s) { return s.compact = v == "yes", v == "yes" || v == "no"; }},
      {"--config", "FILE", "settings in the format of rabbitmq.conf",
       [](V v, S s) { return s.config_file = std::string(v), !v.empty(); }},
  };
  return rows;
}

using Option = std::pair<const OptionRow*, std::string>;

Result<std::vector<Option>, std::string> split_options(const std::vector<std::string>& arguments) {
  std::vector<Option> options;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    std::string name = arguments[i];
    std::optional<std::string> value;
    if (const std::size_t equals = name.find('='); equals != std::string::npos) {
      value = name.substr(equals + 1);
      name.resize(equals);
    }
    const auto row =
        std::find_if(option_rows().begin(), option_rows().end(), [&](const OptionRow& r) { return r.name == name; });
    if (row == option_rows().end()) return fmt::format("unknown option '{}'", name);
    if (!value) {
      if (++i == arguments.size()) return fmt::format("option {} needs a value: {}", name, row->value);
      value = arguments[i];
    }
    options.emplace_back(&*row, *value);
  }
  return options;
}

Result<Done, std::string> take_options(const std::vector<Option>& options, Settings& settings) {
  for (const auto& [row, value] : options)
    if (!row->read(value, settings))
      return fmt::format("'{}' is not a valid value of {} {}", value, row->name, row->value);
  return Done{};
}

}  // namespace

Result<Settings, std::string> read_arguments(const std::vector<std::string>& arguments,
                                             std::optional<std::string> (*read_file)(const std::string& path)) {
  Settings settings;
  Result<std::vector<Option>, std::string> options = split_options(arguments);
  if (!options) return options.error();
  if (auto taken = take_options(*options, settings); !taken) return taken.error();
  if (!settings.cluster.name_given) settings.session.cluster_name = settings.name;
  if (!settings.config_file.empty()) {
    const std::optional<std::string> text = read_file(settings.config_file);
    if (!text) return fmt::format("cannot read the configuration file {}", settings.config_file);
    if (auto taken = apply_config(*text, settings.config_file, settings); !taken) return taken.error();
    // The command line wins over the file.
    if (auto taken = take_options(*options, settings); !taken) return taken.error();
  }
  if (std::string trouble = settings.cluster.tls.trouble(); !trouble.empty()) return trouble;
  settings.session.node_name = settings.name;
  if (settings.cluster.port == 0) settings.cluster.port = default_cluster_port(settings.amqp_port);
  return settings;
}

std::string usage() {
  std::string text = "usage: warren [options]\n\n";
  for (const OptionRow& row : option_rows())
    text += fmt::format("  {:<21} {:<15} {}\n", row.name, row.value, row.meaning);
  text +=
      "  --help                       prints this\n"
      "  --version                    prints the version\n\n"
      "settings of the configuration file, as 'name = value':\n";
  for (const SettingRow& row : setting_rows())
    text += fmt::format("  {:<35} {}: {}\n", row.name, row.kind, row.meaning);
  return text;
}

}  // namespace warren::node
