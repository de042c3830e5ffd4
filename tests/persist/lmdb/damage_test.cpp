// Damaged files opened for real: whatever the damage, the store opens, serves nothing wrong, and works on.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/rng.hpp"
#include "persist/lmdb/raw/layout.hpp"
#include "tests/persist/lmdb/sample_store.hpp"

namespace warren::damage_test {

using namespace warren::persist;
using namespace warren::persist::lmdb;

namespace {

Content content_of(LmdbStore& store) {
  Content content;
  for (std::uint8_t i = kTableFirst; i <= kTableLast; ++i) {
    const auto table = static_cast<Table>(i);
    const auto visit = [&](std::string_view key, std::string_view value) {
      content[{table, std::string(key)}] = value;
      return true;
    };
    CHECK(store.scan(table, "", visit).ok());
  }
  return content;
}

// Every value was the key's at some time. After damage to several places it may be an old one.
void check_nothing_is_invented(const Content& content, const Content& ever, const SampleStore& sample) {
  for (const auto& [name, value] : content) {
    const auto now = sample.now.find(name);
    const auto before = sample.before.find(name);
    const auto old = ever.find(name);
    const bool known = (now != sample.now.end() && now->second == value) ||
                       (before != sample.before.end() && before->second == value) ||
                       (old != ever.end() && old->second == value);
    CHECK(known);
  }
}

// Opens, reads, writes, and opens again what then must be sound.
Content open_and_use(const std::string& path, StoreReport& report) {
  Content content;
  {
    const auto store = open_store(path);
    report = store->report();
    content = content_of(*store);
    for (const auto& [name, value] : content) CHECK(value_of(*store, name.first, name.second) == value);
    StoreBatch batch;
    for (const auto& [name, value] : content) batch.erases.push_back({name.first, name.second});
    for (const auto& damaged : report.damaged) batch.erases.push_back({damaged.table, damaged.key});
    batch.puts.push_back(put_of(Table::bodies, "new", noise(20'000, 9)));
    CHECK(store->commit(batch).ok());
  }
  const auto store = open_store(path);
  CHECK(store->report().sentences.empty());
  CHECK(value_of(*store, Table::bodies, "new") == noise(20'000, 9));
  return content;
}

// What make_sample() wrote first and changed later.
Content first_values() {
  Content ever;
  for (int i = 0; i < 40; ++i) ever[sample::name(Table::queues, i)] = noise(200, static_cast<std::uint64_t>(i));
  for (int i = 0; i < 12; ++i) ever[sample::name(Table::chunks, i)] = noise(30, static_cast<std::uint64_t>(i + 100));
  for (int i = 0; i < 4; ++i) ever[sample::name(Table::bodies, i)] = noise(5'000, static_cast<std::uint64_t>(i + 200));
  ever[sample::name(Table::meta, 0)] = "a small one";
  return ever;
}

void flip(std::string& file, std::uint64_t bit) { file[bit / 8] = static_cast<char>(file[bit / 8] ^ (1 << bit % 8)); }

// In the head of a page of a tree, or near its end, where nodes lie.
std::uint64_t structural_bit(const std::string& file, Rng& rng) {
  for (;;) {
    const std::uint64_t number = rng.below(file.size() / 4096);
    const PageHead head = read_page_head(&file[number * 4096]);
    if (head.number != number || (head.flags & (kLeaf | kBranch)) == 0) continue;
    const std::uint64_t byte = rng.below(120);
    return (number * 4096 + (byte < 40 ? byte : 4096 - byte)) * 8 + rng.below(8);
  }
}

}  // namespace

TEST_CASE("after a flipped bit the store opens with what is sound and works on") {
  const SampleStore sample = make_sample();
  std::size_t sound = 0;
  std::size_t fallback = 0;
  std::size_t salvaged = 0;
  Rng rng(11);
  for (int round = 0; round < 400; ++round) {
    const TemporaryFolder folder(TemporaryFolder::Place::memory);
    std::string file = sample.file;
    flip(file, round % 3 == 0 ? rng.below(file.size() * 8) : structural_bit(file, rng));
    write_file(folder.file("store"), file);
    StoreReport report;
    const Content content = open_and_use(folder.file("store"), report);
    const Content& expected = report.fallback ? sample.before : sample.now;
    if (report.fallback && content == sample.now) ++sound;  // it was the older meta page
    if (!report.fallback) {
      for (const auto& [name, value] : content) CHECK(expected.at(name) == value);
      CHECK(content.size() + 14 >= expected.size());
    } else if (content != sample.now) {
      CHECK(content == expected);
    }
    fallback += report.fallback;
    salvaged += report.salvaged;
    sound += report.sentences.empty();
    CHECK(report.salvaged == !report.set_aside.empty());
    if (report.salvaged) CHECK(read_file(report.set_aside) == file);
  }
  CHECK(sound > 10);
  CHECK(fallback > 10);
  CHECK(salvaged > 10);
}

TEST_CASE("with many wrong bits the store opens and nothing is invented") {
  const SampleStore sample = make_sample();
  const Content ever = first_values();
  Rng rng(12);
  for (int round = 0; round < 60; ++round) {
    const TemporaryFolder folder(TemporaryFolder::Place::memory);
    std::string file = sample.file;
    const std::uint64_t flips = 2 + rng.below(round % 3 == 0 ? 300 : 12);
    for (std::uint64_t i = 0; i < flips; ++i) flip(file, rng.below(file.size() * 8));
    write_file(folder.file("store"), file);
    StoreReport report;
    check_nothing_is_invented(open_and_use(folder.file("store"), report), ever, sample);
  }
}

TEST_CASE("a file that was cut or has lost pages opens with what is left") {
  const SampleStore sample = make_sample();
  const Content ever = first_values();
  Rng rng(13);
  for (std::size_t length = 1; length < sample.file.size(); length += length < 200 ? 37 : 2'500) {
    const TemporaryFolder folder(TemporaryFolder::Place::memory);
    write_file(folder.file("store"), sample.file.substr(0, length));
    const auto opened = LmdbStore::open(folder.file("store"), {});
    // So little that nobody can tell whose it was.
    if (!opened && length < 24) continue;
    REQUIRE(opened.ok());
    check_nothing_is_invented(content_of(**opened), ever, sample);
  }
  for (int round = 0; round < 40; ++round) {
    const TemporaryFolder folder(TemporaryFolder::Place::memory);
    std::string file = sample.file;
    const std::string filling =
        round % 2 == 0 ? std::string(4096, '\0') : noise(4096, static_cast<std::uint64_t>(round));
    for (int lost = 0; lost <= round % 4; ++lost) file.replace(rng.below(file.size() / 4096) * 4096, 4096, filling);
    write_file(folder.file("store"), file);
    StoreReport report;
    check_nothing_is_invented(open_and_use(folder.file("store"), report), ever, sample);
  }
}

TEST_CASE("without its meta pages a store is found by its records") {
  const SampleStore sample = make_sample();
  const TemporaryFolder folder(TemporaryFolder::Place::memory);
  std::string file = sample.file;
  file.replace(0, 8192, noise(8192, 1));
  write_file(folder.file("store"), file);
  StoreReport report;
  const Content content = open_and_use(folder.file("store"), report);
  CHECK(report.salvaged);
  // Erased ones may be back, but what is there is the newest.
  for (const auto& [name, value] : sample.now) CHECK(content.at(name) == value);
}

TEST_CASE("a body with a wrong byte is not given out, the others are, and it can be replaced and erased") {
  const SampleStore sample = make_sample();
  for (const bool replaced : {true, false}) {
    const TemporaryFolder folder(TemporaryFolder::Place::memory);
    std::string file = sample.file;
    const auto name = sample::name(Table::bodies, 2);
    const std::size_t at = file.find(sample.now.at(name));
    REQUIRE(at != std::string::npos);
    flip(file, (at + 1'000) * 8);
    // LMDB frees as many pages as this number says.
    flip(file, (at / 4096 * 4096 + 12) * 8 + 3);
    write_file(folder.file("store"), file);
    {
      const auto store = open_store(folder.file("store"));
      CHECK(store->report().sentences.empty());
      CHECK(value_of(*store, name.first, name.second) == "(damaged)");
      CHECK(*store->scan(Table::bodies, "", [](auto, auto) { return true; }) == 1);
      if (replaced) CHECK(put(*store, name.first, name.second, noise(9'000, 1)).ok());
      if (!replaced) CHECK(erase(*store, name.first, name.second).ok());
      CHECK(value_of(*store, name.first, name.second) == (replaced ? noise(9'000, 1) : "(none)"));
    }
    const auto store = open_store(folder.file("store"));
    CHECK(store->report().sentences.empty());
  }
}

TEST_CASE("a small value with a wrong byte is named in the report") {
  const SampleStore sample = make_sample();
  const TemporaryFolder folder(TemporaryFolder::Place::memory);
  std::string file = sample.file;
  const auto name = sample::name(Table::queues, 12);
  for (std::size_t at = 0; (at = file.find(sample.now.at(name), at)) != std::string::npos; ++at) flip(file, at * 8);
  write_file(folder.file("store"), file);
  const auto store = open_store(folder.file("store"));
  CHECK_FALSE(store->report().salvaged);
  CHECK(store->report().values_damaged == 1);
  REQUIRE(store->report().damaged.size() == 1);
  CHECK(store->report().damaged[0].key == name.second);
  CHECK(value_of(*store, name.first, name.second) == "(damaged)");
  CHECK(value_of(*store, name.first, "name-113") == sample.now.at(sample::name(Table::queues, 13)));
}

}  // namespace warren::damage_test
