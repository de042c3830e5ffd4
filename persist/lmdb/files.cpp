#include "persist/lmdb/files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <vector>

namespace warren::persist::lmdb {

namespace {

std::string folder_of(const std::string& path) {
  const auto parent = std::filesystem::path(path).parent_path().string();
  return parent.empty() ? "." : parent;
}

Outcome sync_path(const std::string& path, int flags) {
  const Descriptor file(::open(path.c_str(), flags | O_CLOEXEC));
  if (!file.is_open() || ::fsync(file.number()) != 0) return trouble_of(errno, "sync", path);
  return Done{};
}

// The numbers behind `prefix` of the names in this folder, ascending.
Result<std::vector<std::uint64_t>, Trouble> numbers_behind(const std::string& folder, const std::string& prefix) {
  std::vector<std::uint64_t> numbers;
  std::error_code error;
  for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    if (!name.starts_with(prefix)) continue;
    std::uint64_t number = 0;
    const char* last = name.data() + name.size();
    const auto [stopped, failed] = std::from_chars(name.data() + prefix.size(), last, number);
    if (failed == std::errc() && stopped == last) numbers.push_back(number);
  }
  if (error) return trouble_of(error.value(), "list", folder);
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

}  // namespace

Descriptor::~Descriptor() {
  if (is_open()) ::close(number_);
}

Trouble trouble_of(int system_error, std::string_view action, std::string_view path) {
  // A limit on the size of files or a quota is as good as a full disk.
  const bool full = system_error == ENOSPC || system_error == EDQUOT || system_error == EFBIG;
  return {full ? TroubleKind::full : TroubleKind::failed,
          fmt::format("cannot {} {}: {}", action, path, std::strerror(system_error))};
}

Outcome sync_file(const std::string& path) { return sync_path(path, O_RDONLY); }

Outcome sync_folder_of(const std::string& path) { return sync_path(folder_of(path), O_RDONLY | O_DIRECTORY); }

Outcome move_file(const std::string& from, const std::string& to) {
  if (std::rename(from.c_str(), to.c_str()) != 0) return trouble_of(errno, "rename to " + to, from);
  return sync_folder_of(to);
}

Outcome remove_file(const std::string& path) {
  if (::unlink(path.c_str()) == 0) return sync_folder_of(path);
  if (errno == ENOENT) return Done{};
  return trouble_of(errno, "remove", path);
}

Result<std::string, Trouble> make_room_for_damaged(const std::string& path, std::uint32_t kept_max) {
  const std::string prefix = std::filesystem::path(path).filename().string() + ".damaged-";
  auto numbers = numbers_behind(folder_of(path), prefix);
  if (!numbers) return numbers.error();
  for (std::size_t i = 0; i + std::max(kept_max, 1U) <= numbers->size(); ++i) {
    const auto removed = remove_file(fmt::format("{}.damaged-{}", path, (*numbers)[i]));
    if (!removed) return removed.error();
  }
  return fmt::format("{}.damaged-{}", path, numbers->empty() ? 1 : numbers->back() + 1);
}

bool lacks_space(int file, std::uint64_t bytes) {
  constexpr std::uint64_t kMargin = 1 << 20;  // trees and lists that change with what is written
  struct statvfs system {};
  if (::fstatvfs(file, &system) == 0 && std::uint64_t{system.f_bavail} * system.f_frsize < bytes + kMargin) return true;
  struct rlimit limit {};
  struct stat information {};
  if (::getrlimit(RLIMIT_FSIZE, &limit) != 0 || ::fstat(file, &information) != 0) return false;
  return limit.rlim_cur != RLIM_INFINITY &&
         static_cast<std::uint64_t>(information.st_size) + bytes + kMargin > limit.rlim_cur;
}

std::uint64_t map_bytes_for(const std::string& path) {
  constexpr std::uint64_t kLeast = std::uint64_t{1} << 30;
  constexpr std::uint64_t kMost = std::uint64_t{1} << 40;
  struct statvfs system {};
  if (::statvfs(folder_of(path).c_str(), &system) != 0) return kLeast;
  const std::uint64_t total = std::uint64_t{system.f_blocks} * system.f_frsize;
  return std::clamp(total, kLeast, kMost) / kLeast * kLeast;
}

}  // namespace warren::persist::lmdb
