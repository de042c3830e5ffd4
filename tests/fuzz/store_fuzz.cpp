// A store's file from any bytes: looking at it ends, what is found in it is sound, and what passes for a sound file is
// one that LMDB can read, empty and fill.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.hpp"
#include "persist/lmdb/inspect.hpp"
#include "persist/lmdb/raw/envelope.hpp"
#include "persist/lmdb/rebuild/salvage.hpp"
#include "tests/persist/lmdb/sample_store.hpp"

using namespace warren;
using namespace warren::persist;
using namespace warren::persist::lmdb;

namespace {

// Inputs tell only what is not zero, so that they are small: where it lies, how long it is, and its bytes.
std::string unfold(std::string_view input) {
  constexpr std::size_t kFileBytesMax = 40 * 4096;
  constexpr std::size_t kHeadBytes = 4;
  std::string file;
  while (input.size() >= kHeadBytes) {
    const auto number = [&input](std::size_t at) {
      return static_cast<std::size_t>(static_cast<unsigned char>(input[at]));
    };
    const std::size_t offset = (number(0) << 8 | number(1)) * 16 % kFileBytesMax;
    std::size_t length = number(2) << 8 | number(3);
    input.remove_prefix(kHeadBytes);
    length = std::min({length, input.size(), kFileBytesMax - offset});
    file.resize(std::max(file.size(), (offset + length + 4095) / 4096 * 4096));
    file.replace(offset, length, input.substr(0, length));
    input.remove_prefix(length);
  }
  return file;
}

void use(const std::string& file) {
  const TemporaryFolder folder(TemporaryFolder::Place::memory);
  write_file(folder.file("store"), file);
  const auto store = open_store(folder.file("store"));
  StoreBatch batch;
  for (std::uint8_t i = kTableFirst; i <= kTableLast; ++i) {
    const auto table = static_cast<Table>(i);
    const auto visit = [&](std::string_view key, auto) {
      batch.erases.push_back({table, std::string(key)});
      return true;
    };
    WARREN_CHECK(store->scan(table, "", visit).ok(), "a sound file can be read");
    batch.puts.push_back(put_of(table, "new", std::string(5'000, 'x')));
  }
  WARREN_CHECK(store->commit(batch).ok(), "a sound file can be written");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string file = unfold({reinterpret_cast<const char*>(data), size});
  const MemorySource source(file);
  const Inspection inspection = inspect(source);
  WARREN_CHECK(inspection.state != FileState::sound || inspection.snapshot, "a sound file has a snapshot to use");
  const Salvage salvage = collect(source, inspection.snapshot);
  for (const auto& [name, place] : salvage.records) {
    WARREN_CHECK(place.offset + place.bytes <= file.size(), "a record lies in the file");
    const auto sealed = std::string_view(file).substr(place.offset, place.bytes);
    WARREN_CHECK(is_sound(name.first, name.second, sealed), "what is salvaged is sound");
  }
  if (inspection.state == FileState::sound) use(file);
  return 0;
}
