// One simulated client: connects, works on its channels as its weights say, hears the answers, dies, comes back.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/rng.hpp"
#include "tests/sim/checks/checks.hpp"
#include "tests/sim/client/channel.hpp"
#include "tests/sim/client/wire.hpp"
#include "tests/sim/scene.hpp"
#include "tests/sim/workloads/mix.hpp"
#include "tests/sim/workloads/topology.hpp"
#include "tests/sim/world/world.hpp"

namespace warren::sim {

struct ClientPlan {
  std::uint32_t number = 0;
  std::uint32_t shard = 0;
  Weights weights;
  std::uint64_t seed = 0;
  Micros think_max = 10 * kMilli;
  std::uint64_t body_bytes_max = 200;
  std::uint64_t big_body_each = 0;
  std::uint64_t big_body_bytes_max = 0;
  std::uint64_t channels_max = 3;
  std::uint64_t no_ack_each = 5;
  std::uint16_t heartbeat_s = 0;
  bool lazy = false;              // hardly ever reads
  bool patient = false;           // settles seldom, so that limits are reached
  std::vector<QueueIndex> drain;  // consumes these and nothing else
};

class Client final : public Endpoint, public WireListener {
 public:
  Client(Scene& scene, World& world, Checks& checks, const Topology& topology, ClientPlan plan);

  void start(Micros after) { world_.wake(endpoint_, after); }
  // Faults are over: no more publishes, everything is settled, nothing is left hanging.
  void heal(bool stays);
  // Reads these queues too, to the end.
  void drain(std::vector<QueueIndex> queues);
  // Closes in order; does not come back.
  void leave();

  bool gone() const { return state_ == State::away && stage_ == Stage::leaving; }
  // Waits for nothing, holds nothing.
  bool at_rest() const;
  // What it waits for, for a complaint.
  std::string whereabouts() const;
  // Reads the queue with a consumer that was confirmed.
  bool reads(QueueIndex queue) const;
  const ClientPlan& plan() const { return plan_; }

  // ---- Endpoint ----
  void on_bytes(std::uint32_t socket, std::string_view bytes) override;
  void on_ended(std::uint32_t socket, bool reset) override;
  void on_wake() override;

  // ---- WireListener ----
  void on_method(ChannelNumber number, const amqp::Method& method) override;
  void on_content(ChannelNumber number, const amqp::Method& method, std::string_view properties,
                  std::string_view body) override;
  void on_nonsense(std::string_view what) override;

 private:
  enum class State : std::uint8_t { away, connecting, open, closing };
  enum class Stage : std::uint8_t { working, healed, leaving };

  // connection: client.cpp
  void connect();
  void on_connection_method(const amqp::Method& method);
  void lose_connection(bool broken);
  void close_connection();
  void die();
  void flush();
  void think();

  // work: behaviour.cpp
  void act();
  void act_healed();
  void act_on(Channel& channel);
  bool act_draining(Channel& channel);
  void finish(Channel& channel);
  Channel* some_channel();
  QueueIndex some_queue();

  // deeds: deeds.cpp
  void open_channel();
  void set_up(Channel& channel);
  void publish(Channel& channel);
  void consume(Channel& channel, QueueIndex queue);
  void cancel(Channel& channel);
  void get(Channel& channel);
  void declare(Channel& channel, QueueIndex queue, bool passive);
  void remove(Channel& channel);
  void purge(Channel& channel);
  void commit(Channel& channel, bool really);
  void close_channel(Channel& channel);
  void offend(Channel& channel);

  // settling: settling.cpp
  void settle_some(Channel& channel, bool requeue);
  void settle_everything(Channel& channel);
  void recover(Channel& channel);
  void on_recovered(Channel& channel);
  void settle(Channel& channel, std::uint64_t tag, bool multiple, How how);
  void settled(Channel& channel, Held& held, How how);
  void note_full_return(Channel& channel);

  // hearing: hearing.cpp
  void on_channel_method(Channel& channel, const amqp::Method& method);
  void on_answer(Channel& channel, const amqp::Method& method);
  void on_channel_close(Channel& channel, const amqp::ChannelClose& close);
  void on_delivery(Channel& channel, const amqp::BasicDeliver& method, Seen seen);
  void on_got(Channel& channel, const amqp::BasicGetOk& method, Seen seen);
  void hold(Channel& channel, std::uint64_t tag, int consumer, ReaderUid reader, bool no_ack, const Seen& seen);
  void check_limits(const Channel& channel, int consumer);
  void on_confirm(Channel& channel, std::uint64_t tag, bool multiple, bool accepted);
  void on_cancelled(Channel& channel, std::string_view tag);
  void on_transaction_end(Channel& channel, bool committed);
  void forget_channel(Channel& channel, bool broken);
  Channel* channel_of(ChannelNumber number);

  Scene& scene_;
  World& world_;
  Checks& checks_;
  const Topology& topology_;
  ClientPlan plan_;
  Rng rng_;
  std::uint32_t endpoint_;
  std::optional<Wire> wire_;  // a fresh one per connection
  State state_ = State::away;
  Stage stage_ = Stage::working;
  SocketNumber socket_ = kNoSocket;
  std::map<ChannelNumber, Channel> channels_;
  ChannelNumber last_number_ = 0;
  std::uint32_t tags_given_ = 0;
  Micros last_sent_at_ = 0;
  Micros silent_until_ = 0;
  bool wake_planned_ = false;
};

}  // namespace warren::sim
