#include "persist/journal/writer.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "base/check.hpp"

namespace warren::persist {
namespace {

// Buffers that are kept for blank(), and how large one may be.
constexpr std::size_t kBlanksMax = 16;
constexpr std::size_t kBlankBytesMax = 4 << 20;

constexpr std::uint64_t kPageBytes = 4096;

Outcome make_durable(Folder& folder, const std::vector<JournalFile>& files) {
  for (const JournalFile& live : files) {
    auto file = folder.open(live.name);
    if (!file) return std::move(file.error());
    if (Outcome outcome = (*file)->sync(); !outcome) return outcome;
  }
  return Done{};
}

}  // namespace

Result<JournalWriter, Trouble> JournalWriter::open(Folder& folder, const JournalSettings& settings, JournalTail tail) {
  WARREN_CHECK(settings.segment_bytes >= 2 * kPageBytes && settings.segment_bytes % kPageBytes == 0,
               "a segment has room for its head and a chunk");
  if (Outcome outcome = make_durable(folder, tail.live); !outcome) return std::move(outcome.error());
  return JournalWriter(folder, settings, std::move(tail));
}

JournalWriter::JournalWriter(Folder& folder, const JournalSettings& settings, JournalTail tail)
    : settings_(settings),
      spares_(folder, settings, tail.next_slot),
      salts_(settings.salt_seed ^ tail.next_segment << 32),
      live_(std::move(tail.live)),
      first_number_(tail.next_segment),
      next_number_(tail.next_segment),
      floor_(tail.start_position),
      position_(tail.next_position),
      written_(tail.next_position),
      durable_(tail.next_position) {
  header_.number = tail.next_segment;
  header_.shard = settings.shard;
  for (JournalFile& spare : tail.spares) spares_.give({std::move(spare.name), nullptr}, spare.bytes);
}

ByteBuffer JournalWriter::blank() {
  ByteBuffer buffer;
  if (!blanks_.empty()) {
    buffer = std::move(blanks_.back());
    blanks_.pop_back();
  }
  buffer.extend(kChunkHeaderBytes);
  return buffer;
}

AppendResult JournalWriter::append(ByteBuffer chunk) {
  WARREN_CHECK(chunk.size() >= kChunkHeaderBytes, "a chunk has room for its header");
  const std::uint64_t payload_bytes = chunk.size() - kChunkHeaderBytes;
  WARREN_CHECK(payload_bytes <= kChunkPayloadBytesMax, "a chunk is not larger than its length can tell");
  const std::uint64_t padding = chunk_bytes(payload_bytes) - chunk.size();
  std::memset(chunk.extend(padding), 0, padding);

  retained_bytes_ += chunk.size();
  retained_.push_back({std::move(chunk), position_, payload_bytes});
  position_ += retained_.back().chunk.size();
  AppendResult result;
  if (!trouble_)
    if (Outcome outcome = write(retained_.back(), result.new_segment); !outcome) (void)fail(outcome.error());
  result.place = {header_.number, position_};
  return result;
}

// Writes a chunk behind those of the segment in hand, or to a new one.
Outcome JournalWriter::write(Retained& retained, bool& new_segment) {
  const std::string_view bytes = retained.chunk.view();
  new_segment = file_ == nullptr || offset_ + bytes.size() > file_bytes_;
  if (new_segment)
    if (Outcome outcome = begin_segment(retained.begin, bytes.size()); !outcome) return outcome;
  const ChunkHeader header{0, static_cast<std::uint32_t>(retained.payload_bytes), retained.begin, durable_};
  write_chunk_header(header_, header, retained.chunk.data());
  if (dirty_.empty() || dirty_.back() != file_) dirty_.push_back(file_);
  if (Outcome outcome = file_->write(offset_, bytes); !outcome) return outcome;
  offset_ += bytes.size();
  written_ = retained.begin + bytes.size();
  return Done{};
}

void JournalWriter::hurry() {
  if (trouble_ || file_ == nullptr || retained_.empty()) return;
  const std::uint64_t bytes = retained_.back().chunk.size();
  file_->hurry(offset_ - bytes, bytes);
}

// The header needs no sync of its own: a sync of the first chunk takes it along.
Outcome JournalWriter::begin_segment(std::uint64_t begin, std::uint64_t chunk_bytes) {
  const std::uint64_t needed = (kSegmentHeadBytes + chunk_bytes + kPageBytes - 1) / kPageBytes * kPageBytes;
  const std::uint64_t bytes = std::max(needed, settings_.segment_bytes);
  auto spare = bytes == settings_.segment_bytes ? spares_.take() : spares_.make(bytes);
  if (!spare) return std::move(spare.error());

  // The number of one that cannot be begun may be on disk all the same: it is not used again.
  header_.number = next_number_++;
  header_.begin = begin;
  header_.synced = durable_;
  header_.salt = salts_.next();
  live_.push_back({std::move(spare->name), bytes, header_.number, begin});
  std::array<char, kSegmentHeadBytes> head;
  write_segment_head(header_, head.data());
  if (Outcome outcome = spare->file->write(0, {head.data(), head.size()}); !outcome) return outcome;
  file_ = std::move(spare->file);
  // Nothing follows a chunk with a file of its own: small ones would keep it from being removed.
  file_bytes_ = bytes == settings_.segment_bytes ? bytes : kSegmentHeadBytes + chunk_bytes;
  offset_ = kSegmentHeadBytes;
  return Done{};
}

Outcome JournalWriter::fail(Trouble trouble) {
  file_ = nullptr;
  trouble_ = trouble;
  return trouble;
}

SyncWork JournalWriter::begin_sync() {
  WARREN_CHECK(!sync_running_, "one sync runs at a time");
  sync_running_ = true;
  SyncWork work;
  work.files_ = std::move(dirty_);
  dirty_.clear();
  work.position_ = written_;
  work.attempt_ = attempt_;
  return work;
}

void JournalWriter::finish_sync(SyncWork work, Outcome outcome) {
  WARREN_CHECK(sync_running_, "a sync ends that has begun");
  sync_running_ = false;
  if (work.attempt_ != attempt_) return;
  if (!outcome) {
    // The system tells a failed sync once: another one of the same file would seem to succeed.
    dirty_.clear();
    written_ = durable_;
    (void)fail(std::move(outcome.error()));
    return;
  }
  durable_ = std::max(durable_, work.position_);
  while (!retained_.empty() && retained_.front().begin < durable_) {
    Retained done = retained_.pop_front();
    retained_bytes_ -= done.chunk.size();
    recycle(std::move(done.chunk));
  }
  work.files_.clear();
  if (dirty_.capacity() == 0) dirty_ = std::move(work.files_);
}

void JournalWriter::recycle(ByteBuffer buffer) {
  if (blanks_.size() >= kBlanksMax || buffer.capacity() > kBlankBytesMax) return;
  buffer.clear();
  blanks_.push_back(std::move(buffer));
}

Outcome JournalWriter::retry() {
  WARREN_CHECK(trouble_.has_value(), "only trouble makes a retry necessary");
  ++attempt_;
  dirty_.clear();
  drop_unsynced_segments();
  written_ = durable_;
  bool new_segment = false;
  for (std::size_t i = 0; i < retained_.size(); ++i)
    if (Outcome outcome = write(retained_[i], new_segment); !outcome) return fail(std::move(outcome.error()));
  trouble_.reset();
  return Done{};
}

// Segments of which nothing is durable would heap up, one per retry. What they hold is about to be written again. Those
// of earlier lives stay: by where they begin they hide what was cut then.
void JournalWriter::drop_unsynced_segments() {
  file_ = nullptr;
  for (; !live_.empty() && live_.back().number >= first_number_ && live_.back().begin >= durable_; live_.pop_back())
    spares_.remove(live_.back().name);
}

// Later segments may begin before earlier ones, of which then only a part counts, or nothing.
JournalStart JournalWriter::start_at(SegmentNumber number) const {
  JournalStart start(number, written_);
  for (const JournalFile& live : live_)
    if (live.number >= number) start.position = std::min(start.position, live.begin);
  start.position = std::max(start.position, floor_);
  return start;
}

void JournalWriter::free_before(SegmentNumber number) {
  WARREN_CHECK(number <= header_.number, "the segment in hand is not freed");
  floor_ = start_at(number).position;
  auto kept = live_.begin();
  for (; kept != live_.end() && kept->number < number; ++kept) spares_.give({kept->name, nullptr}, kept->bytes);
  live_.erase(live_.begin(), kept);
}

std::uint64_t JournalWriter::live_bytes() const {
  std::uint64_t bytes = 0;
  for (const JournalFile& live : live_) bytes += live.bytes;
  return bytes;
}

}  // namespace warren::persist
