// Nodes of shards, their clients' sockets, the mail between them and the clock, in one thread from one seed.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "base/ring.hpp"
#include "base/rng.hpp"
#include "node/shard.hpp"
#include "tests/sim/scene.hpp"
#include "tests/sim/world/disk/disk_settings.hpp"
#include "tests/sim/world/event_queue.hpp"
#include "tests/sim/world/network.hpp"
#include "tests/sim/world/socket.hpp"
#include "tests/sim/world/storage.hpp"

namespace warren::sim {

// The upper bits of a session's number are its shard.
inline constexpr int kShardShift = 48;

using SocketNumber = std::uint32_t;
inline constexpr SocketNumber kNoSocket = ~SocketNumber{0};

// The driver of the shards: gives them what sockets, mail and clock bring and carries their effects out, as the server
// does. Everything happens in step(); whoever is called from there may call back, but not into a shard.
class World {
 public:
  World(Scene& scene, std::uint64_t seed, ShardIndex shards, const NetworkSettings& network,
        const StoragePlan& storage);

  // ---- for the story's teller ----

  // Happens what is due next. False: nothing is planned.
  bool step();
  Micros next_at() const;
  bool traffic() const { return events_.traffic(); }
  void calm(const NetworkSettings& network) { network_ = network; }
  // Resets a socket that is open, whichever the seed says. False: there is none.
  bool cut_one();
  void tell_memory(std::uint64_t used_bytes);
  // The node is gone at once: its shards, its mail, its ends of the sockets. It comes back after a while. Requires: it
  // is up.
  void crash(CrashKind kind, Micros down_for);
  bool up() const { return up_; }
  // So many times the node has crashed, and the last time like this.
  std::uint64_t crashes() const { return crashes_; }
  CrashKind last_crash() const { return last_crash_; }
  // So many times it has started.
  std::uint64_t starts() const { return starts_; }
  // Something on its way to the disk had failed in the life that ended.
  bool disk_failed_before_crash() const { return disk_failed_before_crash_; }
  Storage& storage() { return storage_; }
  const node::Shard& shard(std::uint32_t index) const { return *shards_[index].machine; }
  std::uint32_t shards() const { return static_cast<std::uint32_t>(shards_.size()); }

  // ---- for clients ----

  std::uint32_t join(Endpoint& endpoint);
  SocketNumber connect(std::uint32_t endpoint, std::uint32_t shard);
  void send(SocketNumber socket, std::string_view bytes);
  // The client is gone without a word.
  void drop(SocketNumber socket) { reset(socket, false); }
  // The socket will not be cut by chance.
  void spare(SocketNumber socket) { sockets_[socket].spared = true; }
  void set_reading(SocketNumber socket, bool on);
  void wake(std::uint32_t endpoint, Micros after) { events_.add(scene_.now + after, EventKind::wake, endpoint); }

 private:
  struct SimShard {
    std::unique_ptr<node::Shard> machine;  // none while the node is down
    ShardIndex index = 0;
    Instant armed_ms = kNever;
    std::uint64_t sessions_given = 0;
    std::vector<SocketNumber> sockets;  // by session number
  };
  struct Lane {
    std::uint32_t to = 0;
    Micros last_at = 0;
    Ring<node::MailBatch> mail;
    std::int64_t publish_bytes = 0;  // sent and not yet returned
  };

  void start_node();
  void lose_socket(SocketNumber number);
  void feed(std::uint32_t shard, node::ShardInput input);
  void answer(std::uint32_t shard);
  void step_shard(std::uint32_t shard, node::ShardInput input);
  void fall();
  Now now() const;
  void carry_out(std::uint32_t shard, node::ShardEffects& effects);
  void post(std::uint32_t from, node::Post& post);
  void mark_mail(const node::MailBatch& batch);
  void begin_write(Socket& socket, SocketNumber number, node::Write& write);
  void close(SocketNumber number);
  void reset(SocketNumber number, bool tell_client);
  void arm(std::uint32_t shard, Instant at_ms);
  void on_up(SocketNumber number);
  void on_take(SocketNumber number);
  void on_down(SocketNumber number);
  void on_ended(SocketNumber number);
  void on_mail(std::uint32_t lane);
  void on_tick(std::uint32_t shard);
  void plan_up(SocketNumber number);
  void plan_take(SocketNumber number);
  void plan_down(SocketNumber number);
  Micros byte_delay();
  Socket& socket_of(std::uint32_t shard, SessionId session, SocketNumber& number);

  Scene& scene_;
  Rng rng_;
  std::uint64_t seed_;
  NetworkSettings network_;
  EventQueue events_;
  std::vector<SimShard> shards_;
  std::vector<Lane> lanes_;  // from * shards + to
  std::deque<Socket> sockets_;
  std::vector<Endpoint*> endpoints_;
  node::ShardEffects effects_;
  StoragePlan storage_plan_;
  Storage storage_;
  Storage::Answers answers_;
  std::uint64_t memory_used_bytes_ = 0;
  std::uint64_t crashes_ = 0;
  std::uint64_t starts_ = 0;
  CrashKind last_crash_ = CrashKind::process;
  bool disk_failed_before_crash_ = false;
  bool up_ = false;
};

}  // namespace warren::sim
