// One simulated TCP connection: bytes both ways, each with what is on its way.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.hpp"
#include "broker/session/output.hpp"
#include "tests/sim/scene.hpp"

namespace warren::sim {

// A client as the world sees it. Called from World::step only.
class Endpoint {
 public:
  virtual ~Endpoint() = default;
  virtual void on_bytes(std::uint32_t socket, std::string_view bytes) = 0;
  // The connection is over: closed in order by the server, or reset.
  virtual void on_ended(std::uint32_t socket, bool reset) = 0;
  virtual void on_wake() = 0;
};

// Bytes that leave at the front.
class Stream {
 public:
  std::size_t size() const { return bytes_.size() - at_; }
  bool empty() const { return size() == 0; }
  std::string_view front(std::size_t bytes) const { return std::string_view(bytes_).substr(at_, bytes); }
  void append(std::string_view bytes) { bytes_.append(bytes); }
  void drop(std::size_t bytes) {
    at_ += bytes;
    if (at_ == bytes_.size()) clear();
  }
  void clear() {
    bytes_.clear();
    at_ = 0;
  }

 private:
  std::string bytes_;
  std::size_t at_ = 0;
};

struct Socket {
  SessionId session;
  std::uint32_t shard = 0;     // of the world
  std::uint32_t endpoint = 0;  // of the world

  Stream up;
  bool up_planned = false;
  bool server_reads = true;

  std::optional<broker::session::Output> writing;  // what the server writes now
  Stream written;                                  // its bytes that the socket has not taken
  bool take_planned = false;
  Stream down;
  bool down_planned = false;
  bool client_reads = true;

  bool spared = false;       // never cut by chance
  bool closing = false;      // the server closes once its write is through
  bool server_done = false;  // the server was told that it is closed
  bool client_done = false;  // the client was told, or has gone
};

}  // namespace warren::sim
