#include "tests/broker/queue/model/queue_disk.hpp"

#include "broker/queue/stored/message_record.hpp"

namespace warren::broker::testing {
namespace {

// The message as a disk gives it back.
MessageRef copy(const Message& message) {
  ByteBuffer bytes;
  append_message(bytes, message);
  RecordReader reader(bytes.view());
  return read_message(reader);
}

}  // namespace

void QueueDisk::take(RecordWriter& journal, std::vector<ChunkKey>& erased) {
  if (!journal.empty()) journal_.emplace_back(journal.take().view());
  journal.begin({});
  erased_.insert(erased_.end(), erased.begin(), erased.end());
  erased.clear();
}

void QueueDisk::begin_job(const Now& now) {
  if (job_ || queue_.closed()) return;
  Job job;
  job.journal_from = store_.journal_from;
  const std::size_t chunk_bytes = 1 + rng_.below(rng_.one_in(3) ? 200'000 : 1000);
  const std::uint64_t die = rng_.below(4);
  if (die == 0) {
    checkpoint(now, job);
  } else if (die == 1) {
    const Position first = rng_.below(100);
    queue_.write_cold(first, first + rng_.below(100), 1 + rng_.below(2000), chunk_bytes, now, job.writes);
  } else {
    queue_.page_out(1 + rng_.below(200'000), chunk_bytes, now, job.writes);
  }
  for (const ChunkWrite& write : job.writes) job.notes.push_back(queue_.chunk_note(write.key.level, write.key.first));
  const std::size_t erases = die == 0 ? erased_.size() : rng_.below(erased_.size() + 1);
  job.erases.assign(erased_.begin(), erased_.begin() + static_cast<std::ptrdiff_t>(erases));
  erased_.erase(erased_.begin(), erased_.begin() + static_cast<std::ptrdiff_t>(erases));
  job_ = std::move(job);
}

// Then the store knows all that the journal says.
void QueueDisk::checkpoint(const Now& now, Job& job) {
  while (!queue_.write_cold(1, ~Position{0}, 1 + rng_.below(2000), 1 + rng_.below(1000), now, job.writes)) {}
  queue_.take_changed(job.notes, erased_);
  job.queue = queue_.note();
  job.journal_from += rng_.below(journal_.size() - job.journal_from + 1);
}

void QueueDisk::finish_job() {
  if (!job_) return;
  const Job job = *std::exchange(job_, std::nullopt);
  for (const ChunkKey& key : job.erases) {
    store_.bodies.erase(key);
    store_.notes.erase(key);
  }
  for (const ChunkWrite& write : job.writes) {
    std::vector<StoredMessage>& messages = store_.bodies[write.key];
    messages = write.messages;
    for (StoredMessage& one : messages) one.message = copy(*one.message);
  }
  for (const ChunkNote& note : job.notes) store_.notes[note.key] = note;
  if (job.queue) store_.queue = job.queue;
  store_.journal_from = job.journal_from;
  for (const ChunkWrite& write : job.writes) queue_.written(write.key.level, write.key.first);
}

void QueueDisk::ask() { queue_.wanted(1 + rng_.below(3000), loads_); }

std::optional<ChunkLoad> QueueDisk::next_load() {
  if (loads_.empty()) return std::nullopt;
  std::swap(loads_[rng_.below(loads_.size())], loads_.back());
  const ChunkLoad load = loads_.back();
  loads_.pop_back();
  return load;
}

std::vector<StoredMessage> QueueDisk::read(const ChunkLoad& load) const {
  const auto found = store_.bodies.find({load.queue.id, load.level, load.first});
  if (found == store_.bodies.end()) return {};
  std::vector<StoredMessage> messages = found->second;
  for (StoredMessage& one : messages) one.message = copy(*one.message);
  return messages;
}

}  // namespace warren::broker::testing
