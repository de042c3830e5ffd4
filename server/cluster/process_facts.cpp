// What this process is, for operators.
#include <unistd.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <filesystem>

#include "base/pool.hpp"
#include "server/clocks.hpp"
#include "server/machine.hpp"
#include "server/server.hpp"

namespace warren::server {
namespace {

std::uint64_t descriptors_used() {
  std::uint64_t count = 0;
  std::error_code error;
  for (std::filesystem::directory_iterator at("/proc/self/fd", error), end; !error && at != end; at.increment(error))
    ++count;
  return count;
}

}  // namespace

// Where this node waits for clients and for other nodes.
std::vector<node::ListenerTold> Server::listeners() const {
  const std::string interface = settings_.listen_address.find(':') != std::string::npos
                                    ? "[" + settings_.listen_address + "]"
                                    : settings_.listen_address;
  return {{interface, settings_.cluster.port, "clustering", "inter-node and CLI tool communication"},
          {interface, settings_.amqp_port, "amqp", "AMQP 0-9-1"}};
}

node::ResourceLimits Server::limits_of(const node::Settings& settings) {
  const auto memory = static_cast<double>(memory_total_bytes());
  return {settings.memory_watermark_absolute ? settings.memory_watermark_bytes
                                             : static_cast<std::uint64_t>(settings.memory_watermark_relative * memory),
          settings.disk_free_limit_relative > 0 ? static_cast<std::uint64_t>(settings.disk_free_limit_relative * memory)
                                                : settings.disk_free_limit_bytes};
}

// Called on the thread of the first shard. The settings themselves stay what the process began with.
Result<Done, std::string> Server::set_limit(const manage::SetSetting& wanted) {
  node::Settings settings = settings_;
  Result<Done, std::string> read = node::set(settings, wanted.name, wanted.value);
  if (!read) return read;
  const node::ResourceLimits limits = limits_of(settings);
  (wanted.name.starts_with("disk") ? disk_limit_bytes_ : memory_limit_bytes_) =
      wanted.name.starts_with("disk") ? limits.disk_free_limit_bytes : limits.memory_high_watermark_bytes;
  boost::asio::post(context_, [this] { tell_resources(); });
  return read;
}

void Server::tell_resources() {
  const auto live = static_cast<std::uint64_t>(std::max<std::int64_t>(0, pool::live_bytes()));
  std::uint64_t clients = 0;
  for (const std::unique_ptr<ShardThread>& thread : threads_) clients += thread->clients();
  const node::Resources resources{live, disk_free_bytes(settings_.data_dir),
                                  node::ResourceLimits{memory_limit_bytes_, disk_limit_bytes_}, clients};
  for (const std::unique_ptr<ShardThread>& thread : threads_) thread->give(resources);
}

// Called on the thread of the first shard: reads only what does not change while threads run, or is atomic.
manage::NodeFacts Server::node_facts() const {
  manage::NodeFacts facts;
  facts.node = settings_.name;
  facts.version = WARREN_VERSION;
  facts.pid = ::getpid();
  facts.uptime_s = (read_clocks().instant_ms - started_ms_) / 1000;
  facts.data_directory = std::filesystem::absolute(settings_.data_dir).lexically_normal().string();
  facts.config_file = settings_.config_file;
  facts.memory_used_bytes = static_cast<std::uint64_t>(std::max<std::int64_t>(0, pool::live_bytes()));
  facts.memory_resident_bytes = memory_resident_bytes();
  facts.memory_limit_bytes = memory_limit_bytes_;
  facts.disk_free_limit_bytes = disk_limit_bytes_;
  facts.disk_free_bytes = disk_free_bytes(settings_.data_dir);
  facts.descriptors_used = descriptors_used();
  facts.descriptors_limit = static_cast<std::uint64_t>(std::max(0L, ::sysconf(_SC_OPEN_MAX)));
  facts.shards = shards_;
  for (const node::ListenerTold& told : listeners())
    facts.listeners.push_back({told.interface, told.port, told.protocol, told.purpose});
  return facts;
}

// The port for other nodes, if the operator left it to the node: another one where that is taken. It is kept until the
// links take it over, so that nodes that start at once do not choose the same one.
void Server::choose_cluster_port() {
  if (settings_.cluster.port_named && !settings_.port_auto) return;
  boost::system::error_code error;
  const boost::asio::ip::address any = boost::asio::ip::make_address(settings_.listen_address, error);
  boost::asio::ip::tcp::endpoint wanted(any, settings_.cluster.port);
  for (const std::uint16_t port : {settings_.cluster.port, std::uint16_t{0}}) {
    wanted.port(port);
    reserved_.close(error);
    reserved_.open(wanted.protocol(), error);
    reserved_.set_option(boost::asio::ip::tcp::acceptor::reuse_address(true), error);
    if (wanted.address().is_v6()) reserved_.set_option(boost::asio::ip::v6_only(false), error);
    reserved_.bind(wanted, error);
    if (!error) reserved_.listen(1, error);
    if (error) continue;
    settings_.cluster.port = reserved_.local_endpoint().port();
    return;
  }
}

}  // namespace warren::server
