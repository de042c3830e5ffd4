// An ordered store in memory, for tests of those who use a store. Same promises as the one on disk, but for the disk
// and for threads: one at a time uses it.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "base/check.hpp"
#include "persist/store.hpp"

namespace warren::persist {

class MemoryStore final : public Store {
 public:
  Outcome commit(const StoreBatch& batch) override {
    for (const auto& erase : batch.erases) check_key(erase.table, erase.key);
    for (const auto& put : batch.puts) check_key(put.table, put.key);
    if (trouble_) return *trouble_;
    for (const auto& erase : batch.erases) {
      values_.erase({erase.table, erase.key});
      damaged_.erase({erase.table, erase.key});
    }
    for (const auto& put : batch.puts) {
      values_[{put.table, put.key}] = std::string(put.value.view());
      damaged_.erase({put.table, put.key});
    }
    ++commits_;
    return Done{};
  }

  Result<bool, Trouble> get(Table table, std::string_view key, ByteBuffer& value) override {
    check_key(table, key);
    const auto found = values_.find({table, std::string(key)});
    value.clear();
    if (found == values_.end()) return false;
    if (damaged_.contains(found->first)) return Trouble{TroubleKind::damaged, "the value is not what was written"};
    value.append(found->second);
    return true;
  }

  Result<std::uint64_t, Trouble> scan(Table table, std::string_view from, const Visit& visit) override {
    std::uint64_t skipped = 0;
    for (auto at = values_.lower_bound({table, std::string(from)}); at != values_.end(); ++at) {
      if (at->first.first != table) break;
      if (damaged_.contains(at->first)) {
        ++skipped;
      } else if (!visit(at->first.second, at->second)) {
        break;
      }
    }
    return skipped;
  }

  Outcome scan_keys(Table table, std::string_view from, const VisitKey& visit) override {
    for (auto at = values_.lower_bound({table, std::string(from)}); at != values_.end(); ++at)
      if (at->first.first != table || !visit(at->first.second)) break;
    return Done{};
  }

  // Every commit fails like that from now on; none of it happens. Nothing: they succeed again.
  void fail_commits(std::optional<Trouble> trouble) { trouble_ = std::move(trouble); }
  // The value, if there is one, counts as damaged until it is written again.
  void damage(Table table, std::string key) { damaged_.insert({table, std::move(key)}); }
  std::uint64_t commits() const { return commits_; }
  std::size_t size() const { return values_.size(); }

 private:
  using Key = std::pair<Table, std::string>;

  static void check_key(Table table, std::string_view key) {
    const auto number = static_cast<std::uint8_t>(table);
    WARREN_CHECK(number >= kTableFirst && number <= kTableLast, "a batch names a table of the store");
    WARREN_CHECK(!key.empty() && key.size() <= kKeyBytesMax, "keys of the store are 1 to 200 bytes long");
  }

  std::map<Key, std::string> values_;
  std::set<Key> damaged_;
  std::optional<Trouble> trouble_;
  std::uint64_t commits_ = 0;
};

}  // namespace warren::persist
