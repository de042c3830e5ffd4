// A store of about thirty pages with everything that damage can hit: branches, replaced and erased records, large
// values, free pages. And what must be found in it.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "persist/lmdb/raw/page_source.hpp"
#include "tests/persist/lmdb/temporary_folder.hpp"

namespace warren::persist::lmdb {

using Content = std::map<std::pair<Table, std::string>, std::string>;

// A file in memory.
class MemorySource final : public PageSource {
 public:
  explicit MemorySource(std::string_view bytes) : bytes_(bytes) {}

  bool read(std::uint64_t offset, char* to, std::uint64_t bytes) const override {
    if (offset > bytes_.size() || bytes > bytes_.size() - offset) return false;
    if (bytes > 0) bytes_.copy(to, bytes, offset);
    return true;
  }
  std::uint64_t size() const override { return bytes_.size(); }

 private:
  std::string_view bytes_;
};

struct SampleStore {
  std::string file;
  Content now;
  Content before;  // the newest commit
};

namespace sample {

inline void change(Store& store, Content& content, const Content& puts, const Content& erases) {
  StoreBatch batch;
  for (const auto& [name, value] : puts) {
    batch.puts.push_back(put_of(name.first, name.second, value));
    content[name] = value;
  }
  for (const auto& [name, value] : erases) {
    batch.erases.push_back({name.first, name.second});
    content.erase(name);
  }
  WARREN_CHECK(store.commit(batch).ok(), "the sample is written");
}

inline std::pair<Table, std::string> name(Table table, int number) {
  return {table, "name-" + std::to_string(100 + number)};
}

}  // namespace sample

inline SampleStore make_sample() {
  using sample::name;
  const TemporaryFolder folder(TemporaryFolder::Place::memory);
  SampleStore made;
  {
    const auto store = open_store(folder.file("store"));
    const auto change = [&](const Content& puts, const Content& erases) {
      made.before = made.now;
      sample::change(*store, made.now, puts, erases);
    };
    Content puts;
    for (int i = 0; i < 40; ++i) puts[name(Table::queues, i)] = noise(200, static_cast<std::uint64_t>(i));
    for (int i = 0; i < 12; ++i) puts[name(Table::chunks, i)] = noise(30, static_cast<std::uint64_t>(i + 100));
    for (int i = 0; i < 4; ++i) puts[name(Table::bodies, i)] = noise(5'000, static_cast<std::uint64_t>(i + 200));
    puts[name(Table::catalog, 0)] = noise(3'000, 300);
    puts[name(Table::meta, 0)] = "a small one";
    change(puts, {});
    change({{name(Table::queues, 3), noise(200, 400)}, {name(Table::queues, 30), noise(100, 401)}},
           {{name(Table::queues, 7), ""}, {name(Table::bodies, 1), ""}});
    change({{name(Table::queues, 20), noise(300, 402)}, {name(Table::meta, 0), "another"}},
           {{name(Table::chunks, 5), ""}});
    change({{name(Table::queues, 21), noise(250, 403)}, {name(Table::bodies, 5), noise(4'500, 404)}},
           {{name(Table::queues, 22), ""}});
  }
  made.file = read_file(folder.file("store"));
  return made;
}

}  // namespace warren::persist::lmdb
