#include "server/server.hpp"

#include <fmt/core.h>
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <optional>
#include <random>
#include <stdexcept>

#include "base/password.hpp"
#include "base/pool.hpp"
#include "manage/socket/run_directory.hpp"
#include "server/clocks.hpp"
#include "server/cluster/formation.hpp"
#include "server/cluster/identity_file.hpp"
#include "server/cluster/registry.hpp"
#include "server/link/secret.hpp"
#include "server/log.hpp"
#include "server/machine.hpp"

namespace warren::server {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr seconds kResourcesEach{1};
constexpr milliseconds kAcceptRetry{100};
constexpr seconds kStopAtMost{4};
constexpr milliseconds kLastAnswers{50};
constexpr std::string_view kDefaultPassword = "guest";

std::uint32_t random_salt() {
  std::random_device device;
  return device();
}

// Never zero.
std::uint64_t random_number() { return (static_cast<std::uint64_t>(random_salt()) << 32 | random_salt()) | 1; }

// Names this run of the operating system.
std::uint64_t boot_number() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string text;
  std::getline(file, text);
  return std::hash<std::string>{}(text) | 1;
}

std::string secret_path(const node::Settings& settings) {
  if (!settings.cluster.secret_file.empty()) return settings.cluster.secret_file;
  const char* home = std::getenv("HOME");
  return (home != nullptr && *home != '\0' ? std::string(home) : settings.data_dir) + "/.warren_secret";
}

std::shared_ptr<const TlsContext> read_tls(const node::TlsFiles& files) {
  if (!files.any()) return nullptr;
  auto context = TlsContext::read(files);
  if (!context) throw std::runtime_error(context.error());
  return *context;
}

// On few cores the threads of clients and of the system need theirs too; a hop between shards costs more than it brings
// there.
ShardIndex default_shards() { return static_cast<ShardIndex>(std::max(1u, cores() / 2)); }

}  // namespace

Server::Server(node::Settings settings) : settings_(std::move(settings)) {
  started_ms_ = read_clocks().instant_ms;
  shards_ = settings_.shards != 0 ? settings_.shards : default_shards();
  run_dir_ = manage::make_run_directory(
      manage::run_directories([](const char* name) -> const char* { return std::getenv(name); }));
  tls_ = read_tls(settings_.cluster.tls);
  disk_ = std::make_unique<NodeDisk>(settings_);
  take_port();
  Result<Secret, std::string> secret = read_or_make_secret(secret_path(settings_));
  if (!secret) throw std::runtime_error(secret.error());
  secret_ = *std::move(secret);
  node::Recovered recovered = disk_->recover(shards_);
  if (const auto stored = read_identity(settings_.data_dir);
      stored && stored->identity.cluster_port != 0 && !settings_.cluster.port_named)
    settings_.cluster.port = stored->identity.cluster_port;  // where the others look for it
  choose_cluster_port();
  const node::ResourceLimits limits = limits_of(settings_);
  memory_limit_bytes_ = limits.memory_high_watermark_bytes;
  disk_limit_bytes_ = limits.disk_free_limit_bytes;
  know_thyself(recovered.image->empty() && recovered.agreement.empty());
  make_shards(std::move(recovered));
  open_links();
  open_control();
}

// Who this node is: what its folder says, or what it becomes now.
void Server::know_thyself(bool virgin) {
  if (const std::optional<StoredIdentity> stored = read_identity(settings_.data_dir)) {
    identity_ = stored->identity;
    // An app that was stopped for a change of membership stays so for this start alone.
    if (!identity_.serves) {
      StoredIdentity next = *stored;
      next.identity.serves = true;
      write_identity(settings_.data_dir, next);
    }
    if (identity_.name != settings_.name)
      throw std::runtime_error(
          fmt::format("the data folder {} belongs to node {}: use --name {}, or another --data-dir", settings_.data_dir,
                      identity_.name, identity_.name));
  } else {
    const bool seeks = virgin && (settings_.cluster.name_given || !settings_.cluster.seeds.empty());
    if (seeks) enter_registry();
    identity_ = seeks ? seek_cluster() : found(settings_);
    identity_.cluster_port = settings_.cluster.port;
    write_identity(settings_.data_dir, {identity_, false});
  }
  identity_.host = node::host_of_node(identity_.name);
  identity_.cluster_port = settings_.cluster.port;
  identity_.incarnation = random_number();
  identity_.boot = boot_number();
}

// A port that another node took in the meantime is no reason to give up.
node::Identity Server::seek_cluster() {
  constexpr int kAttempts = 4;
  for (int attempt = 1;; ++attempt) try {
      return form(settings_, link_settings(), run_dir_);
    } catch (const std::runtime_error&) {
      if (attempt == kAttempts || (settings_.cluster.port_named && !settings_.port_auto)) throw;
      choose_cluster_port();
      enter_registry();
    }
}

// Whoever has these is about to listen on the port.
LinkSettings Server::link_settings() {
  error_code ignored;
  reserved_.close(ignored);
  LinkSettings link;
  link.identity = {settings_.name, secret_.text, tls_};
  link.listen_address = settings_.listen_address;
  link.port = settings_.cluster.port;
  link.incarnation = identity_.incarnation;
  return link;
}

void Server::open_links() {
  cluster_ = std::make_unique<ClusterDriver>(identity_, link_settings(), threads_);
  ProcessDoor door;
  door.stop = [this] { asio::post(context_, [this] { stop(); }); };
  door.begin_again = [this] {
    asio::post(context_, [this] {
      end_ = End::begin_again;
      stop();
    });
  };
  door.node_facts = [this] { return node_facts(); };
  door.set = [this](const manage::SetSetting& wanted) { return set_limit(wanted); };
  administrator_ =
      std::make_unique<Administrator>(settings_, run_dir_, identity_, threads_, *cluster_, std::move(door));
  cluster_->employ(*administrator_,
                   [this](bool serving) { asio::post(context_, [this, serving] { set_serving(serving); }); });
  for (const std::unique_ptr<ShardThread>& thread : threads_) thread->join_cluster(*cluster_);
  enter_registry();
}

// Where others of this machine find this node, also while it looks for them.
void Server::enter_registry() {
  register_node(run_dir_,
                {settings_.name, settings_.cluster.name_given ? settings_.session.cluster_name : std::string{},
                 node::host_of_node(settings_.name), settings_.cluster.port, ::getpid()});
}

// The door for operators. A node without it still serves its clients.
void Server::open_control() {
  operator_desk_ = std::make_unique<OperatorDesk>(*administrator_, settings_.name, settings_.session);
  control_ = std::make_unique<ControlSocket>(context_, [this](manage::Request request, AnswerRequest answer) {
    asio::post(threads_.front()->context(), [this, request = std::move(request), answer = std::move(answer)] {
      operator_desk_->take(request, answer);
    });
  });
  const std::string trouble = control_->open(run_dir_, settings_.name);
  if (!trouble.empty()) log(trouble);
  http_ = std::make_unique<HttpDoor>(context_, [this](HttpCaller caller, manage::Request request, AnswerHttp answer) {
    asio::post(threads_.front()->context(),
               [this, caller = std::move(caller), request = std::move(request), answer = std::move(answer)] {
                 operator_desk_->take(caller, request, answer);
               });
  });
  if (settings_.http_port == 0) return;
  if (const std::string why = http_->open(settings_.http_address, settings_.http_port); !why.empty()) log(why);
}

void Server::make_shards(node::Recovered recovered) {
  for (const std::string& sentence : disk_->sentences()) log(sentence);
  for (const std::string& sentence : recovered.log) log(sentence);
  const std::vector<broker::Command> definitions =
      broker::default_definitions(hash_password(kDefaultPassword, random_salt()));
  for (ShardIndex shard = 0; shard < shards_; ++shard) {
    node::ShardSettings of_shard = shard_settings(shard, shards_);
    node::RecoveredShard& part = recovered.shards[shard];
    of_shard.identity = identity_;
    of_shard.group.detector = {settings_.cluster.heartbeat_ms, settings_.cluster.down_after_ms};
    of_shard.group.about = {0, WARREN_VERSION, listeners()};
    of_shard.group.partition = settings_.cluster.partition;
    of_shard.definitions = definitions;
    of_shard.image = recovered.image;
    if (shard == node::kRegistrarShard) of_shard.agreement = std::move(recovered.agreement);
    of_shard.storage = disk_->storage_settings(shards_);
    // Long before publishers must be blocked, messages leave memory.
    of_shard.storage.hot_bytes = std::clamp<std::size_t>(of_shard.memory_high_watermark_bytes / 2 / shards_,
                                                         of_shard.storage.chunk_bytes, of_shard.storage.hot_bytes);
    of_shard.queues = std::move(part.queues);
    of_shard.journal = std::move(part.journal);
    of_shard.bodies = std::move(part.bodies);
    threads_.push_back(std::make_unique<ShardThread>(std::move(of_shard), threads_, *disk_,
                                                     disk_->open_journal(shard, std::move(part.tail))));
  }
}

Server::~Server() = default;

node::ShardSettings Server::shard_settings(ShardIndex shard, ShardIndex shards) const {
  node::ShardSettings of_shard;
  of_shard.shard = shard;
  of_shard.shards = shards;
  of_shard.seed = (static_cast<std::uint64_t>(random_salt()) << 32) | random_salt();
  of_shard.session = settings_.session;
  of_shard.memory_high_watermark_bytes = memory_limit_bytes_;
  of_shard.disk_free_limit_bytes = disk_limit_bytes_;
  return of_shard;
}

void Server::take_port() {
  error_code error;
  const asio::ip::address wanted = asio::ip::make_address(settings_.listen_address, error);
  if (error) throw std::runtime_error(fmt::format("'{}' is not an address to listen on", settings_.listen_address));
  tcp::endpoint endpoint(wanted, settings_.amqp_port);
  acceptor_.open(endpoint.protocol(), error);
  if (error && wanted == asio::ip::address_v6::any()) {
    // A machine without IPv6.
    endpoint.address(asio::ip::address_v4::any());
    acceptor_.open(endpoint.protocol(), error);
  }
  if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error && endpoint.address().is_v6()) acceptor_.set_option(asio::ip::v6_only(false), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (error == asio::error::address_in_use && settings_.port_auto) {
    endpoint.port(0);
    acceptor_.bind(endpoint, error);
    if (!error) settings_.amqp_port = acceptor_.local_endpoint().port();
  }
  if (error) {
    const std::string why = error == asio::error::address_in_use ? "another process uses it" : error.message();
    throw std::runtime_error(fmt::format("cannot listen on port {} ({}): {}; choose another with --amqp-port",
                                         settings_.amqp_port, settings_.listen_address, why));
  }
  ipv6_ = endpoint.address().is_v6();
}

// Clients are let in once the node knows what they may ask for.
void Server::set_serving(bool on) {
  // A witness decides with the others, and serves nobody.
  if (stopping_ || on == listening_ || identity_.kind == broker::NodeKind::witness) return;
  on ? listen() : close_port();
}

void Server::listen() {
  error_code error;
  if (!acceptor_.is_open()) take_port();
  acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (error) return listen_later(error);
  listening_ = true;
  accept();
  fmt::print("warren {} listens for AMQP on port {}, data in {}; stop it with Ctrl-C or SIGTERM\n", settings_.name,
             settings_.amqp_port, settings_.data_dir);
  std::fflush(stdout);
}

// Another process was quicker: between taking a port and listening on it there is time.
void Server::listen_later(error_code why) {
  log(fmt::format("cannot listen on port {}: {}", settings_.amqp_port, why.message()));
  error_code ignored;
  acceptor_.close(ignored);
  retry_.expires_after(kAcceptRetry);
  retry_.async_wait([this](error_code cancelled) {
    if (cancelled || stopping_) return;
    try {
      take_port();
    } catch (const std::runtime_error& error) { return listen_later(asio::error::address_in_use); }
    listen();
  });
}

void Server::close_port() {
  error_code ignored;
  listening_ = false;
  acceptor_.close(ignored);
  retry_.cancel();
}

Server::End Server::run() {
  for (const std::unique_ptr<ShardThread>& thread : threads_) thread->start([this] { thread_ended(); });
  watch_resources();
  signals_.add(SIGTERM);
  signals_.add(SIGINT);
  signals_.async_wait([this](error_code error, int) {
    if (!error) stop();
  });
  context_.run();
  for (const std::unique_ptr<ShardThread>& thread : threads_) thread->join();
  // What the disk's threads still do ends while those who asked for it are there.
  disk_.reset();
  unregister_node(run_dir_, settings_.name);
  if (end_ == End::begin_again) control_->process_goes_on();
  return end_;
}

void Server::accept() {
  acceptor_.async_accept([this](error_code error, tcp::socket socket) {
    if (error == asio::error::operation_aborted || !listening_) return;
    if (!error) {
      error_code ignored;
      const auto handle = socket.release(ignored);
      threads_[next_shard_++ % threads_.size()]->adopt(handle, ipv6_);
      return accept();
    }
    // Out of file descriptors, most likely: those who are connected go on, others wait in the queue of the port.
    retry_.expires_after(kAcceptRetry);
    retry_.async_wait([this](error_code cancelled) {
      if (!cancelled) accept();
    });
  });
}

void Server::watch_resources() {
  tell_resources();
  give_memory_back(static_cast<std::uint64_t>(std::max<std::int64_t>(0, pool::live_bytes())));
  resources_.expires_after(kResourcesEach);
  resources_.async_wait([this](error_code error) {
    if (!error) watch_resources();
  });
}

// What a backlog leaves behind when it goes to disk or to its readers goes back to the system.
void Server::give_memory_back(std::uint64_t live_bytes) {
  constexpr std::uint64_t kWorthTrimming = 16 << 20;
  constexpr std::uint64_t kNews = 4 << 20;
  const std::uint64_t resident = memory_resident_bytes();
  const bool news = resident > trimmed_resident_bytes_ + kNews || live_bytes + kNews < trimmed_live_bytes_;
  if (resident < live_bytes + kWorthTrimming || !news) return;
  ::malloc_trim(0);
  trimmed_resident_bytes_ = memory_resident_bytes();
  trimmed_live_bytes_ = live_bytes;
}

void Server::stop() {
  log("stopping: closing connections");
  stopping_ = true;
  // Who has an answer and knocks again waits for the next life of this process, if there is one.
  control_->close();
  http_->close();
  close_port();
  resources_.cancel();
  for (const std::unique_ptr<ShardThread>& thread : threads_) thread->finish();
  deadline_.expires_after(kStopAtMost);
  deadline_.async_wait([this](error_code error) {
    if (error) return;
    for (const std::unique_ptr<ShardThread>& thread : threads_) thread->abort();
  });
}

void Server::thread_ended() {
  asio::post(context_, [this] {
    if (++ended_threads_ < threads_.size()) return;
    // Answers that are on their way to operators leave; who only keeps a connection open is not waited for.
    signals_.cancel();
    deadline_.expires_after(kLastAnswers);
    deadline_.async_wait([this](error_code) { context_.stop(); });
  });
}

}  // namespace warren::server
