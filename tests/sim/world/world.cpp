#include "tests/sim/world/world.hpp"

#include <utility>
#include <variant>

#include "base/limits.hpp"
#include "base/password.hpp"

namespace warren::sim {
namespace {

constexpr std::uint64_t kSessionMask = (std::uint64_t{1} << kShardShift) - 1;
constexpr WallSeconds kWallStart = 1'700'000'000;
constexpr Micros kStartAgain = 20 * kMilli;
constexpr Micros kFallenMax = 100 * kMilli;
constexpr std::uint64_t kWatermarkBytes = 1 << 30;
// The same for mail on its way: each publisher's last read.
constexpr std::int64_t kLaneSlackBytes = 16 << 20;

std::vector<broker::Command> definitions() {
  static const std::string hash = hash_password("guest", 1);
  return broker::default_definitions(hash);
}

}  // namespace

World::World(Scene& scene, std::uint64_t seed, ShardIndex shards, const NetworkSettings& network,
             const StoragePlan& storage)
    : scene_(scene),
      rng_(seed),
      seed_(seed),
      network_(network),
      shards_(shards),
      storage_plan_(storage),
      storage_(scene, events_, seed, storage, shards) {
  for (ShardIndex index = 0; index < shards; ++index) shards_[index].index = index;
  lanes_.resize(shards_.size() * shards_.size());
  for (std::size_t i = 0; i < lanes_.size(); ++i) lanes_[i].to = static_cast<std::uint32_t>(i % shards_.size());
  start_node();
}

// ---- the node ----

void World::start_node() {
  std::optional<node::Recovered> recovered;
  if (storage_plan_.enabled) {
    recovered = storage_.start(now());
    if (!recovered) {
      storage_.crash(CrashKind::process);
      return events_.add(scene_.now + kStartAgain, EventKind::start, 0);
    }
  }
  for (SimShard& shard : shards_) {
    node::ShardSettings settings;
    settings.shard = shard.index;
    settings.shards = static_cast<ShardIndex>(shards_.size());
    settings.seed = (seed_ + crashes_) * 31 + shard.index;
    settings.memory_high_watermark_bytes = kWatermarkBytes;
    settings.definitions = definitions();
    settings.identity.incarnation = starts_ + 1;
    settings.storage = storage_plan_.node;
    settings.storage.enabled = storage_plan_.enabled;
    if (recovered) {
      settings.image = recovered->image;
      if (shard.index == node::kRegistrarShard) settings.agreement = recovered->agreement;
      settings.queues = std::move(recovered->shards[shard.index].queues);
      settings.journal = std::move(recovered->shards[shard.index].journal);
      settings.bodies = std::move(recovered->shards[shard.index].bodies);
    }
    shard.machine = std::make_unique<node::Shard>(std::move(settings));
  }
  up_ = true;
  ++starts_;
  tell_memory(memory_used_bytes_);
}

void World::crash(CrashKind kind, Micros down_for) {
  scene_.tell("the node is gone: {}", kind == CrashKind::power ? "power lost" : "killed");
  scene_.marks.hit(kind == CrashKind::power ? Mark::power_lost : Mark::node_killed);
  up_ = false;
  ++crashes_;
  disk_failed_before_crash_ = storage_.failed();
  last_crash_ = kind;
  for (SocketNumber number = 0; number < sockets_.size(); ++number) lose_socket(number);
  for (Lane& lane : lanes_) {
    lane.mail = {};
    lane.publish_bytes = 0;
  }
  events_.forget_shards();
  for (SimShard& shard : shards_) {
    shard.machine.reset();
    shard.armed_ms = kNever;
  }
  answers_ = {};
  storage_.crash(kind);
  events_.add(scene_.now + down_for, EventKind::start, 0);
}

// ---- the shards ----

Now World::now() const {
  return {scene_.now / kMilli, kWallStart + scene_.now / kSecond,
          static_cast<std::int32_t>(scene_.now / kMilli % (kSecond / kMilli))};
}

void World::feed(std::uint32_t shard, node::ShardInput input) {
  step_shard(shard, std::move(input));
  answer(shard);
}

// What the storage has to say at once.
void World::answer(std::uint32_t shard) {
  while (!answers_.empty()) step_shard(shard, answers_.pop_front());
}

void World::step_shard(std::uint32_t shard, node::ShardInput input) {
  if (!up_ || storage_.disk().crashed()) return;
  effects_.clear();
  shards_[shard].machine->step(std::move(input), now(), effects_);
  carry_out(shard, effects_);
}

// The disk's countdown has run out: the node ends in the middle of what it does.
void World::fall() {
  if (up_ && storage_.disk().crashed())
    crash(rng_.one_in(2) ? CrashKind::process : CrashKind::power, 1 + below(rng_, kFallenMax));
}

void World::carry_out(std::uint32_t shard, node::ShardEffects& effects) {
  if (storage_plan_.enabled) {
    storage_.carry_out(shard, effects, answers_);
    if (storage_.disk().crashed()) return;
  }
  SocketNumber number = kNoSocket;
  for (node::Post& mail : effects.posts) post(shard, mail);
  for (node::Write& write : effects.writes) {
    Socket& socket = socket_of(shard, write.session, number);
    if (!socket.server_done) begin_write(socket, number, write);
  }
  for (const node::Reading& reading : effects.readings) {
    Socket& socket = socket_of(shard, reading.session, number);
    socket.server_reads = reading.on;
    if (!reading.on) scene_.marks.hit(Mark::reading_switched_off);
    scene_.tell("socket {} is {}", number, reading.on ? "read again" : "not read");
    plan_up(number);
  }
  for (const node::Close& close_effect : effects.closes) {
    Socket& socket = socket_of(shard, close_effect.session, number);
    socket.closing = true;
    if (!socket.writing) close(number);
  }
  for (const std::string& line : effects.log) {
    scene_.tell("shard {} logs: {}", shard, line);
    if (line.find("missed heartbeats") != std::string::npos) scene_.marks.hit(Mark::missed_heartbeats);
  }
  arm(shard, effects.wake_at_ms);
}

Socket& World::socket_of(std::uint32_t shard, SessionId session, SocketNumber& number) {
  number = shards_[shard].sockets[(session.value & kSessionMask) - 1];
  return sockets_[number];
}

void World::arm(std::uint32_t shard, Instant at_ms) {
  if (at_ms >= shards_[shard].armed_ms) return;
  shards_[shard].armed_ms = at_ms;
  events_.add(std::max(scene_.now, at_ms * kMilli), EventKind::tick, shard);
}

void World::on_tick(std::uint32_t shard) {
  // A tick that an earlier one has made needless.
  if (shards_[shard].armed_ms > scene_.now / kMilli) return;
  shards_[shard].armed_ms = kNever;
  feed(shard, node::Tick{});
}

void World::tell_memory(std::uint64_t used_bytes) {
  memory_used_bytes_ = used_bytes;
  if (!up_) return;
  for (std::uint32_t shard = 0; shard < shards_.size(); ++shard)
    feed(shard, node::Resources{used_bytes, storage_.disk().free_bytes()});
}

// ---- mail ----

void World::post(std::uint32_t from, node::Post& post) {
  const std::uint32_t to = post.to;
  const auto number = static_cast<std::uint32_t>(from * shards_.size() + to);
  Lane& lane = lanes_[number];
  mark_mail(post.batch);
  lane.publish_bytes += post.batch.publish_bytes;
  lanes_[to * shards_.size() + from].publish_bytes -= post.batch.returned_bytes;
  if (lane.publish_bytes > limits::kPublishLaneBytes + kLaneSlackBytes)
    scene_.fail("bounds", "{} bytes of publishes are on their way from shard {} to {}", lane.publish_bytes, from, to);
  lane.last_at = std::max(lane.last_at, scene_.now + 1 + below(rng_, network_.mail_delay_max));
  lane.mail.push_back(std::move(post.batch));
  events_.add(lane.last_at, EventKind::mail, number);
}

void World::mark_mail(const node::MailBatch& batch) {
  if (batch.returned_bytes != 0) scene_.marks.hit(Mark::publish_lane_returned);
  for (const broker::QueueMail& mail : batch.queue_mail) {
    if (const auto* settle = std::get_if<broker::Settle>(&mail.command)) {
      if (settle->outcome == broker::Outcome::returned) scene_.marks.hit(Mark::delivery_returned);
    } else if (const auto* pause = std::get_if<broker::Pause>(&mail.command)) {
      if (pause->paused) scene_.marks.hit(Mark::consumer_paused_by_mail);
    } else if (std::holds_alternative<broker::Replenish>(mail.command)) {
      scene_.marks.hit(Mark::window_given_back);
    }
  }
}

void World::on_mail(std::uint32_t number) {
  Lane& lane = lanes_[number];
  node::MailBatch batch = lane.mail.pop_front();
  const std::uint64_t here = shards_[lane.to].machine->catalog().revision().value + batch.applied.size();
  if (batch.seen.value > here) scene_.marks.hit(Mark::batch_waited_for_catalog);
  scene_.tell("mail {} -> {}: {} applied, {} for queues, {} for sessions, {} letters, {} proposals", batch.from,
              lane.to, batch.applied.size(), batch.queue_mail.size(), batch.session_mail.size(), batch.letters.size(),
              batch.proposals.size());
  feed(lane.to, node::Arrived{std::move(batch)});
}

// ---- time ----

Micros World::next_at() const { return events_.empty() ? -1 : events_.next_at(); }

bool World::step() {
  if (events_.empty()) return false;
  const Event event = events_.take();
  scene_.now = std::max(scene_.now, event.at);
  switch (event.kind) {
    case EventKind::up: on_up(event.subject); break;
    case EventKind::take: on_take(event.subject); break;
    case EventKind::down: on_down(event.subject); break;
    case EventKind::reset: feed(sockets_[event.subject].shard, node::Closed{sockets_[event.subject].session}); break;
    case EventKind::ended: on_ended(event.subject); break;
    case EventKind::mail: on_mail(event.subject); break;
    case EventKind::tick: on_tick(event.subject); break;
    case EventKind::wake: endpoints_[event.subject]->on_wake(); break;
    case EventKind::start: start_node(); break;
    default:
      storage_.happen(event.kind, event.subject, answers_);
      answer(event.subject);
      break;
  }
  fall();
  return true;
}

}  // namespace warren::sim
