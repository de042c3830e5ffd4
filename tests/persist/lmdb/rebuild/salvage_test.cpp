#include "persist/lmdb/rebuild/salvage.hpp"

#include <doctest/doctest.h>

#include "persist/lmdb/inspect.hpp"
#include "persist/lmdb/raw/envelope.hpp"
#include "tests/persist/lmdb/sample_store.hpp"

namespace warren::salvage_test {

using namespace warren::persist;
using namespace warren::persist::lmdb;

TEST_CASE("following the trees finds what is there and nothing that was erased") {
  const SampleStore sample = make_sample();
  const MemorySource source(sample.file);
  const Salvage salvage = collect(source, inspect(source).snapshot);
  CHECK(salvage.records.size() == sample.now.size() + 1);
  CHECK(salvage.values_damaged == 0);
  CHECK(salvage.newest_commit > 0);
  REQUIRE(schema_of(source, salvage));
  CHECK(schema_of(source, salvage)->number == kSchemaKnown);
}

TEST_CASE("without a snapshot all leaves are looked at, and the newest value of a key counts") {
  const SampleStore sample = make_sample();
  const MemorySource source(sample.file);
  const Salvage salvage = collect(source, std::nullopt);
  for (const auto& [name, value] : sample.now) {
    const auto& place = salvage.records.at(name);
    CHECK(sample.file.substr(place.offset + kEnvelopeHeadBytes, place.bytes - kEnvelopeHeadBytes) == value);
  }
}

TEST_CASE("a file without records gives none") {
  const std::string nothing = noise(100'000, 1);
  const Salvage salvage = collect(MemorySource(nothing), std::nullopt);
  CHECK(salvage.records.empty());
  CHECK_FALSE(schema_of(MemorySource(nothing), salvage));
}

TEST_CASE("what can no longer be read when it is copied is counted as damaged") {
  const SampleStore sample = make_sample();
  std::string file = sample.file;
  const MemorySource source(file);
  Salvage salvage = collect(source, inspect(source).snapshot);
  const auto name = sample::name(Table::bodies, 3);
  file[salvage.records.at(name).offset + 100] ^= 1;
  const TemporaryFolder folder(TemporaryFolder::Place::memory);
  {
    auto to = Environment::create(folder.file("store"), 0, salvage.newest_commit);
    REQUIRE(to.ok());
    REQUIRE(copy_records(source, salvage, **to).ok());
    REQUIRE((*to)->rebase(salvage.newest_commit).ok());
  }
  CHECK(salvage.values_damaged == 1);
  REQUIRE(salvage.damaged.size() == 1);
  CHECK(salvage.damaged[0].key == name.second);
  const auto store = open_store(folder.file("store"));
  CHECK(value_of(*store, name.first, name.second) == "(none)");
  CHECK(value_of(*store, Table::bodies, sample::name(Table::bodies, 2).second) ==
        sample.now.at(sample::name(Table::bodies, 2)));
}

}  // namespace warren::salvage_test
