// One wrong bit anywhere: nothing wrong is ever found, and only what the bit hit is missing.
#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <vector>

#include "persist/lmdb/inspect.hpp"
#include "persist/lmdb/raw/tree_walk.hpp"
#include "persist/lmdb/rebuild/salvage.hpp"
#include "tests/persist/lmdb/sample_store.hpp"

namespace warren::bit_flips_test {

using namespace warren::persist;
using namespace warren::persist::lmdb;

namespace {

using Name = std::pair<Table, std::string>;

// Which records' own bytes lie where, and which bits decide about structure.
struct Map {
  std::map<std::uint64_t, std::set<Name>> owners;  // by byte; of a leaf's head, all its records
  std::set<std::uint64_t> structure;               // bytes
};

void map_page(const std::string& file, std::uint64_t number, Map& map) {
  const std::string_view page = std::string_view(file).substr(number * 4096, 4096);
  const PageHead head = read_page_head(page.data());
  const std::uint64_t start = number * 4096;
  for (std::uint64_t i = 0; i < kPageHeadBytes; ++i) map.structure.insert(start + i);
  if (head.number != number || (head.flags != kLeaf && head.flags != kBranch)) return;
  for (std::size_t i = 0; i < node_count(head, page.size()); ++i) {
    const auto node = read_node(page, head, i);
    if (!node) continue;
    for (std::uint64_t at = 0; at < 2; ++at) map.structure.insert(start + kPageHeadBytes + 2 * i + at);
    const std::uint64_t end = node->offset + (node->bytes < 64 ? node->bytes : kNodeHeadBytes + node->key.size());
    for (std::uint64_t at = node->offset; at < end; ++at) map.structure.insert(start + at);
  }
}

Map map_of(const std::string& file, const MetaPage& snapshot) {
  Map map;
  for (std::uint64_t i = 0; i < kMetaBytes; ++i) {
    map.structure.insert(i);
    map.structure.insert(4096 + i);
  }
  const MemorySource source(file);
  const Findings findings = walk_trees(source, snapshot, {true, [&](const FoundValue& found) {
                                                            const Name name(found.table, found.key);
                                                            for (std::uint64_t at = 0; at < found.bytes; ++at) {
                                                              map.owners[found.offset + at].insert(name);
                                                            }
                                                          }});
  for (std::uint64_t number = kMetaPages; number < file.size() / 4096; ++number) {
    if (!findings.free[number]) map_page(file, number, map);
  }
  for (std::uint64_t number = kMetaPages; number < file.size() / 4096; ++number) {
    const std::string_view page = std::string_view(file).substr(number * 4096, 4096);
    const PageHead head = read_page_head(page.data());
    if (head.number != number || head.flags != kLeaf) continue;
    for (std::size_t i = 0; i < node_count(head, page.size()); ++i) {
      const auto node = read_node(page, head, i);
      for (std::uint8_t table = kTableFirst; node && table <= kTableLast; ++table) {
        const Name name(static_cast<Table>(table), node->key);
        const auto own = [&](std::uint64_t at) { map.owners[number * 4096 + at].insert(name); };
        for (std::uint64_t at = 0; at < kPageHeadBytes; ++at) own(at);
        for (std::uint64_t at = 0; at < 2; ++at) own(kPageHeadBytes + 2 * i + at);
        for (std::uint64_t at = 0; at < node->bytes; ++at) own(node->offset + at);
      }
    }
  }
  return map;
}

// What a reader would get, and how.
struct Reading {
  Content content;
  bool fallback = false;
};

Reading read_damaged(const std::string& file) {
  const MemorySource source(file);
  const Inspection inspection = inspect(source);
  REQUIRE((inspection.state == FileState::sound || inspection.state == FileState::broken));
  Reading reading;
  reading.fallback = inspection.state == FileState::sound && inspection.fallback;
  const Salvage salvage = collect(source, inspection.snapshot);
  for (const auto& [name, place] : salvage.records) {
    if (name == Name(Table::meta, kSchemaKey)) continue;
    reading.content[name] = file.substr(place.offset + kEnvelopeHeadBytes, place.bytes - kEnvelopeHeadBytes);
  }
  return reading;
}

// Empty: as it must be.
std::string what_is_wrong(const SampleStore& sample, const Map& map, const Reading& reading, std::uint64_t byte) {
  const auto is = [&](const Content& expected) -> std::string {
    for (const auto& [name, value] : reading.content) {
      const auto found = expected.find(name);
      if (found == expected.end()) return "an erased record is back: " + name.second;
      if (found->second != value) return "a record has another value: " + name.second;
    }
    const auto hit = map.owners.find(byte);
    for (const auto& [name, value] : expected) {
      if (reading.content.contains(name) || (hit != map.owners.end() && hit->second.contains(name))) continue;
      return "a record that was not hit is missing: " + name.second;
    }
    return {};
  };
  const std::string now = is(sample.now);
  if (now.empty() || !reading.fallback) return now;
  return is(sample.before);
}

}  // namespace

TEST_CASE("after one flipped bit nothing wrong is found and nothing that was not hit is missing") {
  const SampleStore sample = make_sample();
  const MemorySource source(sample.file);
  const Inspection whole = inspect(source);
  REQUIRE(whole.state == FileState::sound);
  REQUIRE_FALSE(whole.fallback);
  REQUIRE(read_damaged(sample.file).content == sample.now);
  const Map map = map_of(sample.file, *whole.snapshot);
  REQUIRE(map.structure.size() > 2'000);
  std::vector<std::uint64_t> bits;
  for (const std::uint64_t byte : map.structure) {
    for (std::uint64_t bit = 0; bit < 8; ++bit) bits.push_back(byte * 8 + bit);
  }
  const std::string dice = noise(3 * 2'000, 7);
  for (std::size_t i = 0; i < dice.size(); i += 3) {
    const auto at =
        static_cast<std::uint64_t>(load_big<std::uint16_t>(&dice[i])) << 8 | static_cast<std::uint8_t>(dice[i + 2]);
    bits.push_back(at % (sample.file.size() * 8));
  }
  std::size_t wrong = 0;
  for (const std::uint64_t bit : bits) {
    std::string damaged = sample.file;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    const std::string text = what_is_wrong(sample, map, read_damaged(damaged), bit / 8);
    if (text.empty()) continue;
    ++wrong;
    MESSAGE("page ", bit / 8 / 4096, " byte ", bit / 8 % 4096, " bit ", bit % 8, ": ", text);
  }
  CHECK(wrong == 0);
}

}  // namespace warren::bit_flips_test
