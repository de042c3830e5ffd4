#include "tools/logdump/store_dump.hpp"

#include <doctest/doctest.h>

#include "broker/catalog/stored/definition_records.hpp"
#include "node/storage/execute.hpp"
#include "tests/persist/lmdb/sample_store.hpp"
#include "tests/tools/logdump/lines.hpp"

namespace warren::store_dump_test {

using namespace warren::logdump;
using namespace warren::persist::lmdb;
using testing::Lines;

namespace {

// The bytes of a store with something in each table.
std::string small_store() {
  const TemporaryFolder folder(TemporaryFolder::Place::memory);
  {
    const auto store = open_store(folder.file("store"));
    node::StoreJob job;
    const broker::MessageRef message = testing::hello(std::string(3000, 'b'));
    job.bodies.push_back({BodyId(5), message});
    job.writes.push_back(
        {{QueueId(7), 0, 3},
         {{message, 3, kNever, false, true, BodyId(5)}, {testing::hello(), 4, 1'700'000'000'250, true}}});
    job.notes.push_back({{QueueId(7), 0, 3}, 4, 2, 3005, true, {2}, {BodyId(5)}});
    job.queues.push_back({QueueId(7), 9, {4}});
    broker::VhostDefinition vhost{VhostId(1), "/"};
    job.definitions.push_back({broker::vhost_key(vhost.id), broker::encode(vhost), false});
    job.checkpoints.push_back({0, 12, 3456});
    REQUIRE(node::execute(job, *store).ok());
  }
  return read_file(folder.file("store"));
}

// Without the first line, which tells of LMDB's own numbers.
std::string dump(std::string_view bytes, bool sound) {
  Lines lines;
  CHECK(dump_store(MemorySource(bytes), 10, lines.print) == sound);
  return lines.text.substr(lines.text.find('\n') + 1);
}

const std::string kSmall =
    "meta: the journal of shard 0 is needed from segment 12 on, position 3456\n"
    "meta: schema 1, commit base 0\n"
    "catalog: vhost 1 \"/\"\n"
    "queues: queue 7, next position 9, delivered up to 4 of level 0\n"
    "chunks: queue 7 level 0 position 3 to 4, 2 messages, bodies of 3005 bytes, 1 positions are dead, with deadlines, "
    "body 0x5\n";
const std::string kChunk =
    "bodies: queue 7 level 0 position 3, 48 bytes\n"
    "  position 3: exchange \"ex\", routing key \"a.key\", body of 3000 bytes: 0x5, persistent, priority 2\n"
    "  position 4, redelivered: exchange \"ex\", routing key \"a.key\", body of 5 bytes \"hello\", persistent, "
    "priority 2, dies 2023-11-14 22:13:20.250\n";
const std::string kCopies =
    "copy of meta: the journal of shard 0 is needed from segment 12 on, position 3456\n"
    "copy of catalog: vhost 1 \"/\"\n"
    "copy of queues: queue 7, next position 9, delivered up to 4 of level 0\n"
    "copy of chunks: queue 7 level 0 position 3 to 4, 2 messages, bodies of 3005 bytes, 1 positions are dead, with "
    "deadlines, body 0x5\n";

}  // namespace

TEST_CASE("a store's file is printed table by table") {
  CHECK(dump(small_store(), true) == kSmall + kChunk + "bodies: body 0x5, 3000 bytes \"bbbbbbbbbb\"...\n" + kCopies);
}

TEST_CASE("a value that is not what was written is told, and the others are printed") {
  std::string bytes = small_store();
  const std::size_t body = bytes.rfind(std::string(3000, 'b'));
  REQUIRE(body != std::string::npos);
  bytes[body + 100] = 'x';
  CHECK(dump(bytes, false) ==
        kSmall + kChunk + kCopies + "bodies: key \"\\xff\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x05\", BROKEN\n");
}

TEST_CASE("files that are no store are told from broken ones") {
  Lines lines;
  CHECK_FALSE(dump_store(MemorySource(std::string(20'000, 'x')), 10, lines.print));
  CHECK(lines.text == "nothing in it tells of a store\n");
}

TEST_CASE("wherever a file is damaged, a dump comes to its end") {
  const std::string whole = small_store();
  for (std::size_t at = 0; at < whole.size(); at += 311) {
    std::string bytes = whole;
    bytes[at] = static_cast<char>(~bytes[at]);
    Lines lines;
    dump_store(MemorySource(bytes), 10, lines.print);
    CHECK(!lines.text.empty());
  }
}

}  // namespace warren::store_dump_test
