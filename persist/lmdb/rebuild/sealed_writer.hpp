// Fills a store with values that are sealed already, in commits of bounded size.
#pragma once

#include <cstdint>
#include <string_view>

#include "persist/lmdb/environment.hpp"

namespace warren::persist::lmdb {

class SealedWriter {
 public:
  explicit SealedWriter(Environment& environment) : environment_(environment) {}

  // Copies envelope and value. Keys of one table must grow, and the tables with them.
  Outcome put(Table table, std::string_view key, std::string_view sealed);
  // What was put is committed. Requires: put() was without trouble.
  Outcome finish();
  std::uint64_t records() const { return records_; }

 private:
  Environment& environment_;
  Transaction transaction_;
  std::uint64_t bytes_waiting_ = 0;
  std::uint64_t records_ = 0;
};

}  // namespace warren::persist::lmdb
