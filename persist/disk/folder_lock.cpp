#include "persist/disk/folder_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

#include <cerrno>

namespace warren::persist {

Result<FolderLock, Trouble> FolderLock::take(const std::string& folder) {
  const std::string path = folder + "/lock";
  Descriptor file(uninterrupted([&] { return ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640); }));
  if (!file.open()) return system_trouble("open", path, errno);
  if (uninterrupted([&] { return ::flock(file.number(), LOCK_EX | LOCK_NB); }) == 0) return FolderLock(std::move(file));
  if (errno != EWOULDBLOCK) return system_trouble("lock", path, errno);
  return Trouble{TroubleKind::failed,
                 fmt::format("the data folder {} is in use by another running node: stop that one, or give this one a "
                             "folder of its own",
                             folder)};
}

}  // namespace warren::persist
