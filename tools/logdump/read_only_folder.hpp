// A folder of a file system in which nothing is changed, not even by accident.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "persist/file.hpp"

namespace warren::logdump {

// Opens files to read them. Everything else is trouble.
class ReadOnlyFolder final : public persist::Folder {
 public:
  explicit ReadOnlyFolder(std::string path) : path_(std::move(path)) {}

  Result<std::unique_ptr<persist::File>, persist::Trouble> open(std::string_view name) override;
  Result<std::unique_ptr<persist::File>, persist::Trouble> create(std::string_view name, std::uint64_t bytes) override;
  persist::Outcome rename(std::string_view from, std::string_view to) override;
  persist::Outcome remove(std::string_view name) override;
  Result<std::vector<std::string>, persist::Trouble> list() override;

 private:
  std::string path_;
};

}  // namespace warren::logdump
