// Folders and files of a simulated disk.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/sim/world/disk/disk.hpp"

namespace warren::sim {

class SimFile final : public persist::File {
 public:
  SimFile(Disk& disk, std::string name, std::shared_ptr<SectorFile> content);

  persist::Outcome write(std::uint64_t offset, std::string_view bytes) override;
  persist::Outcome sync() override;
  Result<std::uint64_t, persist::Trouble> read(std::uint64_t offset, char* to, std::uint64_t bytes) override;
  std::uint64_t size() const override { return content_->size(); }

 private:
  Disk& disk_;
  std::uint64_t generation_;
  std::string name_;
  std::shared_ptr<SectorFile> content_;
};

class SimFolder final : public persist::Folder {
 public:
  SimFolder(Disk& disk, SimFiles& files) : disk_(disk), generation_(disk.generation()), files_(files) {}

  Result<std::unique_ptr<persist::File>, persist::Trouble> open(std::string_view name) override;
  Result<std::unique_ptr<persist::File>, persist::Trouble> create(std::string_view name, std::uint64_t bytes) override;
  persist::Outcome rename(std::string_view from, std::string_view to) override;
  persist::Outcome remove(std::string_view name) override;
  Result<std::vector<std::string>, persist::Trouble> list() override;

 private:
  std::unique_ptr<persist::File> handle(std::string_view name, std::shared_ptr<SectorFile> content);
  void move(std::string_view from, std::string_view to);

  Disk& disk_;
  std::uint64_t generation_;
  SimFiles& files_;
};

// What a dead or interrupted handle answers.
persist::Trouble crashed_trouble(std::string_view what);

}  // namespace warren::sim
