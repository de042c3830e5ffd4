#include "tools/logdump/store_dump.hpp"

#include <fmt/core.h>

#include "persist/lmdb/inspect.hpp"
#include "persist/lmdb/raw/tree_walk.hpp"
#include "persist/lmdb/schema.hpp"

namespace warren::logdump {
namespace {

using namespace persist::lmdb;

// Larger values are told and not shown.
constexpr std::uint64_t kShownBytesMax = 256 << 20;

// Of keys that cannot be read any better.
std::string raw_words(persist::Table table, std::string_view key) {
  return fmt::format("{}: key {}", name_of(table), quoted(key, persist::kKeyBytesMax));
}

class StoreDump {
 public:
  StoreDump(const PageSource& source, std::size_t quote_max, const Print& print)
      : source_(source), quote_max_(quote_max), print_(print) {}

  bool walk(const MetaPage& snapshot) {
    print_(fmt::format("snapshot of transaction {}, pages of {} bytes, the last one is {}", snapshot.transaction,
                       snapshot.page_bytes, snapshot.last_page));
    WalkOptions options;
    options.check_bodies = true;
    options.found = [this](const FoundValue& value) { show(value); };
    const Findings findings = walk_trees(source_, snapshot, options);
    for (const DamagedValue& damaged : findings.damaged) print_(raw_words(damaged.table, damaged.key) + ", BROKEN");
    if (findings.values_damaged > findings.damaged.size())
      print_(fmt::format("{} more values are broken", findings.values_damaged - findings.damaged.size()));
    if (!findings.sound()) print_(fmt::format("{} faults in the trees: {}", findings.faults, findings.first_fault));
    return sound_ && findings.sound() && findings.values_damaged == 0;
  }

 private:
  void show(const FoundValue& value) {
    if (value.bytes - kEnvelopeHeadBytes > kShownBytesMax)
      return print_(fmt::format("{}, {} bytes", raw_words(value.table, value.key), value.bytes - kEnvelopeHeadBytes));
    // A running node may have written meanwhile.
    bytes_.clear();
    char* const to = bytes_.extend(value.bytes);
    if (!source_.read(value.offset, to, value.bytes) || !is_sound(value.table, value.key, bytes_.view())) {
      print_(raw_words(value.table, value.key) + ", BROKEN");
      sound_ = false;
    } else if (!print_value(value.table, value.key, opened(bytes_.view()), quote_max_, print_)) {
      print_(raw_words(value.table, value.key) + ", whole, but makes no sense");
      sound_ = false;
    }
  }

  const PageSource& source_;
  std::size_t quote_max_;
  const Print& print_;
  ByteBuffer bytes_;
  bool sound_ = true;
};

}  // namespace

bool dump_store(const PageSource& source, std::size_t quote_max, const Print& print) {
  const Inspection inspection = inspect(source);
  switch (inspection.state) {
    case FileState::newer:
      return print(fmt::format("written by a newer program, schema {}", inspection.schema_found)), false;
    case FileState::other: return print("made by LMDB, but not by Warren"), false;
    case FileState::unknown: return print("nothing in it tells of a store"), false;
    case FileState::broken:
    case FileState::sound: break;
  }
  const bool sound = inspection.state == FileState::sound && !inspection.fallback;
  if (!sound) print(fmt::format("the file is BROKEN: {}", inspection.fault));
  if (!inspection.snapshot) return false;
  return StoreDump(source, quote_max, print).walk(*inspection.snapshot) && sound;
}

}  // namespace warren::logdump
