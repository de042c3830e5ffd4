#include "tests/sim/workloads/stage.hpp"

#include <algorithm>
#include <utility>

namespace warren::sim {
namespace {

constexpr ShardIndex kShardsMax = 4;
// Changes of the catalog are everywhere after this long.
constexpr Micros kSettling = 200 * kMilli;
constexpr Micros kSufferMin = 200 * kMilli;
constexpr Micros kSufferMax = 1500 * kMilli;
// A healed world finishes within this.
constexpr Micros kHealedBound = 60 * kSecond;
constexpr Micros kLook = 20 * kMilli;
constexpr Micros kDownMax = 100 * kMilli;
constexpr std::uint64_t kPlenty = std::uint64_t{1} << 40;

}  // namespace

Stage::Stage(Scene& scene, std::uint64_t seed, const Mix& mix)
    : scene_(scene),
      mix_(mix),
      rng_(seed),
      topology_(plan_topology(mix, rng_)),
      checks_(scene, topology_),
      world_(scene, rng_.next(), static_cast<ShardIndex>(1 + rng_.below(kShardsMax)), rough(mix, rng_),
             plan_storage(mix, rng_)),
      admin_(scene, world_) {}

NetworkSettings Stage::rough(const Mix& mix, Rng& rng) {
  NetworkSettings network;
  network.mail_delay_max = 1 + below(rng, rng.one_in(3) ? 40 * kMilli : 3 * kMilli);
  network.byte_delay_max = 1 + below(rng, rng.one_in(3) ? 20 * kMilli : 2 * kMilli);
  network.tiny_pieces_each = 2 + rng.below(30);
  network.stall_each = mix.stalls && rng.one_in(2) ? 20 + rng.below(200) : 0;
  network.kernel_bytes_max = std::size_t{1} << (10 + rng.below(8));
  return network;
}

// Everything small, so that segments, chunks and jobs come and go all the time.
StoragePlan Stage::plan_storage(const Mix& mix, Rng& rng) {
  StoragePlan plan;
  plan.enabled = mix.durable;
  if (!plan.enabled) return plan;
  plan.node.hot_bytes = 1000 + rng.below(8000);
  plan.node.chunk_bytes = 200 + rng.below(2000);
  plan.node.shared_body_bytes = 20 + rng.below(200);
  plan.node.job_bytes = 500 + rng.below(8000);
  plan.node.read_ahead_bytes = 200 + rng.below(4000);
  plan.node.undurable_bytes_max = 2000 + rng.below(20000);
  plan.node.segments_kept = static_cast<std::uint32_t>(1 + rng.below(3));
  plan.segment_bytes = 8192 + 4096 * rng.below(3);
  plan.interrupt_each = 2;
  plan.disk.latency_max = 1 + below(rng, rng.one_in(3) ? 30 * kMilli : 3 * kMilli);
  return plan;
}

DiskSettings Stage::bad_disk(DiskSettings disk, Rng& rng) {
  const auto rate = [&rng] { return rng.one_in(2) ? 0 : 10 + rng.below(200); };
  disk.write_error_each = rate();
  disk.sync_error_each = rate();
  disk.commit_error_each = rate();
  disk.read_error_each = rate();
  return disk;
}

ClientPlan Stage::plan_client(std::uint32_t number) {
  ClientPlan plan;
  plan.number = number;
  plan.shard = static_cast<std::uint32_t>(rng_.below(world_.shards()));
  plan.weights = mix_.weights;
  plan.seed = rng_.next();
  plan.think_max = 2 * kMilli + below(rng_, 15 * kMilli);
  plan.body_bytes_max = 1 + rng_.below(mix_.body_bytes_max);
  plan.big_body_each = mix_.big_body_each;
  plan.big_body_bytes_max = mix_.big_body_bytes_max;
  plan.channels_max = 1 + rng_.below(3);
  plan.no_ack_each = mix_.no_ack_each;
  plan.lazy = mix_.lazy_each != 0 && rng_.one_in(mix_.lazy_each);
  plan.patient = rng_.one_in(3);
  if (mix_.heartbeats && rng_.one_in(3)) plan.heartbeat_s = static_cast<std::uint16_t>(1 + rng_.below(3));
  // Some only publish, some only read.
  const std::uint64_t leaning = rng_.below(4);
  if (leaning == 0) plan.weights.consume = plan.weights.get = 0;
  if (leaning == 1) plan.weights.publish = 0;
  return plan;
}

bool Stage::run_until(Micros end) {
  while (!scene_.failed() && world_.next_at() >= 0 && world_.next_at() <= end) {
    world_.step();
    ++events_;
    keep_node();
  }
  scene_.now = std::max(scene_.now, end);
  return !scene_.failed();
}

template <class Condition>
bool Stage::run_while_not(Condition&& holds, std::string_view what) {
  const Micros end = scene_.now + kHealedBound;
  while (scene_.now < end) {
    if (!run_until(scene_.now + kLook)) return false;
    if (holds()) return true;
  }
  std::string detail;
  for (const auto& client : clients_)
    if (!client->at_rest()) detail += " [" + client->whereabouts() + "]";
  for (const std::uint32_t count : admin_.counts()) detail += fmt::format(" {} left", count);
  scene_.fail("a healed world finishes", "{} did not come about;{}", what, detail);
  return false;
}

void Stage::play() {
  set();
  if (!scene_.failed()) suffer();
  if (!scene_.failed()) heal();
  if (!scene_.failed()) drain();
  if (!scene_.failed() && mix_.durable) check_settled_lastingly();
  if (!scene_.failed()) checks_.conclude();
  if (!scene_.failed()) clear();
}

void Stage::set() {
  for (const QueuePlan& queue : topology_.queues)
    scene_.tell("{}{}{}{}{}{} {}", queue.name, queue.durable ? " durable" : "", queue.exclusive ? " exclusive" : "",
                queue.auto_delete ? " auto-delete" : "", queue.churns ? " churns" : "", queue.purged ? " purged" : "",
                amqp::print(queue.arguments(topology_.queues)));
  admin_.connect(static_cast<std::uint32_t>(rng_.below(world_.shards())));
  admin_.ask(declarations(false));
  if (run_while_not([this] { return admin_.done(); }, "the declarations")) run_until(scene_.now + kSettling);
}

// Again: while clients are at work, who declare and delete themselves what is not stable.
std::vector<amqp::Method> Stage::declarations(bool again) const {
  std::vector<amqp::Method> methods;
  for (const QueuePlan& queue : topology_.queues)
    if (again ? queue.stable() : !queue.exclusive)
      methods.emplace_back(amqp::QueueDeclare{.queue = queue.name,
                                              .durable = queue.durable,
                                              .auto_delete = queue.auto_delete,
                                              .arguments = queue.arguments(topology_.queues)});
  for (const ExchangePlan& exchange : topology_.exchanges)
    methods.emplace_back(
        amqp::ExchangeDeclare{.exchange = exchange.name, .type = exchange.type, .durable = exchange.durable});
  for (const BindingPlan& binding : topology_.bindings)
    methods.emplace_back(amqp::QueueBind{.queue = topology_.queues[binding.queue].name,
                                         .exchange = topology_.exchanges[binding.exchange].name,
                                         .routing_key = binding.key});
  return methods;
}

// After a crash the admin declares everything again: what lasts must be there as it was, the rest is made anew.
void Stage::keep_node() {
  if (crashes_seen_ != world_.crashes()) {
    crashes_seen_ = world_.crashes();
    checks_.node_crashed(world_.last_crash(), world_.disk_failed_before_crash());
    admin_.lose();
    restoring_ = true;
  }
  if (!restoring_ || !world_.up()) return;
  if (starts_seen_ != world_.starts()) {
    starts_seen_ = world_.starts();
    check_definitions();
  }
  if (admin_.gone()) {
    admin_.connect(static_cast<std::uint32_t>(rng_.below(world_.shards())));
    admin_.ask(declarations(true));
  } else if (admin_.done()) {
    restoring_ = false;
    checks_.topology_whole();
  }
}

// Right after a start: what lasts is there, and nothing else.
void Stage::check_definitions() {
  const broker::Catalog& catalog = world_.shard(0).catalog();
  const VhostId vhost = catalog.find_vhost("/")->id;
  for (const QueuePlan& queue : topology_.queues) {
    const bool there = catalog.find_queue(vhost, queue.name) != nullptr;
    if (there && (!queue.durable || queue.exclusive))
      scene_.fail("what is transient ends with the node", "{} is still there", queue.name);
    if (!there && queue.durable && queue.stable()) scene_.fail("definitions are kept", "{} is gone", queue.name);
  }
  for (const ExchangePlan& exchange : topology_.exchanges) {
    const bool there = catalog.find_exchange(vhost, exchange.name) != nullptr;
    if (there && !exchange.durable)
      scene_.fail("what is transient ends with the node", "{} is still there", exchange.name);
    if (!there && exchange.durable) scene_.fail("definitions are kept", "{} is gone", exchange.name);
  }
}

void Stage::suffer() {
  const auto clients = static_cast<std::uint32_t>(2 + rng_.below(mix_.clients_max - 1));
  for (std::uint32_t number = 0; number < clients; ++number) {
    clients_.push_back(std::make_unique<Client>(scene_, world_, checks_, topology_, plan_client(number)));
    clients_.back()->start(1 + below(rng_, 50 * kMilli));
  }
  const Micros end = scene_.now + kSufferMin + below(rng_, kSufferMax);
  const Micros cut_each = static_cast<Micros>(mix_.cut_each_ms) * kMilli;
  if (mix_.durable) checks_.queues_page();
  if (mix_.disk_faults) {
    checks_.disk_fails();
    world_.storage().disk().set(bad_disk(world_.storage().disk().settings(), rng_));
  }
  const bool alarms = mix_.alarms && rng_.one_in(4);
  while (scene_.now < end) {
    const std::uint64_t each_ms = mix_.cut_each_ms != 0 ? mix_.cut_each_ms : mix_.crash_each_ms;
    const Micros pause = each_ms != 0 ? below(rng_, 2 * static_cast<Micros>(each_ms) * kMilli) : kSufferMax;
    if (!run_until(std::min(end, scene_.now + 1 + pause))) return;
    if (cut_each != 0 && rng_.one_in(2)) world_.cut_one();
    if (mix_.crash_each_ms != 0 && world_.up() && rng_.one_in(2)) harm_node();
    if (mix_.disk_faults && rng_.one_in(3)) fill_disk();
    if (alarms) world_.tell_memory(rng_.one_in(2) ? kPlenty : 0);
  }
}

// Now, or at some operation on the disk to come.
void Stage::harm_node() {
  if (mix_.durable && rng_.one_in(2)) return world_.storage().disk().crash_after_operations(rng_.below(60));
  world_.crash(rng_.one_in(2) ? CrashKind::process : CrashKind::power, 1 + below(rng_, kDownMax));
  keep_node();
}

// The disk has little room left, or as much as anyone may want.
void Stage::fill_disk() {
  Disk& disk = world_.storage().disk();
  DiskSettings settings = disk.settings();
  settings.capacity_bytes = kUnlimitedBytes;
  if (rng_.one_in(2)) {
    settings.capacity_bytes = disk.used_bytes() + rng_.below(4000);
    scene_.marks.hit(Mark::disk_full);
  }
  disk.set(settings);
}

void Stage::heal() {
  scene_.tell("healed: no more faults");
  world_.tell_memory(0);
  world_.calm({});
  world_.storage().disk().set({});
  world_.storage().disk().cancel_countdown();
  if (!run_while_not([this] { return world_.up() && !restoring_; }, "the return of the node")) return;
  const bool stay = rng_.one_in(2);
  for (const auto& client : clients_) client->heal(stay);
  // What was set in motion before comes to its end; then every queue gets a reader.
  run_until(scene_.now + kAftermath);
  if (scene_.failed()) return;
  ClientPlan plan;
  plan.number = static_cast<std::uint32_t>(clients_.size());
  plan.shard = static_cast<std::uint32_t>(rng_.below(world_.shards()));
  plan.seed = rng_.next();
  plan.channels_max = 1;
  clients_.push_back(std::make_unique<Client>(scene_, world_, checks_, topology_, std::move(plan)));
  clients_.back()->drain(lonely());
}

// Stable queues that nobody reads.
std::vector<QueueIndex> Stage::lonely() const {
  std::vector<QueueIndex> queues;
  for (QueueIndex queue = 0; queue < topology_.queues.size(); ++queue) {
    if (!topology_.queues[queue].stable()) continue;
    if (std::none_of(clients_.begin(), clients_.end(), [&](const auto& client) { return client->reads(queue); }))
      queues.push_back(queue);
  }
  return queues;
}

void Stage::drain() {
  admin_.ask({});  // what it counted before is old
  run_while_not([this] { return drained(); }, "the drain of every queue");
}

// All clients are content, nothing travels, and the broker says that nothing is left.
bool Stage::drained() {
  if (!std::all_of(clients_.begin(), clients_.end(), [](const auto& client) { return client->at_rest(); }))
    return false;
  if (const std::vector<QueueIndex> queues = lonely(); !queues.empty()) {
    clients_.back()->drain(queues);
    return false;
  }
  if (!admin_.done() || world_.traffic()) return false;
  const std::vector<std::uint32_t>& counts = admin_.counts();
  const auto stable = static_cast<std::size_t>(std::count_if(topology_.queues.begin(), topology_.queues.end(),
                                                             [](const QueuePlan& plan) { return plan.stable(); }));
  if (counts.size() == stable &&
      std::all_of(counts.begin(), counts.end(), [](std::uint32_t count) { return count == 0; }))
    return true;
  std::vector<amqp::Method> methods;
  for (const QueuePlan& queue : topology_.queues)
    if (queue.stable()) methods.emplace_back(amqp::QueueDeclare{.queue = queue.name, .passive = true});
  admin_.ask(std::move(methods));
  return false;
}

// What is settled stays so, whatever becomes of the node.
void Stage::check_settled_lastingly() {
  run_until(scene_.now + kAftermath);
  if (scene_.failed()) return;
  scene_.tell("all is settled: the node goes down once more");
  world_.crash(rng_.one_in(2) ? CrashKind::process : CrashKind::power, 1);
  keep_node();
  if (!run_while_not([this] { return world_.up() && !restoring_; }, "the return of the node")) return;
  std::vector<amqp::Method> methods;
  for (const QueuePlan& queue : topology_.queues)
    if (queue.stable() && queue.durable)
      methods.emplace_back(amqp::QueueDeclare{.queue = queue.name, .passive = true, .durable = true});
  admin_.ask(std::move(methods));
  if (!run_while_not([this] { return admin_.done(); }, "the counts")) return;
  for (const std::uint32_t count : admin_.counts())
    if (count != 0) scene_.fail("settled messages stay away", "{} are back after a restart", count);
}

void Stage::clear() {
  for (const auto& client : clients_) client->leave();
  const auto gone = [this] {
    return std::all_of(clients_.begin(), clients_.end(), [](const auto& client) { return client->gone(); });
  };
  if (!run_while_not(gone, "the end of every connection")) return;
  std::vector<amqp::Method> methods;
  for (const QueuePlan& queue : topology_.queues) methods.emplace_back(amqp::QueueDelete{.queue = queue.name});
  for (const ExchangePlan& exchange : topology_.exchanges)
    methods.emplace_back(amqp::ExchangeDelete{.exchange = exchange.name});
  admin_.ask(std::move(methods));
  if (!run_while_not([this] { return admin_.done(); }, "the end of every queue")) return;
  admin_.leave();
  if (!run_while_not([this] { return admin_.gone() && !world_.traffic(); }, "silence")) return;
  check_empty();
  if (!scene_.failed() && mix_.durable) check_disk();
}

// Nobody needs the messages in the store any more, and the journal does not grow with what it has seen.
void Stage::check_disk() {
  const auto empty = [this] {
    const SimValues& values = world_.storage().disk().values();
    return std::none_of(values.begin(), values.end(), [](const auto& one) {
      return one.first.first == persist::Table::chunks || one.first.first == persist::Table::bodies;
    });
  };
  if (!run_while_not(empty, "an empty store")) return;
  // Trouble begins segments of its own.
  if (mix_.disk_faults) return;
  // What a life finds is emptied together, once it has begun a segment of its own.
  const std::uint64_t most = 2 * world_.storage().segments_kept() + 3;
  for (std::uint32_t shard = 0; shard < world_.shards(); ++shard)
    if (world_.storage().live_segments(shard) > most)
      scene_.fail("the journal is bounded", "shard {} keeps {} segments", shard, world_.storage().live_segments(shard));
}

void Stage::check_empty() {
  for (std::uint32_t shard = 0; shard < world_.shards(); ++shard) {
    const node::Shard& machine = world_.shard(shard);
    if (machine.sessions() != 0 || machine.queues() != 0)
      scene_.fail("nothing is left behind", "shard {} keeps {} sessions and {} queues", shard, machine.sessions(),
                  machine.queues());
    if (machine.catalog().revision() != world_.shard(0).catalog().revision())
      scene_.fail("catalogs agree", "shard {} is at revision {}, shard 0 at {}", shard,
                  machine.catalog().revision().value, world_.shard(0).catalog().revision().value);
  }
}

}  // namespace warren::sim
