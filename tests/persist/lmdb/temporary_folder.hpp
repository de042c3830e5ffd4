// A folder of its own for a test, gone when the test ends; and small helpers to fill stores and files.
#pragma once

#include <stdlib.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>

#include "base/check.hpp"
#include "persist/lmdb/lmdb_store.hpp"

namespace warren::persist::lmdb {

class TemporaryFolder {
 public:
  enum class Place : std::uint8_t { disk, memory };  // in memory, if there is such a place: where syncing costs nothing

  explicit TemporaryFolder(Place place = Place::disk) {
    std::filesystem::path above = "/dev/shm";
    if (place == Place::disk || ::access(above.c_str(), W_OK) != 0) above = std::filesystem::temp_directory_path();
    std::string path = (above / "warren-store-XXXXXX").string();
    WARREN_CHECK(::mkdtemp(path.data()) != nullptr, "a test can make a folder for itself");
    path_ = path;
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::string file(std::string_view name) const { return (path_ / name).string(); }
  std::size_t files() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(path_), {}));
  }

 private:
  std::filesystem::path path_;
};

inline std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void write_file(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc)
      .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

inline ByteBuffer buffer_of(std::string_view bytes) {
  ByteBuffer buffer;
  buffer.append(bytes);
  return buffer;
}

inline StoreBatch::Put put_of(Table table, std::string key, std::string_view value) {
  return {table, std::move(key), buffer_of(value)};
}

inline Outcome put(Store& store, Table table, std::string key, std::string_view value) {
  StoreBatch batch;
  batch.puts.push_back(put_of(table, std::move(key), value));
  return store.commit(batch);
}

inline Outcome erase(Store& store, Table table, std::string key) {
  StoreBatch batch;
  batch.erases.push_back({table, std::move(key)});
  return store.commit(batch);
}

// "(none)" when there is none, "(damaged)" and the like for trouble.
inline std::string value_of(Store& store, Table table, std::string_view key) {
  ByteBuffer value;
  const auto found = store.get(table, key, value);
  if (!found) return found.error().kind == TroubleKind::damaged ? "(damaged)" : "(" + found.error().text + ")";
  return *found ? std::string(value.view()) : "(none)";
}

inline std::unique_ptr<LmdbStore> open_store(const std::string& path, const StoreSettings& settings = {}) {
  auto opened = LmdbStore::open(path, settings);
  WARREN_CHECK(opened.ok(), opened.ok() ? "" : opened.error().text.c_str());
  return std::move(*opened);
}

// Bytes that look like nothing, the same for the same seed.
inline std::string noise(std::size_t bytes, std::uint64_t seed) {
  std::string made(bytes, '\0');
  for (char& byte : made) {
    seed = seed * 6364136223846793005U + 1442695040888963407U;
    byte = static_cast<char>(seed >> 56);
  }
  return made;
}

}  // namespace warren::persist::lmdb
