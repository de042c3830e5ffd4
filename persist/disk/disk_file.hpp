// One file of a file system.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "persist/disk/descriptor.hpp"
#include "persist/file.hpp"

namespace warren::persist {

class DiskFile : public File {
 public:
  // The path is for the texts of trouble.
  DiskFile(std::string path, Descriptor file) : path_(std::move(path)), file_(std::move(file)) {}

  Outcome write(std::uint64_t offset, std::string_view bytes) override;
  Outcome sync() override;
  void hurry(std::uint64_t offset, std::uint64_t bytes) override;
  Result<std::uint64_t, Trouble> read(std::uint64_t offset, char* to, std::uint64_t bytes) override;
  std::uint64_t size() const override;

  // Takes the space and fills it with zeros. Not durable before sync().
  Outcome fill(std::uint64_t bytes);

 private:
  std::string path_;
  Descriptor file_;
};

}  // namespace warren::persist
