// Files, as far as the journal needs them. The disk and the simulator stand behind this interface.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "persist/trouble.hpp"

namespace warren::persist {

// An open file. Used by one thread at a time, but for sync(), which may run beside write().
class File {
 public:
  virtual ~File() = default;

  // Writes all of it, or reports why not; then an unknown part of the range holds the new bytes. Not durable before
  // sync().
  virtual Outcome write(std::uint64_t offset, std::string_view bytes) = 0;
  // Everything that was written before the call is durable when it returns without trouble.
  virtual Outcome sync() = 0;
  // These bytes may go to the disk now, so that the next sync() waits less. Promises nothing, and tells no trouble.
  virtual void hurry(std::uint64_t offset, std::uint64_t bytes) {
    (void)offset;
    (void)bytes;
  }
  // Reads up to `bytes` bytes; fewer only at the end of the file.
  virtual Result<std::uint64_t, Trouble> read(std::uint64_t offset, char* to, std::uint64_t bytes) = 0;
  virtual std::uint64_t size() const = 0;
};

// One folder of files. Names are plain, without separators.
class Folder {
 public:
  virtual ~Folder() = default;

  // Opens what exists.
  virtual Result<std::unique_ptr<File>, Trouble> open(std::string_view name) = 0;
  // Makes a file of that size whose space is really taken and whose bytes are zero, synced, so that writing to it later
  // neither grows it nor fails for want of space. Leaves no file behind when it fails.
  virtual Result<std::unique_ptr<File>, Trouble> create(std::string_view name, std::uint64_t bytes) = 0;
  // Durable when it returns. Replaces `to`.
  virtual Outcome rename(std::string_view from, std::string_view to) = 0;
  virtual Outcome remove(std::string_view name) = 0;
  // All names, sorted.
  virtual Result<std::vector<std::string>, Trouble> list() = 0;
};

}  // namespace warren::persist
