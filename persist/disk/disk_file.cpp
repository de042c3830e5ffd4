#include "persist/disk/disk_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

namespace warren::persist {

Outcome DiskFile::write(std::uint64_t offset, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t done =
        uninterrupted([&] { return ::pwrite(file_.number(), bytes.data(), bytes.size(), static_cast<off_t>(offset)); });
    if (done < 0) return system_trouble("write", path_, errno);
    if (done == 0) return system_trouble("write", path_, EIO);
    bytes.remove_prefix(static_cast<std::size_t>(done));
    offset += static_cast<std::uint64_t>(done);
  }
  return Done{};
}

Outcome DiskFile::sync() {
  if (uninterrupted([&] { return ::fdatasync(file_.number()); }) != 0) return system_trouble("sync", path_, errno);
  return Done{};
}

void DiskFile::hurry(std::uint64_t offset, std::uint64_t bytes) {
  // Does not wait for the disk, and leaves its errors to sync().
  (void)::sync_file_range(file_.number(), static_cast<off_t>(offset), static_cast<off_t>(bytes), SYNC_FILE_RANGE_WRITE);
}

Result<std::uint64_t, Trouble> DiskFile::read(std::uint64_t offset, char* to, std::uint64_t bytes) {
  std::uint64_t got = 0;
  while (got < bytes) {
    const ssize_t done =
        uninterrupted([&] { return ::pread(file_.number(), to + got, bytes - got, static_cast<off_t>(offset + got)); });
    if (done < 0) return system_trouble("read", path_, errno);
    if (done == 0) break;
    got += static_cast<std::uint64_t>(done);
  }
  return got;
}

std::uint64_t DiskFile::size() const {
  struct stat status {};
  return ::fstat(file_.number(), &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
}

Outcome DiskFile::fill(std::uint64_t bytes) {
  // Tells at once when the space is not there; where it is not known, writing tells it later.
  if (bytes == 0) return Done{};
  int error = 0;
  do error = ::posix_fallocate(file_.number(), 0, static_cast<off_t>(bytes));
  while (error == EINTR);
  if (error != 0 && error != EOPNOTSUPP && error != EINVAL) return system_trouble("make room for", path_, error);
  const std::vector<char> zeros(std::min<std::uint64_t>(bytes, 1 << 20));
  for (std::uint64_t done = 0; done < bytes;) {
    const std::uint64_t step = std::min<std::uint64_t>(zeros.size(), bytes - done);
    if (Outcome outcome = write(done, {zeros.data(), step}); !outcome) return outcome;
    done += step;
  }
  return Done{};
}

}  // namespace warren::persist
