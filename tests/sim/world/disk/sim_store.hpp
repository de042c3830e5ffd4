// The store of a simulated disk: a map whose commits are atomic and durable.
#pragma once

#include <cstdint>
#include <string_view>

#include "tests/sim/world/disk/disk.hpp"

namespace warren::sim {

class SimStore final : public persist::Store {
 public:
  explicit SimStore(Disk& disk) : disk_(disk), generation_(disk.generation()) {}

  persist::Outcome commit(const persist::StoreBatch& batch) override;
  Result<bool, persist::Trouble> get(persist::Table table, std::string_view key, ByteBuffer& value) override;
  Result<std::uint64_t, persist::Trouble> scan(persist::Table table, std::string_view from,
                                               const Visit& visit) override;
  persist::Outcome scan_keys(persist::Table table, std::string_view from, const VisitKey& visit) override;

 private:
  Disk& disk_;
  std::uint64_t generation_;
};

}  // namespace warren::sim
