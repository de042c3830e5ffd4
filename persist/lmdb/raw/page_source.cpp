#include "persist/lmdb/raw/page_source.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace warren::persist::lmdb {

bool FileSource::read(std::uint64_t offset, char* to, std::uint64_t bytes) const {
  while (bytes > 0) {
    const ssize_t got = ::pread(descriptor_, to, bytes, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    to += got;
    offset += static_cast<std::uint64_t>(got);
    bytes -= static_cast<std::uint64_t>(got);
  }
  return true;
}

std::uint64_t FileSource::size() const {
  struct stat information {};
  return ::fstat(descriptor_, &information) == 0 ? static_cast<std::uint64_t>(information.st_size) : 0;
}

}  // namespace warren::persist::lmdb
