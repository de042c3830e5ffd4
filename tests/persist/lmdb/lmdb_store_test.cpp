#include "persist/lmdb/lmdb_store.hpp"

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <atomic>
#include <csignal>
#include <thread>
#include <vector>

#include "tests/persist/lmdb/temporary_folder.hpp"

namespace warren::lmdb_store_test {

using namespace warren::persist;
using namespace warren::persist::lmdb;

TEST_CASE("a new store is empty and says that it was made") {
  const TemporaryFolder folder;
  const auto store = open_store(folder.file("store"));
  CHECK(store->report().created);
  CHECK(value_of(*store, Table::meta, "a") == "(none)");
  CHECK(*store->scan(Table::meta, "", [](auto, auto) { return true; }) == 0);
  struct stat information {};
  REQUIRE(::stat(folder.file("store").c_str(), &information) == 0);
  CHECK((information.st_mode & 0777) == 0600);
}

TEST_CASE("what was committed is there after the store is opened again") {
  const TemporaryFolder folder;
  const std::string large = noise(200'000, 1);
  {
    const auto store = open_store(folder.file("store"));
    REQUIRE(put(*store, Table::catalog, "queue", "one").ok());
    REQUIRE(put(*store, Table::bodies, "queue", large).ok());
    REQUIRE(put(*store, Table::chunks, "empty", "").ok());
  }
  const auto store = open_store(folder.file("store"));
  CHECK_FALSE(store->report().created);
  CHECK(store->report().sentences.empty());
  CHECK(value_of(*store, Table::catalog, "queue") == "one");
  CHECK(value_of(*store, Table::bodies, "queue") == large);
  CHECK(value_of(*store, Table::chunks, "empty").empty());
  CHECK(value_of(*store, Table::queues, "queue") == "(none)");
}

TEST_CASE("of several changes to one key in a batch the last one counts, and erasing comes before putting") {
  const TemporaryFolder folder;
  const auto store = open_store(folder.file("store"));
  REQUIRE(put(*store, Table::queues, "gone", "old").ok());
  StoreBatch batch;
  batch.puts.push_back(put_of(Table::queues, "a", "first"));
  batch.puts.push_back(put_of(Table::queues, "a", "second"));
  batch.puts.push_back(put_of(Table::catalog, "a", "other table"));
  batch.erases.push_back({Table::queues, "a"});
  batch.erases.push_back({Table::queues, "gone"});
  batch.erases.push_back({Table::queues, "never there"});
  REQUIRE(store->commit(batch).ok());
  CHECK(value_of(*store, Table::queues, "a") == "second");
  CHECK(value_of(*store, Table::catalog, "a") == "other table");
  CHECK(value_of(*store, Table::queues, "gone") == "(none)");
  CHECK(store->commit({}).ok());
}

TEST_CASE("a scan visits keys in order from where it is told until it is told to stop") {
  const TemporaryFolder folder;
  const auto store = open_store(folder.file("store"));
  StoreBatch batch;
  for (const char* key : {"d", "b", "a", "c"}) batch.puts.push_back(put_of(Table::meta, key, key));
  batch.puts.push_back(put_of(Table::meta, "z", noise(100'000, 2)));
  REQUIRE(store->commit(batch).ok());
  std::string seen;
  const auto visit_all = [&seen](std::string_view key, std::string_view value) {
    seen += key;
    CHECK((value == key || value.size() == 100'000));
    return true;
  };
  CHECK(*store->scan(Table::meta, "", visit_all) == 0);
  CHECK(seen == "abcdz");
  seen.clear();
  CHECK(*store->scan(Table::meta, "bb", visit_all) == 0);
  CHECK(seen == "cdz");
  seen.clear();
  CHECK(*store->scan(Table::meta, "", [&seen](std::string_view key, auto) { return (seen += key).size() < 2; }) == 0);
  CHECK(seen == "ab");
}

TEST_CASE("when the file may not grow a commit fails with nothing done, and later ones succeed when there is space") {
  const TemporaryFolder folder;
  StoreSettings settings;
  settings.map_bytes = 1 << 20;
  const auto store = open_store(folder.file("store"), settings);
  REQUIRE(put(*store, Table::bodies, "kept", noise(300'000, 3)).ok());
  StoreBatch batch;
  batch.puts.push_back(put_of(Table::meta, "a", "small"));
  batch.puts.push_back(put_of(Table::bodies, "b", noise(900'000, 4)));
  const auto outcome = store->commit(batch);
  REQUIRE_FALSE(outcome.ok());
  CHECK(outcome.error().kind == TroubleKind::full);
  CHECK(value_of(*store, Table::meta, "a") == "(none)");
  CHECK(value_of(*store, Table::bodies, "kept") == noise(300'000, 3));
  REQUIRE(erase(*store, Table::bodies, "kept").ok());
  CHECK(put(*store, Table::bodies, "b", noise(300'000, 4)).ok());
  CHECK(value_of(*store, Table::bodies, "b") == noise(300'000, 4));
}

TEST_CASE("when the system refuses to let the file grow it is as with a full disk") {
  const TemporaryFolder folder;
  const auto store = open_store(folder.file("store"));
  REQUIRE(put(*store, Table::bodies, "kept", noise(300'000, 3)).ok());
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  // In the middle of a page, so that the first write is cut short and the next one refused.
  const rlimit limit{std::filesystem::file_size(folder.file("store")) + 10'000, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &limit) == 0);
  Outcome outcome = put(*store, Table::bodies, "large", noise(900'000, 4));
  CHECK_FALSE(outcome.ok());
  if (!outcome) CHECK(outcome.error().kind == TroubleKind::full);
  outcome = put(*store, Table::bodies, "large", noise(900'000, 4));
  CHECK_FALSE(outcome.ok());
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
  std::signal(SIGXFSZ, handler);
  CHECK(value_of(*store, Table::bodies, "large") == "(none)");
  CHECK(put(*store, Table::bodies, "large", noise(900'000, 5)).ok());
  CHECK(value_of(*store, Table::bodies, "large") == noise(900'000, 5));
  CHECK(value_of(*store, Table::bodies, "kept") == noise(300'000, 3));
}

TEST_CASE("readers beside a writer see whole commits") {
  const TemporaryFolder folder;
  const auto store = open_store(folder.file("store"));
  const auto write = [&store](int round) {
    StoreBatch batch;
    const std::string value = std::to_string(round);
    for (const char* key : {"a", "b", "c"}) batch.puts.push_back(put_of(Table::queues, key, value));
    batch.puts.push_back(put_of(Table::bodies, "large", std::string(70'000, static_cast<char>('a' + round % 26))));
    return store->commit(batch).ok();
  };
  REQUIRE(write(0));
  std::atomic<bool> done{false};
  std::atomic<int> torn{0};
  std::vector<std::thread> readers;
  for (int reader = 0; reader < 2; ++reader) {
    readers.emplace_back([&] {
      while (!done) {
        std::vector<std::string> values;
        (void)store->scan(Table::queues, "", [&](auto, std::string_view value) {
          values.emplace_back(value);
          return true;
        });
        if (values.size() != 3 || values[0] != values[1] || values[0] != values[2]) ++torn;
        const std::string large = value_of(*store, Table::bodies, "large");
        if (large.size() != 70'000 || large.find_first_not_of(large[0]) != std::string::npos) ++torn;
      }
    });
  }
  for (int round = 1; round <= 200; ++round) CHECK(write(round));
  done = true;
  for (auto& reader : readers) reader.join();
  CHECK(torn == 0);
}

namespace {

std::uint64_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::uint64_t all = 0;
  std::uint64_t resident = 0;
  file >> all >> resident;
  return resident * 4096;
}

}  // namespace

TEST_CASE("resident memory does not grow with what is written, read and scanned") {
  const TemporaryFolder folder;
  const auto store = open_store(folder.file("store"));
  constexpr int kBatches = 24;
  constexpr int kValues = 32;
  const std::string body = noise(128 << 10, 5);
  const auto key = [](int number) { return "body-" + std::to_string(1000 + number); };
  const auto write = [&](int batch_number) {
    StoreBatch batch;
    for (int i = 0; i < kValues; ++i)
      batch.puts.push_back(put_of(Table::bodies, key(batch_number * kValues + i), body));
    for (int i = 0; i < 100; ++i) {
      batch.puts.push_back(put_of(Table::chunks, key(batch_number * 100 + i), body.substr(0, 1000)));
    }
    return store->commit(batch).ok();
  };
  REQUIRE(write(0));
  ByteBuffer value;
  REQUIRE(*store->get(Table::bodies, key(0), value));
  const std::uint64_t before = resident_bytes();
  for (int batch_number = 1; batch_number < kBatches; ++batch_number) REQUIRE(write(batch_number));
  for (int i = 0; i < kBatches * kValues; ++i) REQUIRE(*store->get(Table::bodies, key(i), value));
  for (int i = 0; i < kBatches * 100; ++i) REQUIRE(*store->get(Table::chunks, key(i), value));
  int visited = 0;
  REQUIRE(*store->scan(Table::bodies, "", [&visited](auto, auto) { return ++visited > 0; }) == 0);
  CHECK(visited == kBatches * kValues);
#ifndef __SANITIZE_ADDRESS__  // which keeps what was freed for a while
  CHECK(resident_bytes() < before + (12 << 20));
#else
  CHECK(before != 0);
#endif
}

TEST_CASE("a scan of keys visits them in order, and reads no values") {
  const TemporaryFolder folder;
  const auto store = open_store(folder.file("store"));
  StoreBatch batch;
  for (const char* key : {"d", "b", "a", "c"}) batch.puts.push_back(put_of(Table::bodies, key, noise(100'000, 2)));
  batch.puts.push_back(put_of(Table::meta, "a", "alone"));
  REQUIRE(store->commit(batch).ok());
  const auto keys_from = [&](Table table, std::string_view from, std::size_t most) {
    std::string seen;
    CHECK(store->scan_keys(table, from, [&](std::string_view key) { return (seen += key).size() < most; }).ok());
    return seen;
  };
  CHECK(keys_from(Table::bodies, "", 100) == "abcd");
  CHECK(keys_from(Table::bodies, "bb", 100) == "cd");
  CHECK(keys_from(Table::bodies, "", 2) == "ab");
  CHECK(keys_from(Table::bodies, "e", 100).empty());
  CHECK(keys_from(Table::meta, "", 100) == "a");
}

}  // namespace warren::lmdb_store_test
