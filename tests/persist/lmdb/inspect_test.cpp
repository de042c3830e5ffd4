#include "persist/lmdb/inspect.hpp"

#include <doctest/doctest.h>

#include "tests/persist/lmdb/sample_store.hpp"

namespace warren::inspect_test {

using namespace warren::persist;
using namespace warren::persist::lmdb;

namespace {

constexpr std::size_t kTransactionAt = 144;  // in a meta page

FileState state_of(const std::string& file) { return inspect(MemorySource(file)).state; }

}  // namespace

TEST_CASE("a sound file is used as it is") {
  const Inspection inspection = inspect(MemorySource(make_sample().file));
  CHECK(inspection.state == FileState::sound);
  CHECK_FALSE(inspection.fallback);
  CHECK(inspection.fault.empty());
  CHECK(inspection.snapshot->transaction % 2 == inspection.slot);
}

TEST_CASE("when either meta page is broken the other is used, and perhaps it is the older") {
  const SampleStore sample = make_sample();
  for (const std::size_t slot : {0, 1}) {
    std::string file = sample.file;
    file[slot * 4096 + 16] = 0;
    const Inspection inspection = inspect(MemorySource(file));
    CHECK(inspection.state == FileState::sound);
    CHECK(inspection.slot == 1 - slot);
    CHECK(inspection.fallback);
    CHECK(inspection.fault == "one of two meta pages is broken");
  }
}

TEST_CASE("a meta page whose number makes it look newer or older than it is is not believed") {
  const SampleStore sample = make_sample();
  const Inspection whole = inspect(MemorySource(sample.file));
  std::string old_as_new = sample.file;
  old_as_new[(1 - whole.slot) * 4096 + kTransactionAt + 3] = 1;
  CHECK(inspect(MemorySource(old_as_new)).slot == whole.slot);
  CHECK(inspect(MemorySource(old_as_new)).fallback);
  std::string new_as_old = sample.file;
  new_as_old[whole.slot * 4096 + kTransactionAt] = static_cast<char>(whole.snapshot->transaction - 2);
  CHECK(inspect(MemorySource(new_as_old)).slot == 1 - whole.slot);
  CHECK(inspect(MemorySource(new_as_old)).fallback);
}

TEST_CASE("what is not ours is told apart from what is broken") {
  const SampleStore sample = make_sample();
  CHECK(state_of("") == FileState::unknown);
  CHECK(state_of("a letter to a friend") == FileState::unknown);
  CHECK(state_of(noise(100'000, 1)) == FileState::unknown);
  CHECK(state_of(sample.file.substr(0, 4096)) == FileState::broken);
  std::string other_version = sample.file;
  other_version[20] = 2;
  CHECK(state_of(other_version) == FileState::sound);
  other_version[4096 + 20] = 2;
  CHECK(state_of(other_version) == FileState::other);
  std::string magic_only(9'000, 'x');
  magic_only.replace(16, 4, sample.file.substr(16, 4));
  CHECK(state_of(magic_only) == FileState::broken);
}

TEST_CASE("a file of LMDB that holds other tables is another's") {
  const TemporaryFolder folder;
  MDB_env* environment = nullptr;
  REQUIRE(mdb_env_create(&environment) == 0);
  REQUIRE(mdb_env_open(environment, folder.file("other").c_str(), MDB_NOSUBDIR, 0600) == 0);
  for (int i = 0; i < 3; ++i) {
    MDB_txn* transaction = nullptr;
    MDB_dbi table = 0;
    REQUIRE(mdb_txn_begin(environment, nullptr, 0, &transaction) == 0);
    REQUIRE(mdb_dbi_open(transaction, nullptr, 0, &table) == 0);
    const std::string name = "key" + std::to_string(i);
    MDB_val key = as_lmdb(name);
    MDB_val value = as_lmdb("value");
    REQUIRE(mdb_put(transaction, table, &key, &value, 0) == 0);
    REQUIRE(mdb_txn_commit(transaction) == 0);
  }
  mdb_env_close(environment);
  CHECK(state_of(read_file(folder.file("other"))) == FileState::other);
}

}  // namespace warren::inspect_test
