#include "tests/sim/world/storage.hpp"

#include <fmt/core.h>

#include "node/storage/execute.hpp"

namespace warren::sim {
namespace {

constexpr std::string_view kFolder = "journal";
constexpr Micros kRetry = 50 * kMilli;

}  // namespace

Storage::Storage(Scene& scene, EventQueue& events, std::uint64_t seed, const StoragePlan& plan, ShardIndex shards)
    : scene_(scene), events_(events), rng_(seed), plan_(plan), disk_(rng_.next(), plan.disk), shards_(shards) {
  plan_.node.enabled = plan.enabled;
}

void Storage::plan(EventKind kind, std::uint32_t shard, Micros more) {
  events_.add(scene_.now + disk_.latency() + more, kind, shard);
}

// ---- effects ----

void Storage::carry_out(std::uint32_t number, node::ShardEffects& effects, Answers& answers) {
  ShardStorage& shard = shards_[number];
  for (ByteBuffer& chunk : effects.journal) append(number, std::move(chunk), answers);
  if (disk_.crashed()) return;
  if (effects.free_before_segment != 0) {
    shard.writer->free_before(effects.free_before_segment);
    scene_.marks.hit(Mark::segment_freed);
  }
  for (node::StoreJob& job : effects.jobs) {
    if (shard.job) scene_.fail("one job at a time", "shard {} asks for a job while another is under way", number);
    shard.job = std::move(job);
    if (rng_.one_in(2)) shard.job_done = node::execute(*shard.job, *store_);
    plan(EventKind::job, number);
  }
  for (const broker::ChunkLoad& load : effects.loads) {
    shard.loads.push_back(load);
    plan(EventKind::load, number);
  }
  look_after(number, answers);
}

void Storage::append(std::uint32_t number, ByteBuffer chunk, Answers& answers) {
  ShardStorage& shard = shards_[number];
  const persist::AppendResult result = shard.writer->append(std::move(chunk));
  shard.undurable.push_back({++shard.writes, result.place.position});
  if (result.new_segment)
    answers.push_back(node::SegmentBegun{result.place.segment, shard.writer->start_at(result.place.segment).position});
  look_after(number, answers);
}

// What the writer has come to: trouble, something to sync, a spare to make.
void Storage::look_after(std::uint32_t number, Answers& answers) {
  ShardStorage& shard = shards_[number];
  persist::JournalWriter& writer = *shard.writer;
  if (disk_.crashed()) return;
  if (writer.trouble()) {
    failed_ = true;
    if (!std::exchange(shard.well, false)) return;
    scene_.marks.hit(Mark::journal_ill);
    answers.push_back(node::JournalHealth{false, writer.trouble()->text});
    return plan(EventKind::journal_retry, number, kRetry);
  }
  if (writer.unsynced() && !shard.sync) {
    shard.sync = writer.begin_sync();
    if (rng_.one_in(2)) shard.synced = shard.sync->run();
    plan(EventKind::sync, number);
  }
  if (shard.spare) return;
  shard.spare = writer.wants_spare();
  if (shard.spare) plan(EventKind::spare, number);
}

// ---- what was planned ----

void Storage::happen(EventKind kind, std::uint32_t number, Answers& answers) {
  ShardStorage& shard = shards_[number];
  switch (kind) {
    case EventKind::sync: end_sync(number, answers); break;
    case EventKind::journal_retry: retry(number, answers); break;
    case EventKind::job: end_job(number, answers); break;
    case EventKind::load: end_load(number, answers); break;
    default: shard.writer->give_spare(std::exchange(shard.spare, std::nullopt)->make(*folder_)); break;
  }
  look_after(number, answers);
}

void Storage::end_sync(std::uint32_t number, Answers& answers) {
  ShardStorage& shard = shards_[number];
  if (!shard.synced) shard.synced = shard.sync->run();
  if (!*shard.synced) failed_ = true;
  shard.writer->finish_sync(*std::exchange(shard.sync, std::nullopt), *std::exchange(shard.synced, std::nullopt));
  node::WriteNumber durable = 0;
  while (!shard.undurable.empty() && shard.undurable.front().second <= shard.writer->durable())
    durable = shard.undurable.pop_front().first;
  if (durable == 0) return;
  node::Durable news{durable, {}};
  if (rng_.one_in(2)) news.blanks.push_back(shard.writer->blank());
  answers.push_back(std::move(news));
}

void Storage::retry(std::uint32_t number, Answers& answers) {
  ShardStorage& shard = shards_[number];
  if (shard.sync || !shard.writer->retry()) return plan(EventKind::journal_retry, number, kRetry);
  shard.well = true;
  answers.push_back(node::JournalHealth{});
}

void Storage::end_job(std::uint32_t number, Answers& answers) {
  ShardStorage& shard = shards_[number];
  if (!shard.job_done) shard.job_done = node::execute(*shard.job, *store_);
  node::JobDone done{*std::exchange(shard.job, std::nullopt), {}};
  scene_.tell("store: shard {} has written {} chunks, erased {}, {} definitions, {} checkpoints{}", number,
              done.job.writes.size(), done.job.erases.size(), done.job.definitions.size(), done.job.checkpoints.size(),
              *shard.job_done ? "" : ": refused");
  if (!done.job.writes.empty()) scene_.marks.hit(Mark::chunk_written);
  if (!done.job.bodies.empty()) scene_.marks.hit(Mark::body_shared);
  if (!done.job.erased_bodies.empty()) scene_.marks.hit(Mark::body_erased);
  if (!*shard.job_done) {
    failed_ = true;
    scene_.marks.hit(Mark::store_ill);
    done.trouble = shard.job_done->error();
  }
  shard.job_done.reset();
  answers.push_back(std::move(done));
}

void Storage::end_load(std::uint32_t number, Answers& answers) {
  scene_.marks.hit(Mark::chunk_read);
  answers.push_back(node::read_chunk(shards_[number].loads.pop_front(), *store_));
}

// ---- the end and the beginning ----

void Storage::crash(CrashKind kind) {
  for (ShardStorage& shard : shards_) {
    if (shard.job && !shard.job_done && rng_.one_in(2)) (void)node::execute(*shard.job, *store_);
    if (shard.sync && !shard.synced && rng_.one_in(2)) (void)shard.sync->run();
    shard = {};
  }
  disk_.crash(kind);
  failed_ = false;
}

// What an undisturbed recovery of the same disk would find.
std::string Storage::rehearse(const Now& now) const {
  Disk copy(disk_);
  copy.set({});
  const auto folder = copy.folder(kFolder);
  const auto store = copy.store();
  auto recovered = node::recover(*folder, *store, static_cast<ShardIndex>(shards_.size()), plan_.node, now);
  return recovered ? describe(*recovered) : "nothing: " + recovered.error().text;
}

std::optional<node::Recovered> Storage::start(const Now& now) {
  if (plan_.interrupt_each == 0) return read(now);
  const std::string expected = rehearse(now);
  scene_.tell("on the disk lies:\n{}", expected);
  std::uint64_t rounds = 0;
  while (rng_.one_in(plan_.interrupt_each)) {
    disk_.crash_after_operations(rng_.below(12));
    (void)read(now);
    const bool interrupted = disk_.crashed();
    for (ShardStorage& shard : shards_) shard = {};
    disk_.crash(CrashKind::process);
    scene_.tell("recovery round {}{}", ++rounds, interrupted ? " is interrupted" : " comes to its end and is killed");
    if (interrupted) scene_.marks.hit(Mark::recovery_interrupted);
  }
  std::optional<node::Recovered> recovered = read(now);
  if (recovered && disk_.settings().sync_error_each == 0 && disk_.settings().flip_each == 0)
    if (const std::string found = describe(*recovered); found != expected)
      scene_.fail("recovery is repeatable", "after {} rounds this was found:\n{}\ninstead of\n{}", rounds, found,
                  expected);
  return recovered;
}

std::optional<node::Recovered> Storage::read(const Now& now) {
  folder_ = disk_.folder(kFolder);
  store_ = disk_.store();
  auto recovered = node::recover(*folder_, *store_, static_cast<ShardIndex>(shards_.size()), plan_.node, now);
  if (!recovered) {
    scene_.tell("recovery fails: {}", recovered.error().text);
    return std::nullopt;
  }
  const DiskSettings& disk = disk_.settings();
  const bool honest = disk_.flips() == 0 && disk.write_error_each + disk.commit_error_each == 0;
  for (const std::string& line : recovered->log) {
    scene_.tell("recovery logs: {}", line);
    if (honest && !disk_.crashed()) scene_.fail("nothing is found damaged that was not", "{}", line);
  }
  if (!open(*recovered)) return std::nullopt;
  return std::move(*recovered);
}

bool Storage::open(node::Recovered& recovered) {
  for (std::uint32_t number = 0; number < shards_.size(); ++number) {
    persist::JournalSettings settings;
    settings.shard = number;
    settings.segment_bytes = plan_.segment_bytes;
    settings.spare_segments_max = 1;
    settings.salt_seed = rng_.next();
    auto writer = persist::JournalWriter::open(*folder_, settings, recovered.shards[number].tail);
    if (!writer) {
      scene_.tell("the journal of shard {} cannot be opened: {}", number, writer.error().text);
      return false;
    }
    shards_[number] = {};
    shards_[number].writer.emplace(std::move(*writer));
  }
  return true;
}

std::string describe(const node::Recovered& recovered) {
  std::string text;
  broker::Catalog catalog;
  (void)recovered.image->restore(catalog);
  catalog.for_each_vhost([&](const broker::VhostDefinition& vhost) {
    catalog.for_each_queue(vhost.id, [&](const broker::QueueDefinition& queue) {
      text += fmt::format("queue {} is {}\n", queue.ref.id.value, queue.name);
    });
  });
  for (std::size_t shard = 0; shard < recovered.shards.size(); ++shard)
    for (const broker::RecoveredQueue& queue : recovered.shards[shard].queues) {
      text += fmt::format("shard {} queue {} next {}:", shard, queue.note.queue.value, queue.note.next_position);
      for (const Position mark : queue.note.delivered) text += fmt::format(" delivered {}", mark);
      for (const broker::ChunkNote& chunk : queue.chunks) {
        text += fmt::format(" chunk {} {}..{}", chunk.key.level, chunk.key.first, chunk.last);
        for (const std::uint64_t word : chunk.dead) text += fmt::format(" {:x}", word);
      }
      for (const broker::StoredMessage& one : queue.messages)
        text += fmt::format(" {}{} {} bytes", one.position, one.redelivered ? "!" : "", one.message->body_bytes());
      text += '\n';
    }
  return text;
}

}  // namespace warren::sim
