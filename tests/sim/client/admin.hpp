// A client with a list: sends one method, waits for its answer, goes on. Sets the stage and clears it.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "amqp/codec.hpp"
#include "tests/sim/client/wire.hpp"
#include "tests/sim/scene.hpp"
#include "tests/sim/world/world.hpp"

namespace warren::sim {

class Admin final : public Endpoint, public WireListener {
 public:
  Admin(Scene& scene, World& world) : scene_(scene), world_(world), endpoint_(world.join(*this)) {}

  // On some shard; asks nothing before it is open. Goes on with its list where an earlier connection ended.
  void connect(std::uint32_t shard);
  // What the methods point to must live until they are answered. Requires: done().
  void ask(std::vector<amqp::Method> methods);
  bool done() const { return at_ == methods_.size(); }
  bool gone() const { return gone_; }
  // The counts in the declare-oks since ask().
  const std::vector<std::uint32_t>& counts() const { return counts_; }
  void leave();
  // Its connection is gone, whether it has heard so or not.
  void lose() { on_ended(socket_, true); }

  void on_bytes(std::uint32_t socket, std::string_view bytes) override;
  void on_ended(std::uint32_t socket, bool reset) override;
  void on_wake() override {}
  void on_method(ChannelNumber number, const amqp::Method& method) override;
  void on_content(ChannelNumber, const amqp::Method&, std::string_view, std::string_view) override {}
  void on_nonsense(std::string_view what) override;

 private:
  void ask_next();
  void flush();

  Scene& scene_;
  World& world_;
  std::uint32_t endpoint_;
  SocketNumber socket_ = kNoSocket;
  std::optional<Wire> wire_;  // a fresh one per connection
  std::vector<amqp::Method> methods_;
  std::size_t at_ = 0;
  std::vector<std::uint32_t> counts_;
  bool open_ = false;
  bool gone_ = false;
};

}  // namespace warren::sim
