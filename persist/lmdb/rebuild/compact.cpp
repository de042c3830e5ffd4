#include "persist/lmdb/rebuild/compact.hpp"

#include <vector>

#include "persist/lmdb/raw/page_source.hpp"
#include "persist/lmdb/rebuild/replacement.hpp"
#include "persist/lmdb/rebuild/sealed_writer.hpp"

namespace warren::persist::lmdb {

namespace {

// LMDB's own copy trusts the heads of large values, which nobody has looked at; this one does not read them.
Outcome copy_table(Environment& from, MDB_txn* reading, Table table, SealedWriter& writer) {
  MDB_cursor* cursor = nullptr;
  int error = mdb_cursor_open(reading, from.table(table), &cursor);
  if (error != 0) return lmdb_trouble(error, "read", from.path());
  const std::unique_ptr<MDB_cursor, decltype(&mdb_cursor_close)> closing(cursor, &mdb_cursor_close);
  const FileSource file(from.descriptor());
  std::vector<char> sealed;
  MDB_val key{};
  MDB_val found{};
  while ((error = mdb_cursor_get(cursor, &key, &found, MDB_NEXT)) == 0) {
    if (table == Table::meta && as_view(key) == kSchemaKey) continue;
    sealed.assign(found.mv_size, '\0');
    // What cannot be read stays zero, which no checksum fits.
    const auto* place = static_cast<const char*>(found.mv_data);
    (void)file.read(static_cast<std::uint64_t>(place - from.map()), sealed.data(), sealed.size());
    if (auto written = writer.put(table, as_view(key), {sealed.data(), sealed.size()}); !written) return written;
  }
  if (error != MDB_NOTFOUND) return lmdb_trouble(error, "read", from.path());
  return Done{};
}

}  // namespace

Outcome compact(const std::string& path, std::uint64_t map_bytes) {
  auto opened = Environment::open(path, map_bytes);
  if (!opened) return opened.error();
  Environment& from = **opened;
  auto reading = from.begin(MDB_RDONLY);
  if (!reading) return reading.error();
  // LMDB begins to count anew in the new file.
  const std::uint64_t commit_base = from.commit_base() + mdb_txn_id(reading->get());
  return replace_store(path, map_bytes, commit_base, [&](Environment& to) -> Outcome {
    SealedWriter writer(to);
    for (std::uint8_t i = kTableFirst; i <= kTableLast; ++i) {
      if (auto copied = copy_table(from, reading->get(), static_cast<Table>(i), writer); !copied) return copied;
    }
    return writer.finish();
  });
}

}  // namespace warren::persist::lmdb
