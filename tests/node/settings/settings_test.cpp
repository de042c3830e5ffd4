#include "node/settings/settings.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "node/settings/config_file.hpp"

namespace warren::settings_test {

using namespace warren::node;

namespace {

std::optional<std::string> no_file(const std::string&) { return std::nullopt; }
std::optional<std::string> small_file(const std::string&) { return "heartbeat = 5\nlisteners.tcp.default = 1000\n"; }
std::optional<std::string> half_of_tls(const std::string&) {
  return "cluster.ssl_options.cacertfile = /a\ncluster.ssl_options.certfile = /b\n";
}

Settings with(std::string_view name, std::string_view value) {
  Settings settings;
  CAPTURE(name);
  CAPTURE(value);
  REQUIRE(set(settings, name, value).ok());
  return settings;
}

bool refused(std::string_view name, std::string_view value) {
  Settings settings;
  return !set(settings, name, value).ok();
}

std::string complaint(const std::vector<std::string>& arguments) {
  const auto settings = read_arguments(arguments, no_file);
  REQUIRE_FALSE(settings.ok());
  return settings.error();
}

std::string sample() {
  std::ifstream file(WARREN_SOURCE_DIR "/etc/warren.conf");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("a port may come with an address") {
  CHECK(with("listeners.tcp.default", "5673").amqp_port == 5673);
  const Settings both = with("listeners.tcp.default", "127.0.0.1:5674");
  CHECK(both.listen_address == "127.0.0.1");
  CHECK(both.amqp_port == 5674);
  CHECK(with("listeners.tcp.default", ":::5675").listen_address == "::");
  CHECK(refused("listeners.tcp.default", "0"));
  CHECK(refused("listeners.tcp.default", "65536"));
  CHECK(refused("listeners.tcp.default", "amqp"));
}

TEST_CASE("frames are unlimited or no smaller than the least") {
  CHECK(with("frame_max", "0").session.frame_max == 0);
  CHECK(with("frame_max", "8192").session.frame_max == 8192);
  CHECK(refused("frame_max", "8191"));
}

TEST_CASE("whole numbers only, within their bounds") {
  CHECK(with("channel_max", "65535").session.channel_max == 65535);
  for (const std::string_view value : {"65536", "-1", "1.5", "", "10 ", "0x10"}) CHECK(refused("channel_max", value));
  CHECK(refused("max_message_size", "0"));
  CHECK(with("max_message_size", "536870912").session.max_message_size == 512u << 20);
  CHECK(refused("max_message_size", "536870913"));
}

TEST_CASE("a consumer timeout can be switched off") {
  CHECK(with("consumer_timeout", "undefined").session.consumer_timeout_ms == 0);
  CHECK(with("consumer_timeout", "1000").session.consumer_timeout_ms == 1000);
  CHECK(refused("consumer_timeout", "0"));
}

TEST_CASE("new queues are placed in one of three ways") {
  CHECK(with("queue_master_locator", "min-masters").session.queue_master_locator == "min-masters");
  CHECK(refused("queue_master_locator", "nearest"));
}

TEST_CASE("partitions are handled in one of five ways, with nodes and a recovery for one of them") {
  CHECK(with("cluster_partition_handling", "autoheal").cluster.partition.mode == PartitionMode::autoheal);
  CHECK(refused("cluster_partition_handling", "pause"));
  const std::string listed = "cluster_partition_handling.pause_if_all_down";
  CHECK(with(listed + ".nodes.2", "a@h").cluster.partition.preferred == std::vector<std::string>{"a@h"});
  CHECK(refused(listed + ".nodes.1", ""));
  CHECK(with(listed + ".recover", "autoheal").cluster.partition.recovers_by_healing);
  CHECK_FALSE(with(listed + ".recover", "ignore").cluster.partition.recovers_by_healing);
  CHECK(refused(listed + ".recover", "always"));
}

TEST_CASE("TLS between nodes takes three files or none") {
  CHECK(with("cluster.ssl_options.cacertfile", "/a").cluster.tls.authorities == "/a");
  CHECK(with("cluster.ssl_options.certfile", "/b").cluster.tls.certificate == "/b");
  CHECK(with("cluster.ssl_options.keyfile", "/c").cluster.tls.key == "/c");
  CHECK(refused("cluster.ssl_options.keyfile", ""));
  CHECK_FALSE(Settings().cluster.tls.any());
  const auto half = read_arguments({"--config", "file"}, half_of_tls);
  REQUIRE_FALSE(half.ok());
  CHECK(half.error() == "TLS between nodes needs cluster.ssl_options.keyfile beside the other two files");
}

TEST_CASE("loopback users are one name or none") {
  CHECK(with("loopback_users", "none").session.loopback_users.empty());
  CHECK(with("loopback_users.1", "bob").session.loopback_users == std::set<std::string>{"bob"});
  CHECK(refused("loopback_users", "some"));
}

TEST_CASE("amounts of memory have RabbitMQ's units") {
  const auto bytes = [](std::string_view value) {
    const Settings settings = with("vm_memory_high_watermark.absolute", value);
    CHECK(settings.memory_watermark_absolute);
    return settings.memory_watermark_bytes;
  };
  CHECK(bytes("4096") == 4096);
  CHECK(bytes("8589934592") == 8'589'934'592);
  CHECK(bytes("1k") == 1024);
  CHECK(bytes("2kB") == 2000);
  CHECK(bytes("3MiB") == 3 << 20);
  CHECK(bytes("4GB") == 4'000'000'000);
  CHECK(bytes("5GiB") == 5ull << 30);
  CHECK(bytes("1TB") == 1'000'000'000'000);
  CHECK(refused("vm_memory_high_watermark.absolute", "4 GB"));
  CHECK(refused("vm_memory_high_watermark.absolute", "GB"));
  CHECK(refused("vm_memory_high_watermark.absolute", "1PB"));
}

TEST_CASE("a relative watermark is a part of memory") {
  const Settings settings = with("vm_memory_high_watermark.relative", "0.4");
  CHECK_FALSE(settings.memory_watermark_absolute);
  CHECK(settings.memory_watermark_relative == 0.4);
  CHECK(refused("vm_memory_high_watermark.relative", "1.1"));
}

TEST_CASE("options may be written with a blank or an equals sign") {
  const auto settings = read_arguments({"--name", "w1@host", "--amqp-port=5673", "--data-dir", "/data"}, no_file);
  REQUIRE(settings.ok());
  CHECK(settings->name == "w1@host");
  CHECK(settings->session.node_name == "w1@host");
  CHECK(settings->session.cluster_name == "w1@host");
  CHECK(settings->amqp_port == 5673);
  CHECK(settings->data_dir == "/data");
}

TEST_CASE("what is wrong with the arguments is said in one sentence") {
  CHECK(complaint({"--nonsense"}) == "unknown option '--nonsense'");
  CHECK(complaint({"--name"}) == "option --name needs a value: NAME");
  CHECK(complaint({"--amqp-port", "x"}) == "'x' is not a valid value of --amqp-port [ADDRESS:]PORT");
  CHECK(complaint({"--config", "gone"}) == "cannot read the configuration file gone");
}

TEST_CASE("the command line wins over the file") {
  const auto settings = read_arguments({"--config", "file", "--amqp-port", "2000"}, small_file);
  REQUIRE(settings.ok());
  CHECK(settings->session.heartbeat_s == 5);
  CHECK(settings->amqp_port == 2000);
}

TEST_CASE("the help names every setting with its meaning") {
  const std::string help = usage();
  for (const SettingRow& row : setting_rows()) {
    CHECK(help.find(std::string(row.name) + " ") != std::string::npos);
    CHECK(help.find(row.meaning) != std::string::npos);
  }
}

TEST_CASE("the sample file shows every setting once, as a comment with a valid value") {
  std::istringstream text(sample());
  std::set<std::string> shown;
  for (std::string line; std::getline(text, line);) {
    if (line.empty() || line.starts_with("##")) continue;
    CAPTURE(line);
    REQUIRE(line.starts_with("# "));  // nothing is set: the sample is the defaults
    Settings settings;
    CHECK(apply_config(line.substr(2), "sample", settings).ok());
    CHECK(shown.insert(line.substr(2, line.find(' ', 2) - 2)).second);
  }
  for (const SettingRow& row : setting_rows()) {
    CAPTURE(row.name);
    CHECK(shown.contains(std::string(row.name)));
  }
}

}  // namespace warren::settings_test
