#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/rng.hpp"
#include "persist/journal/reader.hpp"
#include "persist/journal/writer.hpp"
#include "tests/persist/journal/journal_life.hpp"
#include "tests/persist/memory_folder.hpp"

namespace warren::random_life_test {

using namespace warren::persist;

namespace {

constexpr std::size_t kSectorBytes = 512;

// A journal and what should be in it, through appends, syncs, frees, failures, kills and power losses.
class RandomLife {
 public:
  explicit RandomLife(std::uint64_t seed) : rng_(seed) { start(); }

  void step() {
    const std::uint64_t what = rng_.below(100);
    if (what < 60)
      append_one();
    else if (what < 72)
      begin_sync();
    else if (what < 84)
      finish_sync();
    else if (what < 89)
      free_some();
    else if (what < 92)
      give_spare();
    else if (what < 95)
      fail_soon();
    else if (what < 97 && writer_->trouble())
      (void)writer_->retry();
    else if (what == 99)
      end_life();
  }

 private:
  struct Chunk {
    std::string payload;
    ChunkPlace place;
  };

  void append_one() {
    const std::size_t bytes = rng_.one_in(20) ? 20'000 : rng_.below(3000);
    std::string payload = numbered(++counter_, 20 + bytes);
    const ChunkPlace place = append(*writer_, payload).place;
    chunks_.push_back({std::move(payload), place});
  }

  void begin_sync() {
    if (work_) return;
    work_ = writer_->begin_sync();
    outcome_ = work_->run();
  }

  void finish_sync() {
    if (!work_) return;
    writer_->finish_sync(std::move(*work_), std::move(outcome_));
    work_.reset();
  }

  // Stores a start, then frees what lies before it.
  void free_some() {
    if (chunks_.empty() || chunks_.front().place.segment >= writer_->segment()) return;
    const SegmentNumber number =
        chunks_.front().place.segment + rng_.below(writer_->segment() - chunks_.front().place.segment + 1);
    const JournalStart start = writer_->start_at(number);
    if (start.position > writer_->durable()) return;
    start_ = start;
    std::erase_if(chunks_, [&](const Chunk& chunk) { return chunk.place.position <= start_.position; });
    writer_->free_before(number);
  }

  void give_spare() {
    if (auto order = writer_->wants_spare()) writer_->give_spare(order->make(folder_));
  }

  void fail_soon() {
    folder_.fail_from = folder_.operations + 1 + rng_.below(5);
    folder_.fail_count = 1 + rng_.below(4);
  }

  void end_life() {
    folder_.fail_from = 0;
    const std::uint64_t durable = writer_->durable();
    writer_.reset();
    work_.reset();
    if (rng_.one_in(2)) lose_power();
    const ReadBack back = read_all(folder_, start_);
    REQUIRE(back.report.damage.empty());
    REQUIRE(back.payloads.size() <= chunks_.size());
    for (std::size_t i = 0; i < chunks_.size(); ++i) {
      if (i >= back.payloads.size()) {
        REQUIRE(chunks_[i].place.position > durable);
        continue;
      }
      REQUIRE(back.payloads[i] == chunks_[i].payload);
      REQUIRE(back.places[i].position == chunks_[i].place.position);
      REQUIRE(back.places[i].segment >= chunks_[i].place.segment);
      chunks_[i].place = back.places[i];
    }
    chunks_.resize(back.payloads.size());
    start();
  }

  void start() {
    JournalSettings settings = small_settings();
    settings.salt_seed = rng_.next();
    writer_.emplace(open_writer(folder_, settings, start_));
    REQUIRE(folder_.files.size() == writer_->live_segments() + writer_->spares());
  }

  // Of every sector that was not synced the old or the new bytes survive.
  void lose_power() {
    for (auto& [name, content] : folder_.files) {
      content->synced.resize(content->bytes.size());
      for (std::size_t at = 0; at < content->bytes.size(); at += kSectorBytes)
        if (rng_.one_in(2)) content->bytes.replace(at, kSectorBytes, content->synced, at, kSectorBytes);
      content->synced = content->bytes;
    }
  }

  Rng rng_;
  MemoryFolder folder_;
  std::optional<JournalWriter> writer_;
  std::optional<SyncWork> work_;
  Outcome outcome_ = Done{};
  JournalStart start_{1, 0};
  std::vector<Chunk> chunks_;  // from the start on
  int counter_ = 0;
};

}  // namespace

TEST_CASE("through random lives and deaths nothing durable is lost, and what is read is what was written first") {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    CAPTURE(seed);
    RandomLife life(seed);
    for (int step = 0; step < 1000; ++step) life.step();
  }
}

}  // namespace warren::random_life_test
