#include "persist/lmdb/start.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <vector>

#include "persist/lmdb/files.hpp"
#include "persist/lmdb/inspect.hpp"
#include "persist/lmdb/rebuild/compact.hpp"
#include "persist/lmdb/rebuild/replacement.hpp"
#include "persist/lmdb/rebuild/salvage.hpp"

namespace warren::persist::lmdb {

namespace {

Outcome make_empty(const std::string& path, const StoreSettings& settings) {
  return replace_store(path, settings.map_bytes, 0, [](Environment&) -> Outcome { return Done{}; });
}

Trouble foreign(std::string text) { return {TroubleKind::foreign, std::move(text)}; }

Trouble newer(const std::string& path, std::uint32_t schema) {
  return foreign(fmt::format("the data in {} was written by a newer Warren (schema {}, this program knows {})", path,
                             schema, kSchemaKnown));
}

// LMDB takes the newer of the two meta pages, so the one that is not to be used becomes an older copy of the other.
Outcome settle_on(const Inspection& inspection, int file, const std::string& path) {
  const std::uint64_t page_bytes = inspection.snapshot->page_bytes;
  const std::uint64_t other = 1 - inspection.slot;
  std::array<char, kMetaBytes> bytes;
  const FileSource source(file);
  if (!source.read(inspection.slot * page_bytes, bytes.data(), bytes.size())) return trouble_of(EIO, "read", path);
  renumber_meta_page(bytes.data(), other, std::max<std::uint64_t>(inspection.snapshot->transaction, 1) - 1);
  const auto written = ::pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(other * page_bytes));
  if (written != static_cast<ssize_t>(bytes.size())) return trouble_of(written < 0 ? errno : EIO, "write to", path);
  if (::fdatasync(file) != 0) return trouble_of(errno, "sync", path);
  return Done{};
}

// The damaged file gets a second name, so that it stays when another takes its first one.
void set_aside(const std::string& path, const StoreSettings& settings, StoreReport& report) {
  const auto name = make_room_for_damaged(path, settings.damaged_kept_max);
  if (!name) return report.sentences.push_back(name.error().text);
  if (::link(path.c_str(), name->c_str()) != 0) {
    return report.sentences.push_back(trouble_of(errno, "keep the damaged file as " + *name + " beside", path).text);
  }
  report.set_aside = *name;
  report.sentences.push_back("the damaged file is kept as " + *name);
}

void tell_damaged(std::uint64_t count, std::vector<DamagedValue> damaged, const std::string& path,
                  StoreReport& report) {
  report.values_damaged = count;
  report.damaged = std::move(damaged);
  if (count > 0)
    report.sentences.push_back(fmt::format("{} values in {} are damaged and will not be used", count, path));
}

// Whether there is nothing in the file at all, as a crash may leave it behind.
bool is_blank(const PageSource& source) {
  std::vector<char> part(std::size_t{64} << 10);
  for (std::uint64_t offset = 0; offset < source.size();) {
    const std::uint64_t length = std::min<std::uint64_t>(part.size(), source.size() - offset);
    if (!source.read(offset, part.data(), length)) return false;
    if (std::any_of(part.begin(), part.begin() + static_cast<std::ptrdiff_t>(length), [](char c) { return c != 0; })) {
      return false;
    }
    offset += length;
  }
  return true;
}

Outcome rebuild(const std::string& path, const StoreSettings& settings, const FileSource& source,
                const Inspection& inspection, StoreReport& report) {
  const bool blank = is_blank(source);
  Salvage salvage = blank ? Salvage() : collect(source, inspection.snapshot);
  if (!blank && inspection.state == FileState::unknown && salvage.records.empty()) {
    return foreign(path + " is not a store of Warren's; it is left as it is");
  }
  const auto schema = schema_of(source, salvage);
  if (schema && schema->number > kSchemaKnown) return newer(path, schema->number);
  report.sentences.push_back(fmt::format("{} is damaged: {}", path,
                                         inspection.fault.empty() ? "the meta pages are missing" : inspection.fault));
  set_aside(path, settings, report);
  const auto replaced = replace_store(path, settings.map_bytes, salvage.newest_commit,
                                      [&](Environment& to) { return copy_records(source, salvage, to); });
  if (!replaced) {
    if (!report.set_aside.empty()) (void)remove_file(report.set_aside);
    return replaced;
  }
  report.salvaged = true;
  report.records_salvaged = salvage.records.size() - salvage.records.count({Table::meta, std::string(kSchemaKey)});
  report.sentences.push_back(
      fmt::format("{} records of it were salvaged; others may be missing", report.records_salvaged));
  tell_damaged(salvage.values_damaged, std::move(salvage.damaged), path, report);
  return replaced;
}

// Afterwards LMDB may open the file.
Outcome mend(const std::string& path, const StoreSettings& settings, StoreReport& report) {
  const Descriptor file(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  if (!file.is_open()) return trouble_of(errno, "open", path);
  struct stat information {};
  if (::fstat(file.number(), &information) != 0) return trouble_of(errno, "open", path);
  if (!S_ISREG(information.st_mode)) return foreign(path + " is not a plain file");
  const FileSource source(file.number());
  Inspection inspection = inspect(source);
  switch (inspection.state) {
    case FileState::newer: return newer(path, inspection.schema_found);
    case FileState::other: return foreign(path + " was made by another program than Warren; it is left as it is");
    case FileState::broken:
    case FileState::unknown: return rebuild(path, settings, source, inspection, report);
    case FileState::sound: break;
  }
  if (inspection.fallback) {
    if (auto settled = settle_on(inspection, file.number(), path); !settled) return settled;
    report.fallback = true;
    report.sentences.push_back(
        fmt::format("{} is damaged: {}; the commit before the newest is used", path, inspection.fault));
  }
  tell_damaged(inspection.values_damaged, std::move(inspection.damaged), path, report);
  return Done{};
}

bool is_empty_or_missing(const std::string& path) {
  struct stat information {};
  if (::stat(path.c_str(), &information) != 0) return errno == ENOENT;
  return S_ISREG(information.st_mode) && information.st_size == 0;
}

}  // namespace

Result<std::unique_ptr<Environment>, Trouble> start(const std::string& path, const StoreSettings& settings,
                                                    StoreReport& report) {
  if (const auto removed = remove_file(replacement_path(path)); !removed) return removed.error();
  report.created = is_empty_or_missing(path);
  const auto ready = report.created ? make_empty(path, settings) : mend(path, settings, report);
  if (!ready) return ready.error();
  if (settings.compact && !report.created && !report.salvaged) {
    const auto compacted = compact(path, settings.map_bytes);
    report.compacted = compacted.ok();
    if (!compacted) report.sentences.push_back(compacted.error().text);
  }
  auto environment = Environment::open(path, settings.map_bytes);
  if (!environment || !report.fallback) return environment;
  // The commit that was lost had the number that the next one would get.
  const auto rebased = (*environment)->rebase((*environment)->commit_base() + 1);
  if (!rebased) report.sentences.push_back(rebased.error().text);
  return environment;
}

}  // namespace warren::persist::lmdb
