#include "node/storage/recovery/recovered_queues.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "tests/broker/queue/model/queue_life.hpp"
#include "tests/broker/queue/queue_fixture.hpp"

namespace warren::recovered_queues_test {

using namespace warren::broker;
using namespace warren::broker::testing;
using node::RecoveredQueues;

namespace {

constexpr QueueRef kQueue{QueueId(1), Epoch(1)};

struct Survivor {
  Position position = 0;
  std::string key;
  bool redelivered = false;
  friend bool operator==(const Survivor&, const Survivor&) = default;
};

using Place = QueueModel::Place;
using Survivors = std::map<Place, Survivor>;

// What must be there after a restart now: persistent messages, those with clients flagged.
Survivors survivors(const QueueModel& model) {
  Survivors all;
  for (const auto& [place, one] : model.ready())
    if (one.message->traits().persistent)
      all[place] = {place.second, std::string(one.message->routing_key()), one.redelivered};
  for (const auto& [position, held] : model.held())
    if (held.message.message->traits().persistent)
      all[model.place_of(position, *held.message.message)] = {position,
                                                              std::string(held.message.message->routing_key()), true};
  return all;
}

RecoveredQueue recover(const QueueDisk::Store& store, const std::vector<std::string>& journal, std::size_t end) {
  RecoveredQueues queues;
  for (const auto& [key, note] : store.notes) queues.add(note);
  if (store.queue) queues.add(*store.queue);
  for (std::size_t at = store.journal_from; at < end; ++at) {
    RecordWalk walk(journal[at]);
    while (const ReadRecord* record = walk.next()) CHECK(queues.apply(*record));
    CHECK(walk.ok());
  }
  RecoveredQueue found;
  queues.take([&](RecoveredQueue queue) { found = std::move(queue); });
  found.note.queue = kQueue.id;
  return found;
}

// A queue that was begun again, with its store.
struct Revived {
  Revived(const QueueDisk::Store& from, RecoveredQueue recovered, const QueueSettings& settings, const Now& when)
      : store(from), now(when), queue(kQueue, settings, when) {
    queue.restore(std::move(recovered), now);
    effects.journal.begin({});
  }

  // As a start with another number of shards does it. What the journal said of chunks goes to their notes.
  QueueDisk::Store empty_journal(const std::vector<ChunkNote>& notes) {
    QueueDisk::Store next = store;
    for (const ChunkNote& note : notes) next.notes[note.key] = note;
    std::vector<ChunkWrite> writes;
    while (!queue.write_cold(1, ~Position{0}, 500, 300, now, writes)) {}
    for (const ChunkWrite& write : writes) {
      next.bodies[write.key] = write.messages;
      next.notes[write.key] = queue.chunk_note(write.key.level, write.key.first);
    }
    next.queue = queue.note();
    next.journal_from = 0;
    return next;
  }

  // Everything, in the order in which clients get it.
  std::vector<Survivor> drain() {
    std::vector<Survivor> all;
    while (queue.ready() > 0) {
      mail.clear();
      QueueCommand get = Get{SessionRef{SessionId(1), NodeId(1), 0}, {1, 1}, true};
      queue.step(get, now, effects);
      for (queue.wanted(1, loads); mail.empty() && !loads.empty(); queue.wanted(1, loads)) {
        const ChunkLoad load = loads.back();
        loads.pop_back();
        const std::uint32_t lost =
            queue.loaded(load.level, load.first, store.bodies[{kQueue.id, load.level, load.first}], now, effects);
        REQUIRE(lost == 0);
      }
      REQUIRE(mail.size() == 1);
      const auto& answer = std::get<GetAnswer>(mail[0].event);
      REQUIRE(answer.message);
      all.push_back({answer.position, std::string(answer.message->routing_key()), answer.redelivered});
    }
    queue.end_batch(now, effects);
    CHECK_FALSE(queue.has_cold());
    CHECK(queue.hot_bytes() == 0);
    return all;
  }

  QueueDisk::Store store;
  Now now;
  std::vector<SessionMail> mail;
  std::vector<DeadLetter> dead_letters;
  std::vector<Farewell> farewells;
  RecordWriter journal;
  std::vector<SessionMail> mail_when_durable;
  std::vector<ChunkKey> erased;
  std::vector<ChunkLoad> loads;
  QueueEffects effects{mail, dead_letters, farewells, journal, mail_when_durable, erased};
  Queue queue;
};

// What a life looked like when its journal was so long.
struct Moment {
  std::size_t journal = 0;
  Survivors survivors;
};

class Restarts {
 public:
  explicit Restarts(std::uint64_t seed) : life_(seed, LifeKind::durable), rng_(seed + 1000) {}

  void run() {
    for (int step = 0; step < 150 && !life_.queue().closed(); ++step) {
      REQUIRE(life_.step() == "");
      for (const auto& [position, held] : life_.model().held()) {
        Position& mark = delivered_[life_.model().place_of(position, *held.message.message).first];
        mark = std::max(mark, position);
      }
      if (!life_.rested() || life_.queue().closed()) continue;
      moments_.push_back({life_.disk().journal().size(), survivors(life_.model())});
      if (rng_.one_in(4)) restart();
    }
  }

 private:
  // The journal may be shorter than what the store has seen: its end was not durable yet.
  void restart() {
    const std::size_t back = rng_.one_in(2) ? 0 : rng_.below(std::min<std::size_t>(moments_.size(), 6));
    const Moment& then = moments_[moments_.size() - 1 - back];
    const QueueDisk::Store& store = life_.disk().store();
    if (then.journal < store.journal_from) return;
    RecoveredQueue recovered = recover(store, life_.disk().journal(), then.journal);
    const Position next_position = recovered.note.next_position;
    Revived revived(store, recovered, life_.settings(), life_.now());
    Revived other(store, recovered, life_.settings(), life_.now());
    const QueueDisk::Store emptied = other.empty_journal(recovered.chunks);
    const std::vector<Survivor> all = revived.drain();
    check(all, moments_.size() - 1 - back, then.journal == moments_.back().journal);
    for (const Survivor& one : all) CHECK(one.position < next_position);
    CHECK(Revived(emptied, recover(emptied, {}, 0), life_.settings(), life_.now()).drain() == all);
  }

  // What was there at the last moment that the journal knows, and is still, must be there; nothing that was not there
  // since. The store may know more than the journal.
  void check(const std::vector<Survivor>& all, std::size_t known, bool exact) {
    const Survivors& now = moments_.back().survivors;
    std::map<std::string, Place> places;
    for (std::size_t i = known; i < moments_.size(); ++i)
      for (const auto& [place, survivor] : moments_[i].survivors) places[survivor.key] = place;
    Place before{-1000, 0};
    for (const Survivor& one : all) {
      const auto found = places.find(one.key);
      REQUIRE(found != places.end());
      const Place place = found->second;
      CHECK(place.second == one.position);
      CHECK(before < place);
      before = place;
      if (!exact) continue;
      const bool flagged = now.at(place).redelivered;
      // What came back without having reached its client is flagged too: the journal does not hear of returns.
      CHECK((one.redelivered == flagged || (!flagged && one.position <= delivered_[place.first])));
    }
    std::size_t expected = 0;
    for (const auto& [place, survivor] : moments_[known].survivors) {
      if (!now.contains(place)) continue;
      ++expected;
      CHECK(std::ranges::find(all, survivor.key, &Survivor::key) != all.end());
    }
    if (exact) CHECK(all.size() == expected);
  }

  QueueLife life_;
  Rng rng_;
  std::vector<Moment> moments_;
  std::map<int, Position> delivered_;
};

}  // namespace

TEST_CASE("a queue that is begun again at any moment has what was persistent and not settled, in its order") {
  for (std::uint64_t seed = 1; seed <= 1500; ++seed) {
    INFO("seed " << seed);
    Restarts(seed).run();
  }
}

TEST_CASE("a chunk that the journal has given up holds nothing back of what came instead") {
  const MessageRef message = broker::testing::message("m", 3, {.persistent = true});
  RecordWriter writer;
  writer.begin({});
  // One of the chunk, and one that was settled there and is not any more.
  for (const Position position : {4, 5}) writer.enqueue(kQueue.id, position, message, kNever);
  writer.chunk_gone(kQueue.id, 0, 4, 6);
  for (const Position position : {4, 5, 6}) writer.enqueue(kQueue.id, position, message, kNever);
  writer.settled(kQueue.id, 6, 6);
  const std::string journal(writer.take().view());
  const auto found_with = [&](Position last) {
    QueueDisk::Store store;
    const ChunkKey key{kQueue.id, 0, 4};
    store.notes[key] = {.key = key, .last = last, .messages = 3, .dead = {0b010}};
    return recover(store, {journal}, 1);
  };
  const auto positions = [](const QueueContents& contents) {
    std::vector<Position> all;
    for (const Queued& queued : contents.messages) all.push_back(queued.position);
    return all;
  };
  RecoveredQueue gone = found_with(6);
  REQUIRE(gone.chunks.size() == 1);
  CHECK(gone.chunks.front().gone);
  QueueContents contents = contents_of(std::move(gone), 1, Now{1000, 50});
  CHECK(positions(contents) == std::vector<Position>{4, 5});
  CHECK(contents.keeper->shelf().empty());
  CHECK(contents.keeper->shelf().has_erased());
  // Another one that was written there since.
  RecoveredQueue stays = found_with(7);
  CHECK_FALSE(stays.chunks.front().gone);
  contents = contents_of(std::move(stays), 1, Now{1000, 50});
  CHECK(positions(contents).empty());
  CHECK(contents.keeper->shelf().holds(0, 4));
}

TEST_CASE(
    "what a copy was given after a former one was dropped is there, whichever of them the chunk in the store is of") {
  const MessageRef message = broker::testing::message("m", 3, {.persistent = true});
  RecordWriter writer;
  writer.begin({});
  writer.enqueue(kQueue.id, 4, message, kNever);
  writer.settled(kQueue.id, 1, 6);
  for (const Position position : {4, 5, 6, 7}) writer.enqueue(kQueue.id, position, message, kNever);
  const std::string journal(writer.take().view());
  const auto found_with = [&](Position last, std::uint64_t dead) {
    QueueDisk::Store store;
    const ChunkKey key{kQueue.id, 0, 4};
    store.notes[key] = {.key = key, .last = last, .messages = 2, .dead = {dead}};
    QueueContents contents = contents_of(recover(store, {journal}, 1), 1, Now{1000, 50});
    std::vector<Range> all;
    add_live(
        contents.keeper->shelf(), [](Level, Position) { return true; }, all);
    for (const Queued& queued : contents.messages) all.push_back({queued.position, queued.position});
    CHECK(Ranges::of(all).all() == std::vector<Range>{{4, 7}});
    return contents.messages.size();
  };
  // Of the former copy: one of its messages was settled.
  CHECK(found_with(6, 0b010) == 4);
  // Of the new one: it took in all, or stood when one was still to come.
  CHECK(found_with(7, 0) == 0);
  CHECK(found_with(6, 0) == 4);
}

}  // namespace warren::recovered_queues_test
