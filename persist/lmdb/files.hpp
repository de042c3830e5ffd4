// What the store asks of the file system beside LMDB. All paths are of files in folders that exist.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "persist/trouble.hpp"

namespace warren::persist::lmdb {

// Closes what it holds.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor();

  int number() const { return number_; }
  bool is_open() const { return number_ >= 0; }

 private:
  int number_ = -1;
};

// "cannot <action> <path>: <the system's words>", of the kind that the system's number tells.
Trouble trouble_of(int system_error, std::string_view action, std::string_view path);

// Everything of the file reaches the disk.
Outcome sync_file(const std::string& path);
// Renames and removals in the folder of this file are durable.
Outcome sync_folder_of(const std::string& path);
// Durable when it returns; replaces `to`. Either name exists at any time.
Outcome move_file(const std::string& from, const std::string& to);
// What is not there is no trouble.
Outcome remove_file(const std::string& path);
// The next free name of the form <path>.damaged-<number>. Of older ones the newest `kept_max` - 1 stay.
Result<std::string, Trouble> make_room_for_damaged(const std::string& path, std::uint32_t kept_max);
// Whether the file can hardly grow by that much: LMDB takes a write that a full disk cut short for a failure.
bool lacks_space(int file, std::uint64_t bytes);
// The size of the file system in which the file lies or will lie, at least 1 GiB, at most 1 TiB: so the disk is full
// before the map is.
std::uint64_t map_bytes_for(const std::string& path);

}  // namespace warren::persist::lmdb
