#include "node/storage/ledger.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <utility>

#include "node/storage/codec.hpp"
#include "persist/journal/format.hpp"
#include "tests/broker/queue/queue_fixture.hpp"

namespace warren::ledger_test {

using namespace warren::node;
using broker::SessionMail;
using broker::testing::kChannel;
using broker::testing::kPublisher;
using broker::testing::message;

namespace {

constexpr QueueId kOne{1};
constexpr QueueId kTwo{2};

StorageSettings enabled() {
  StorageSettings settings;
  settings.enabled = true;
  return settings;
}

SessionMail confirm(std::uint64_t sequence) { return {kPublisher, broker::Confirmed{kChannel, sequence, sequence}}; }

struct Book : Ledger {
  explicit Book(const StorageSettings& settings = enabled()) : Ledger(settings) {}

  // One write that enqueues something. Returns its bytes.
  std::size_t write(QueueId queue, Position position, std::size_t body_bytes = 0) {
    want_blank();
    records().enqueue(queue, position, message("k", body_bytes), kNever);
    return take_write()->size();
  }
  // The sequence numbers of what may go out now.
  std::vector<std::uint64_t> told(WriteNumber write) {
    std::vector<SessionMail> mail;
    durable(write, mail);
    std::vector<std::uint64_t> sequences;
    for (const SessionMail& one : mail) sequences.push_back(std::get<broker::Confirmed>(one.event).first);
    return sequences;
  }
  std::map<std::uint64_t, std::pair<Position, Position>> oldest_spans() {
    std::map<std::uint64_t, std::pair<Position, Position>> spans;
    oldest().for_each([&](QueueId id, const Span& span) { spans[id.value] = {span.first, span.last}; });
    return spans;
  }
};

using Sequences = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("a write leaves room for its header, and a step that recorded nothing writes nothing") {
  Book ledger;
  ledger.want_blank();
  CHECK_FALSE(ledger.take_write());
  CHECK(ledger.coming_write() == 1);
  ledger.records().settled(kOne, 1, 2);
  const std::optional<ByteBuffer> write = ledger.take_write();
  REQUIRE(write);
  broker::RecordWalk walk(write->view().substr(persist::kChunkHeaderBytes));
  const broker::ReadRecord* record = walk.next();
  REQUIRE(record != nullptr);
  CHECK((record->first == 1 && record->last == 2));
  CHECK(ledger.coming_write() == 2);
  CHECK_FALSE(ledger.take_write());
}

TEST_CASE("without storage nothing is ever written") {
  Book ledger{StorageSettings{}};
  ledger.want_blank();
  CHECK_FALSE(ledger.records().begun());
  CHECK_FALSE(ledger.take_write());
}

TEST_CASE("buffers come back and are used again") {
  Book ledger;
  ByteBuffer blank;
  blank.extend(100'000);
  const char* memory = blank.data();
  ledger.give_blank(std::move(blank));
  ledger.want_blank();
  ledger.records().settled(kOne, 1, 1);
  const std::optional<ByteBuffer> write = ledger.take_write();
  REQUIRE(write);
  CHECK(write->data() == memory);
  CHECK(write->size() < 100);
}

TEST_CASE("mail waits for its own write and for those before") {
  Book ledger;
  for (std::uint64_t sequence = 1; sequence <= 3; ++sequence) {
    ledger.mail_when_durable().push_back(confirm(sequence));
    ledger.write(kOne, sequence);
  }
  CHECK(ledger.told(0).empty());
  CHECK(ledger.durable_write() == 0);
  CHECK(ledger.told(2) == Sequences{1, 2});
  CHECK(ledger.told(1).empty());
  CHECK(ledger.durable_write() == 2);
  CHECK(ledger.told(3) == Sequences{3});
}

TEST_CASE("publishers wait while too much is written and not durable") {
  StorageSettings settings = enabled();
  settings.undurable_bytes_max = 2000;
  Book ledger(settings);
  ledger.write(kOne, 1, 1500);
  CHECK_FALSE(ledger.full());
  ledger.write(kOne, 2, 1500);
  CHECK(ledger.full());
  ledger.told(1);
  CHECK_FALSE(ledger.full());
}

TEST_CASE("a segment knows what it speaks of, and is due when enough others are full") {
  StorageSettings settings = enabled();
  settings.segments_kept = 1;
  Book ledger(settings);
  ledger.write(kOne, 5);
  ledger.segment_begun(1, 0);
  CHECK_FALSE(ledger.due());
  ledger.write(kOne, 7);
  ledger.want_blank();
  ledger.records().settled(kTwo, 1, 1);
  ledger.take_write();
  ledger.segment_begun(2, 1000);
  CHECK_FALSE(ledger.due());
  ledger.write(kTwo, 3);
  ledger.segment_begun(3, 2000);
  REQUIRE(ledger.due());
  CHECK(ledger.oldest_spans() == std::map<std::uint64_t, std::pair<Position, Position>>{{1, {5, 7}}, {2, {0, 0}}});
  const Checkpoint checkpoint = ledger.checkpoint_behind_oldest(4);
  CHECK((checkpoint.shard == 4 && checkpoint.segment == 2 && checkpoint.position == 1000));
  ledger.freed();
  CHECK_FALSE(ledger.due());
  ledger.segment_begun(4, 3000);
  REQUIRE(ledger.due());
  CHECK(ledger.oldest_spans() == std::map<std::uint64_t, std::pair<Position, Position>>{{2, {3, 3}}});
}

TEST_CASE("what recovery found is a segment of its own once the next one begins") {
  StorageSettings settings = enabled();
  settings.segments_kept = 0;
  Book ledger(settings);
  RecoveredJournal recovered;
  recovered.any = true;
  recovered.spans[kOne] = {3, 9};
  recovered.definitions.push_back({"d", "old", false});
  ledger.restore(std::move(recovered));
  CHECK_FALSE(ledger.due());
  ledger.segment_begun(8, 500);
  REQUIRE(ledger.due());
  CHECK(ledger.oldest_spans() == std::map<std::uint64_t, std::pair<Position, Position>>{{1, {3, 9}}});
  CHECK(ledger.checkpoint_behind_oldest(0).segment == 8);
  CHECK(ledger.take_definitions().size() == 1);
}

TEST_CASE("of the writes of one definition the last goes to the store, and each stands in the journal") {
  Book ledger;
  ledger.define({"a", "1", false});
  ledger.define({"b", "1", false});
  ledger.define({"a", "", true});
  const std::optional<ByteBuffer> write = ledger.take_write();
  REQUIRE(write);
  broker::RecordWalk walk(write->view().substr(persist::kChunkHeaderBytes));
  int records = 0;
  while (walk.next() != nullptr) ++records;
  CHECK(records == 4);
  const std::vector<broker::DefinitionWrite> writes = ledger.take_definitions();
  REQUIRE(writes.size() == 3);
  CHECK((writes[0].key == stamp_key() && decode_stamp(writes[0].value) == 1));
  CHECK((writes[1].key == "a" && writes[1].erased));
  CHECK((writes[2].key == "b" && writes[2].value == "1"));
  CHECK(ledger.take_definitions().empty());
}

TEST_CASE("writes with definitions are numbered, the others are not") {
  Book ledger;
  RecoveredJournal recovered;
  recovered.stamp = 7;
  ledger.restore(std::move(recovered));
  ledger.write(kOne, 1);
  CHECK_FALSE(ledger.has_definitions());
  for (const std::uint64_t stamp : {8, 9}) {
    ledger.define({"a", "1", false});
    CHECK(ledger.take_write());
    CHECK(decode_stamp(ledger.take_definitions().front().value) == stamp);
  }
}

}  // namespace warren::ledger_test
