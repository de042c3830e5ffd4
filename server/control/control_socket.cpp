#include "server/control/control_socket.hpp"

#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <memory>
#include <utility>

#include "manage/operations/words/limits.hpp"
#include "manage/socket/run_directory.hpp"
#include "server/control/control_client.hpp"

namespace warren::server {

namespace asio = boost::asio;
using asio::local::stream_protocol;
using boost::system::error_code;

namespace {

constexpr std::chrono::milliseconds kControlRetry{100};
constexpr mode_t kNotForOthers = 0177;

// Whether somebody listens there.
bool answers(asio::io_context& context, const std::string& path) {
  stream_protocol::socket probe(context);
  error_code error;
  probe.connect(stream_protocol::endpoint(path), error);
  return !error;
}

// In one piece: who reads it sees the old number or the new one.
bool write_pid(const std::string& path) {
  const std::string draft = path + ".new";
  std::ofstream file(draft, std::ios::trunc);
  file << ::getpid() << '\n';
  file.close();
  return file.good() && std::rename(draft.c_str(), path.c_str()) == 0;
}

}  // namespace

ControlSocket::ControlSocket(asio::io_context& context, OnRequest on_request)
    : context_(context),
      on_request_(std::move(on_request)),
      acceptor_(context),
      retry_(context),
      clients_(std::make_shared<std::size_t>(0)),
      alive_(std::make_shared<bool>(true)) {}

ControlSocket::~ControlSocket() {
  *alive_ = false;
  close();
  if (!pid_path_.empty() && !process_goes_on_) ::unlink(pid_path_.c_str());
}

std::string ControlSocket::open(const std::string& directory, const std::string& node) {
  if (!manage::good_node_name(node)) return fmt::format("'{}' cannot be the name of a node", node);
  const std::string path = manage::socket_path(directory, node);
  if (path.size() > manage::kSocketPathBytesMax)
    return fmt::format("the path of the control socket, {}, is too long; name a shorter folder with WARREN_RUN_DIR",
                       path);
  if (answers(context_, path)) return fmt::format("a node of the name {} runs already: it answers on {}", node, path);
  ::unlink(path.c_str());
  if (std::string why = listen(path); !why.empty()) return why;
  path_ = path;
  pid_path_ = manage::pid_path(directory, node);
  if (!write_pid(pid_path_)) {
    close();
    return fmt::format("cannot write the pid file beside {}", path);
  }
  accept();
  return {};
}

std::string ControlSocket::listen(const std::string& path) {
  error_code error;
  acceptor_.open(stream_protocol(), error);
  const mode_t before = ::umask(kNotForOthers);
  if (!error) acceptor_.bind(stream_protocol::endpoint(path), error);
  ::umask(before);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (!error) return {};
  error_code ignored;
  acceptor_.close(ignored);
  return fmt::format("cannot open the control socket {}: {}", path, error.message());
}

void ControlSocket::close() {
  if (path_.empty()) return;
  error_code ignored;
  acceptor_.close(ignored);
  retry_.cancel();
  ::unlink(path_.c_str());
  path_.clear();
}

void ControlSocket::accept() {
  acceptor_.async_accept([this, alive = alive_](error_code error, stream_protocol::socket socket) {
    if (!*alive || error == asio::error::operation_aborted || path_.empty()) return;
    const bool full = *clients_ >= manage::limits::kWaitingRequestsMax;
    if (!error && !full) std::make_shared<ControlClient>(std::move(socket), on_request_, clients_)->start();
    if (!error) return accept();
    // Out of file descriptors, most likely.
    retry_.expires_after(kControlRetry);
    retry_.async_wait([this, alive](error_code cancelled) {
      if (*alive && !cancelled) accept();
    });
  });
}

}  // namespace warren::server
