#include "tools/ctl/node/socket_door.hpp"

#include <fmt/core.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

#include "manage/operations/words/limits.hpp"
#include "tools/ctl/node/find_node.hpp"

namespace warren::ctl {
namespace {

using manage::Answer;

constexpr std::int64_t kReturnWithin_ms = 10'000;
constexpr std::int64_t kReplyLook_ms = 100;

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int number() const { return number_; }

 private:
  int number_;
};

// Zero, or the error.
int connect_to(int socket, const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() > manage::kSocketPathBytesMax) return ENAMETOOLONG;
  std::memcpy(address.sun_path, path.data(), path.size());
  return ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 ? 0 : errno;
}

Trouble broken(std::string_view why) {
  return {Trouble::Kind::broken, fmt::format("the connection to the node broke before it answered: {}", why)};
}

bool send_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

// Waits until there is something to read. False: the time is up.
bool await_readable(NodeDoor& clock, int socket, std::int64_t until_ms) {
  for (;;) {
    const std::int64_t left = until_ms < 0 ? -1 : std::max<std::int64_t>(0, until_ms - clock.now_ms());
    pollfd wanted{socket, POLLIN, 0};
    const int found = ::poll(&wanted, 1, static_cast<int>(std::min<std::int64_t>(left, 1 << 30)));
    if (found > 0) return true;
    if (found == 0 && left >= 0 && clock.now_ms() >= until_ms) return false;
  }
}

Result<std::string, Trouble> read_line(NodeDoor& clock, int socket, std::int64_t until_ms) {
  std::string line;
  std::array<char, 64 << 10> part;
  for (;;) {
    if (!await_readable(clock, socket, until_ms)) return Trouble{Trouble::Kind::timed_out, {}};
    const ssize_t got = ::recv(socket, part.data(), part.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return broken(got == 0 ? "it closed it" : std::strerror(errno));
    const std::string_view bytes(part.data(), static_cast<std::size_t>(got));
    const std::size_t end = bytes.find('\n');
    line += bytes.substr(0, end);
    if (end != std::string_view::npos) return line;
    if (line.size() > manage::limits::kAnswerBytesMax) return broken("the answer is too long");
  }
}

}  // namespace

Result<Answer, Trouble> SocketDoor::ask(const manage::Request& request, std::int64_t timeout_ms) {
  const std::int64_t began_ms = now_ms();
  const std::int64_t until_ms = timeout_ms < 0 ? -1 : began_ms + timeout_ms;
  for (;;) {
    const Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const std::string directory = directory_of(node_, directories_);
    const int error = directory.empty() ? ENOENT : connect_to(socket.number(), manage::socket_path(directory, node_));
    if (error == 0) {
      if (!send_all(socket.number(), manage::request_line(request) + '\n')) return broken(std::strerror(errno));
      auto line = read_line(*this, socket.number(), until_ms);
      if (!line) return std::move(line.error());
      auto answer = manage::read_answer(*line);
      if (!answer) return broken(answer.error());
      return std::move(*answer);
    }
    const auto process = directory.empty() ? std::nullopt : manage::read_pid(manage::pid_path(directory, node_));
    const bool returns = (error == ENOENT || error == ECONNREFUSED) && process && lives(*process);
    if (!returns || now_ms() - began_ms >= kReturnWithin_ms)
      return Trouble{Trouble::Kind::unreachable, diagnostics(node_, std::strerror(error), directories_)};
    if (until_ms >= 0 && now_ms() >= until_ms) return Trouble{Trouble::Kind::timed_out, {}};
    pause_ms(kReplyLook_ms);
  }
}

// The system knows who listens; the pid file could be an old one.
std::optional<std::int64_t> SocketDoor::pid() {
  const std::string directory = directory_of(node_, directories_);
  if (directory.empty()) return std::nullopt;
  const Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ucred peer{};
  socklen_t bytes = sizeof peer;
  if (connect_to(socket.number(), manage::socket_path(directory, node_)) != 0 ||
      ::getsockopt(socket.number(), SOL_SOCKET, SO_PEERCRED, &peer, &bytes) != 0 || peer.pid <= 0)
    return std::nullopt;
  return peer.pid;
}

std::optional<std::int64_t> SocketDoor::pid_in(const std::string& file) { return manage::read_pid(file); }

bool SocketDoor::lives(std::int64_t process) { return manage::process_lives(process); }

std::int64_t SocketDoor::now_ms() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

void SocketDoor::pause_ms(std::int64_t time_ms) { std::this_thread::sleep_for(std::chrono::milliseconds(time_ms)); }

}  // namespace warren::ctl
