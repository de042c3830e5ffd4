// Ways to keep many messages on a disk, behind one face.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace warren::bench {

// Messages are numbered from 0 and all alike. Whatever goes wrong ends the program.
class Road {
 public:
  virtual ~Road() = default;

  virtual const char* name() const = 0;
  // Everything is durable when it returns, in steps of the road's own.
  virtual void write(std::uint64_t first, std::uint64_t count, std::string_view message) = 0;
  // In order. Returns the bytes of the messages.
  virtual std::uint64_t read(std::uint64_t first, std::uint64_t count) = 0;
  // The oldest ones.
  virtual void erase(std::uint64_t first, std::uint64_t count) = 0;
  // What the road takes of the disk.
  virtual std::uint64_t disk_bytes() const = 0;
};

// Many messages in each value, several of these in each commit.
std::unique_ptr<Road> make_chunk_road(const std::string& folder, std::uint64_t chunk_bytes,
                                      std::uint64_t message_bytes);
// A value for each message, a thousand of them in each commit.
std::unique_ptr<Road> make_record_road(const std::string& folder);
// Segments of a plain file, synced every thousand messages. Recycled: a segment that is not needed any more is
// overwritten instead of making a new one.
std::unique_ptr<Road> make_log_road(const std::string& folder, std::uint64_t message_bytes, bool recycled);

}  // namespace warren::bench
