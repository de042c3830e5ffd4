#include "broker/queue/parts/ready_level.hpp"

#include <doctest/doctest.h>

#include <map>
#include <set>
#include <string>

#include "base/rng.hpp"
#include "tests/broker/queue/queue_fixture.hpp"

namespace warren::ready_level_test {

using namespace warren::broker;
using namespace warren::broker::testing;

namespace {

constexpr std::size_t kBodyBytes = 50;

MessageRef at(Position position) { return message("m" + std::to_string(position), kBodyBytes); }

// Not the bit field itself.
Position place(const Queued& queued) { return queued.position; }

// A level with its store, and beside it the positions in order.
class Levels {
 public:
  explicit Levels(std::uint64_t seed) : rng_(seed) {}

  void step() {
    const std::uint64_t die = rng_.below(20);
    if (die < 6) return push();
    if (die < 10) return pop();
    if (die < 11) return put_back();
    if (die < 14) return page_out();
    if (die < 16) return write();
    if (die < 18) return read_ahead(rng_.below(2000));
    if (die < 19) return load();
    if (rng_.one_in(200)) clear();
  }

  void compare() {
    REQUIRE(level_.size() == ready_.size());
    REQUIRE(level_.empty() == ready_.empty());
    std::size_t bytes = 0;
    std::set<Position> hot;
    level_.for_each_hot([&](const Queued& queued) {
      bytes += queued.message->footprint_bytes();
      CHECK(ready_.contains(place(queued)));
      CHECK(hot.insert(place(queued)).second);
    });
    REQUIRE(level_.hot_bytes() == bytes);
    if (level_.available()) {
      REQUIRE(place(level_.head()) == *ready_.begin());
      CHECK(level_.head().message->routing_key() == "m" + std::to_string(*ready_.begin()));
      CHECK(level_.next_deadline() == level_.head().deadline);
    }
  }

  // Everything is read and popped, in order.
  void drain() {
    while (!level_.empty()) {
      if (level_.available()) {
        pop();
      } else {
        write_all();
        read_ahead(1);
        REQUIRE_FALSE(asked_.empty());
        load();
      }
      compare();
    }
  }

  // Messages that a chunk does not give any more when it is read.
  void damage_some() {
    for (auto& [chunk, positions] : store_)
      for (const Position position : std::set<Position>(positions))
        if (rng_.one_in(4)) positions.erase(position);
  }

 private:
  void push() {
    ready_.insert(next_);
    level_.push({at(next_), next_, 0, kNever});
    next_ += 1 + rng_.below(3);
  }
  void pop() {
    if (!level_.available()) return;
    Queued queued = level_.pop();
    REQUIRE(place(queued) == *ready_.begin());
    ready_.erase(ready_.begin());
    if (rng_.one_in(3)) held_.push_back(std::move(queued));
  }
  void put_back() {
    if (held_.empty()) return;
    std::swap(held_[rng_.below(held_.size())], held_.back());
    ready_.insert(held_.back().position);
    level_.put_back(std::move(held_.back()));
    held_.pop_back();
  }

  // As the queue does it: what lies in a chunk already is a run of that chunk.
  void page_out() {
    std::vector<Queued> batch = level_.take_late(100 + rng_.below(1000), rng_.below(500));
    std::vector<ColdRun> runs;
    for (Queued& queued : batch) {
      const auto lies = lies_in_.find(queued.position);
      const Position chunk = lies != lies_in_.end() ? lies->second : 0;
      const bool more = !runs.empty() && (chunk != 0 ? runs.back().chunk == chunk : fresh_ == runs.back().chunk);
      if (!more) {
        runs.emplace_back();
        runs.back().first = queued.position;
        runs.back().chunk = chunk != 0 ? chunk : queued.position;
        fresh_ = chunk != 0 ? 0 : queued.position;
        runs.back().state = chunk != 0 && !unwritten_.contains(chunk) ? ColdRun::State::cold : ColdRun::State::here;
        if (chunk == 0) unwritten_.insert(queued.position);
      }
      ColdRun& run = runs.back();
      store_[run.chunk].insert(queued.position);
      lies_in_[queued.position] = run.chunk;
      run.last = queued.position;
      ++run.count;
      run.body_bytes += kBodyBytes;
      if (run.state == ColdRun::State::here) run.held.push_back(std::move(queued));
    }
    fresh_ = 0;
    level_.insert_cold(std::move(runs));
  }
  void write() {
    if (unwritten_.empty()) return;
    const Position chunk = *unwritten_.begin();
    unwritten_.erase(unwritten_.begin());
    level_.written(chunk);
  }
  void write_all() {
    while (!unwritten_.empty()) write();
  }
  void read_ahead(std::size_t bytes) {
    level_.read_ahead(bytes, [this](Position chunk) {
      CHECK_FALSE(unwritten_.contains(chunk));
      REQUIRE(asked_.insert(chunk).second);
    });
  }
  void load() {
    if (asked_.empty()) return;
    auto one = asked_.begin();
    std::advance(one, rng_.below(asked_.size()));
    const Position chunk = *one;
    asked_.erase(one);
    std::vector<Queued> messages;
    for (const Position position : store_[chunk]) messages.push_back({at(position), position, 0, kNever});
    std::uint32_t gone = 0;
    for (std::size_t i = 0; i < level_.cold().size(); ++i) {
      const ColdRun& run = level_.cold()[i];
      if (run.chunk != chunk || run.state != ColdRun::State::loading) continue;
      gone += static_cast<std::uint32_t>(std::erase_if(ready_, [&](Position position) {
        return position >= run.first && position <= run.last && !store_[chunk].contains(position);
      }));
    }
    const ReadyLevel::Lost lost = level_.loaded(chunk, std::move(messages));
    CHECK(lost.messages == gone);
    CHECK(lost.body_bytes == gone * kBodyBytes);
  }
  void clear() {
    level_.clear();
    ready_.clear();
  }

  Rng rng_;
  ReadyLevel level_;
  std::set<Position> ready_;
  std::vector<Queued> held_;
  std::map<Position, std::set<Position>> store_;  // chunks
  std::map<Position, Position> lies_in_;
  std::set<Position> unwritten_;
  std::set<Position> asked_;
  Position next_ = 1;
  Position fresh_ = 0;  // the chunk that page_out is filling
};

ColdRun cold(Position first, Position last) {
  ColdRun run;
  run.chunk = run.first = first;
  run.last = last;
  run.count = static_cast<std::uint32_t>(last - first + 1);
  run.body_bytes = run.count * kBodyBytes;
  return run;
}

std::vector<Queued> messages(Position first, Position last) {
  std::vector<Queued> all;
  for (Position position = first; position <= last; ++position) all.push_back({at(position), position, 0, kNever});
  return all;
}

std::vector<Position> asked(ReadyLevel& level, std::size_t bytes) {
  std::vector<Position> chunks;
  level.read_ahead(bytes, [&](Position chunk) { chunks.push_back(chunk); });
  return chunks;
}

using Positions = std::vector<Position>;

}  // namespace

TEST_CASE("messages keep their order however they travel between memory and store") {
  for (std::uint64_t seed = 1; seed <= 1500; ++seed) {
    Levels levels(seed);
    INFO("seed " << seed);
    for (int step = 0; step < 150; ++step) {
      levels.step();
      levels.compare();
    }
    levels.drain();
  }
}

TEST_CASE("messages that a damaged chunk does not give are counted as lost, and the others keep their order") {
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    Levels levels(seed);
    INFO("seed " << seed);
    for (int step = 0; step < 150; ++step) {
      levels.step();
      if (step % 40 == 39) levels.damage_some();
      levels.compare();
    }
    levels.drain();
  }
}

TEST_CASE("what was restored is read in its order, and no chunk twice") {
  ReadyLevel level;
  level.restore_cold({cold(1, 2), cold(3, 4), cold(7, 9)});
  level.push({at(10), 10, 0, kNever});
  CHECK(level.size() == 8);
  CHECK_FALSE(level.available());
  CHECK(asked(level, 1) == Positions{1});
  CHECK(asked(level, 1).empty());
  CHECK(asked(level, 1 << 20) == Positions{3, 7});
  CHECK(level.loaded(3, messages(3, 4)).messages == 0);
  CHECK_FALSE(level.available());
  CHECK(level.loaded(1, messages(1, 2)).messages == 0);
  for (Position position = 1; position <= 4; ++position) CHECK(place(level.pop()) == position);
  CHECK_FALSE(level.available());
  CHECK(level.loaded(7, {}).messages == 3);
  CHECK(place(level.pop()) == 10);
  CHECK(level.empty());
}

TEST_CASE("two runs of one chunk are asked for once") {
  ReadyLevel level;
  ColdRun first = cold(1, 2), second = cold(5, 6);
  second.chunk = 1;
  level.restore_cold({first, second});
  CHECK(asked(level, 1 << 20) == Positions{1});
  CHECK(level.loaded(1, messages(1, 6)).messages == 0);
  for (const Position position : {1u, 2u, 5u, 6u}) CHECK(place(level.pop()) == position);
}

TEST_CASE("something stays in front, and small tails wait") {
  ReadyLevel level;
  for (Position position = 1; position <= 10; ++position) level.push({at(position), position, 0, kNever});
  const std::size_t each = level.hot_bytes() / 10;
  CHECK(level.take_late(1 << 20, 3 * each).size() == 7);
  CHECK(level.take_late(1 << 20, 0).size() == 2);
  CHECK(level.take_late(1 << 20, 0).empty());
  CHECK(level.hot_bytes() == each);
}

TEST_CASE("a deadline that lies in a chunk is known to be hidden") {
  ReadyLevel level;
  ColdRun run = cold(1, 1);
  run.deadlines = true;
  level.restore_cold({run});
  CHECK(level.hides_deadline());
  CHECK(level.next_deadline() == kNever);
  asked(level, 1);
  level.loaded(1, {{at(1), 1, 0, 77}});
  CHECK_FALSE(level.hides_deadline());
  CHECK(level.next_deadline() == 77);
}

TEST_CASE("a chunk that is written takes no memory for its messages any more") {
  ReadyLevel level;
  level.push({at(1), 1, 0, kNever});
  ColdRun run = cold(2, 400);
  run.held = messages(2, 400);
  run.state = ColdRun::State::here;
  level.insert_cold({run});
  level.written(2);
  REQUIRE(level.cold().size() == 1);
  CHECK(level.cold().front().state == ColdRun::State::cold);
  CHECK(level.cold().front().held.capacity() == 0);
}

}  // namespace warren::ready_level_test
