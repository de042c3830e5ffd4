#include "persist/disk/disk_folder.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "persist/disk/disk_file.hpp"

namespace warren::persist {
namespace {

constexpr mode_t kFolderMode = 0750;
constexpr mode_t kFileMode = 0640;

Descriptor open_folder(const std::string& path) {
  return Descriptor(uninterrupted([&] { return ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); }));
}

// Makes one folder whose parent exists, durably.
Outcome make_folder(const std::string& path) {
  if (::mkdir(path.c_str(), kFolderMode) != 0) {
    if (errno == EEXIST) return Done{};
    return system_trouble("make the folder", path, errno);
  }
  const std::size_t slash = path.rfind('/');
  const std::string parent = slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
  const Descriptor above = open_folder(parent);
  if (!above.open() || ::fsync(above.number()) != 0) return system_trouble("sync the folder", parent, errno);
  return Done{};
}

Outcome make_folders(const std::string& path) {
  for (std::size_t end = 0; end != std::string::npos;) {
    end = path.find('/', end + 1);
    struct stat status {};
    const std::string part = path.substr(0, end);
    if (::stat(part.c_str(), &status) == 0) continue;
    if (Outcome outcome = make_folder(part); !outcome) return outcome;
  }
  return Done{};
}

}  // namespace

Result<std::unique_ptr<DiskFolder>, Trouble> DiskFolder::open(const std::string& path) {
  if (Outcome outcome = make_folders(path); !outcome) return std::move(outcome.error());
  Descriptor folder = open_folder(path);
  if (!folder.open()) return system_trouble("open the folder", path, errno);
  return std::unique_ptr<DiskFolder>(new DiskFolder(path, std::move(folder)));
}

Result<std::unique_ptr<File>, Trouble> DiskFolder::open(std::string_view name) {
  const std::string text(name);
  Descriptor file(uninterrupted([&] { return ::openat(folder_.number(), text.c_str(), O_RDWR | O_CLOEXEC); }));
  if (!file.open()) return system_trouble("open", path_of(name), errno);
  return std::unique_ptr<File>(std::make_unique<DiskFile>(path_of(name), std::move(file)));
}

Result<std::unique_ptr<File>, Trouble> DiskFolder::create(std::string_view name, std::uint64_t bytes) {
  const std::string text(name);
  constexpr int kFlags = O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC;
  Descriptor descriptor(uninterrupted([&] { return ::openat(folder_.number(), text.c_str(), kFlags, kFileMode); }));
  if (!descriptor.open()) return system_trouble("make", path_of(name), errno);
  auto file = std::make_unique<DiskFile>(path_of(name), std::move(descriptor));
  Outcome outcome = file->fill(bytes);
  if (outcome) outcome = file->sync();
  if (outcome) outcome = sync_names();
  if (!outcome) {
    ::unlinkat(folder_.number(), text.c_str(), 0);
    return std::move(outcome.error());
  }
  return std::unique_ptr<File>(std::move(file));
}

Outcome DiskFolder::rename(std::string_view from, std::string_view to) {
  const std::string before(from);
  const std::string after(to);
  if (::renameat(folder_.number(), before.c_str(), folder_.number(), after.c_str()) != 0)
    return system_trouble("rename", path_of(from), errno);
  return sync_names();
}

Outcome DiskFolder::remove(std::string_view name) {
  const std::string text(name);
  if (::unlinkat(folder_.number(), text.c_str(), 0) != 0) return system_trouble("remove", path_of(name), errno);
  return sync_names();
}

Result<std::vector<std::string>, Trouble> DiskFolder::list() {
  // A descriptor of its own: reading a folder moves a place that would be shared.
  const int fresh = ::openat(folder_.number(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const std::unique_ptr<DIR, int (*)(DIR*)> entries(fresh < 0 ? nullptr : ::fdopendir(fresh), &::closedir);
  if (entries == nullptr) {
    const Trouble trouble = system_trouble("list", path_, errno);
    if (fresh >= 0) ::close(fresh);
    return trouble;
  }
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = ::readdir(entries.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  if (errno != 0) return system_trouble("list", path_, errno);
  std::sort(names.begin(), names.end());
  return names;
}

Outcome DiskFolder::sync_names() {
  if (uninterrupted([&] { return ::fsync(folder_.number()); }) != 0)
    return system_trouble("sync the folder", path_, errno);
  return Done{};
}

}  // namespace warren::persist
