// Keeps a data folder to one node.
#pragma once

#include <string>
#include <utility>

#include "persist/disk/descriptor.hpp"
#include "persist/trouble.hpp"

namespace warren::persist {

// Held as long as it lives; the system lets go of it when the process ends, however it ends.
class FolderLock {
 public:
  // Trouble when another process, or another lock of this one, has it. Requires: the folder exists.
  static Result<FolderLock, Trouble> take(const std::string& folder);

 private:
  explicit FolderLock(Descriptor file) : file_(std::move(file)) {}

  Descriptor file_;
};

}  // namespace warren::persist
