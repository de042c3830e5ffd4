#include "persist/lmdb/raw/tree_walk.hpp"

#include <doctest/doctest.h>

#include "persist/lmdb/inspect.hpp"
#include "tests/persist/lmdb/sample_store.hpp"

namespace warren::tree_walk_test {

using namespace warren::persist;
using namespace warren::persist::lmdb;

TEST_CASE("a walk over a sound file finds every record where it lies") {
  const SampleStore sample = make_sample();
  const MemorySource source(sample.file);
  const auto snapshot = inspect(source).snapshot;
  REQUIRE(snapshot);
  Content found;
  const Findings findings = walk_trees(source, *snapshot, {true, [&](const FoundValue& value) {
                                                             found[{value.table, std::string(value.key)}] =
                                                                 sample.file.substr(value.offset + kEnvelopeHeadBytes,
                                                                                    value.bytes - kEnvelopeHeadBytes);
                                                           }});
  CHECK(findings.sound());
  CHECK(findings.holes.empty());
  CHECK(findings.values_damaged == 0);
  CHECK(findings.newest_transaction == snapshot->transaction);
  REQUIRE(findings.schema);
  CHECK(findings.schema->number == kSchemaKnown);
  CHECK(found.erase({Table::meta, std::string(kSchemaKey)}) == 1);
  CHECK(found == sample.now);
}

TEST_CASE("a walk names the hole that a broken page leaves") {
  const SampleStore sample = make_sample();
  std::string file = sample.file;
  const auto snapshot = inspect(MemorySource(file)).snapshot;
  REQUIRE(snapshot);
  std::uint64_t leaf = 0;
  const auto name = sample::name(Table::queues, 25);
  const WalkOptions options{false, [&](const FoundValue& value) {
                              if (value.key == name.second && value.table == name.first) leaf = value.offset / 4096;
                            }};
  CHECK(walk_trees(MemorySource(file), *snapshot, options).sound());
  REQUIRE(leaf != 0);
  file[leaf * 4096 + 10] = 0;
  const Findings findings = walk_trees(MemorySource(file), *snapshot, {});
  CHECK_FALSE(findings.sound());
  CHECK(findings.first_fault == "a page has a wrong head (page " + std::to_string(leaf) + ")");
  REQUIRE(findings.holes.size() == 1);
  const Hole& hole = findings.holes.front();
  CHECK(hole.table == Table::queues);
  CHECK(hole.from <= name.second);
  CHECK((hole.to.empty() || hole.to > name.second));
  CHECK(hole.from + hole.to != "");
}

TEST_CASE("a million messages in large records are checked in little time, whatever their bytes weigh") {
  const TemporaryFolder folder(TemporaryFolder::Place::memory);
  constexpr int kChunks = 16'000;
  {
    const auto store = open_store(folder.file("store"));
    const std::string body = noise(5'000, 1);
    for (int start = 0; start < kChunks; start += 1'000) {
      StoreBatch batch;
      for (int i = start; i < start + 1'000; ++i) {
        const std::string key = "queue-and-position-" + std::to_string(100'000 + i);
        batch.puts.push_back(put_of(Table::bodies, key, body));
        batch.puts.push_back(put_of(Table::chunks, key, body.substr(0, 60)));
      }
      REQUIRE(store->commit(batch).ok());
    }
  }
  const std::string file = read_file(folder.file("store"));
  const MemorySource source(file);
  const auto snapshot = inspect(source).snapshot;
  REQUIRE(snapshot);
  const Findings findings = walk_trees(source, *snapshot, {});
  CHECK(findings.sound());
  // Time depends on the machine; pages do not.
  CHECK(findings.pages_read < 1'000);
  CHECK(file.size() / 4096 > 32'000);
}

TEST_CASE("a large value is checked piece by piece") {
  std::string file(200'000 + kEnvelopeHeadBytes, '\0');
  const std::string value = noise(200'000, 3);
  seal(Table::bodies, "key", 5, value, file.data());
  const auto head = check_value(MemorySource(file), "key", 0, file.size());
  REQUIRE(head);
  CHECK(head->commit == 5);
  CHECK_FALSE(check_value(MemorySource(file), "kex", 0, file.size()));
  CHECK_FALSE(check_value(MemorySource(file), "key", 0, file.size() - 1));
  CHECK_FALSE(check_value(MemorySource(file), "key", 0, file.size() + 1));
  CHECK_FALSE(check_value(MemorySource(file), "key", 0, 3));
  file[150'000] = static_cast<char>(file[150'000] ^ 1);
  CHECK_FALSE(check_value(MemorySource(file), "key", 0, file.size()));
}

}  // namespace warren::tree_walk_test
