#include "persist/lmdb/rebuild/compact.hpp"

#include <doctest/doctest.h>

#include "persist/lmdb/inspect.hpp"
#include "tests/persist/lmdb/sample_store.hpp"

namespace warren::compact_test {

using namespace warren::persist;
using namespace warren::persist::lmdb;

TEST_CASE("a compacted store holds the same, and so does the snapshot that one may fall back to") {
  const SampleStore sample = make_sample();
  const TemporaryFolder folder(TemporaryFolder::Place::memory);
  const std::string path = folder.file("store");
  write_file(path, sample.file);
  const std::uint64_t base = (*Environment::open(path, 0))->commit_base();
  REQUIRE(compact(path, 0).ok());
  CHECK((*Environment::open(path, 0))->commit_base() > base);
  const std::string compacted = read_file(path);
  for (const std::size_t broken : {4096 + 16, 16}) {
    std::string file = compacted;
    file[broken] = 0;
    write_file(path, file);
    const auto store = open_store(path);
    CHECK(store->report().fallback);
    for (const auto& [name, value] : sample.now) CHECK(value_of(*store, name.first, name.second) == value);
    CHECK(value_of(*store, Table::bodies, sample::name(Table::bodies, 1).second) == "(none)");
  }
}

TEST_CASE("a damaged value stays damaged when the store is compacted") {
  const SampleStore sample = make_sample();
  const TemporaryFolder folder(TemporaryFolder::Place::memory);
  const std::string path = folder.file("store");
  std::string file = sample.file;
  const auto name = sample::name(Table::bodies, 2);
  file[file.find(sample.now.at(name)) + 10] ^= 1;
  write_file(path, file);
  REQUIRE(compact(path, 0).ok());
  CHECK(value_of(*open_store(path), name.first, name.second) == "(damaged)");
}

TEST_CASE("when there is no space to compact the store stays as it was") {
  const SampleStore sample = make_sample();
  const TemporaryFolder folder(TemporaryFolder::Place::memory);
  const std::string path = folder.file("store");
  write_file(path, sample.file);
  const auto outcome = compact(path, 40 << 10);
  REQUIRE_FALSE(outcome.ok());
  CHECK(outcome.error().kind == TroubleKind::full);
  CHECK(read_file(path) == sample.file);
}

}  // namespace warren::compact_test
