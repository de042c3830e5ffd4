// Files of a POSIX file system.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "persist/disk/descriptor.hpp"
#include "persist/file.hpp"

namespace warren::persist {

// A folder of a file system. May be used by several threads. Trouble is `full` when the space or the quota is used up.
class DiskFolder : public Folder {
 public:
  // Makes the folder, and those above it, when they are not there.
  static Result<std::unique_ptr<DiskFolder>, Trouble> open(const std::string& path);

  Result<std::unique_ptr<File>, Trouble> open(std::string_view name) override;
  // Also writes the zeros, not only reserves the space: writing over them later changes no metadata, so that syncs are
  // short. Trouble when the name is taken.
  Result<std::unique_ptr<File>, Trouble> create(std::string_view name, std::uint64_t bytes) override;
  Outcome rename(std::string_view from, std::string_view to) override;
  Outcome remove(std::string_view name) override;
  Result<std::vector<std::string>, Trouble> list() override;

 private:
  DiskFolder(std::string path, Descriptor folder) : path_(std::move(path)), folder_(std::move(folder)) {}

  std::string path_of(std::string_view name) const { return path_ + "/" + std::string(name); }
  Outcome sync_names();

  std::string path_;
  Descriptor folder_;
};

}  // namespace warren::persist
