// Where bytes of a store's file come from.
#pragma once

#include <cstdint>

namespace warren::persist::lmdb {

class PageSource {
 public:
  virtual ~PageSource() = default;

  // Reads exactly that much. False: the file ends before, or the device does not give it.
  virtual bool read(std::uint64_t offset, char* to, std::uint64_t bytes) const = 0;
  virtual std::uint64_t size() const = 0;
};

// A file that someone else keeps open.
class FileSource final : public PageSource {
 public:
  explicit FileSource(int descriptor) : descriptor_(descriptor) {}

  bool read(std::uint64_t offset, char* to, std::uint64_t bytes) const override;
  std::uint64_t size() const override;

 private:
  int descriptor_;
};

}  // namespace warren::persist::lmdb
