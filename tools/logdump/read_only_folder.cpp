#include "tools/logdump/read_only_folder.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "persist/disk/descriptor.hpp"

namespace warren::logdump {
namespace {

using persist::Descriptor;
using persist::File;
using persist::Outcome;
using persist::Trouble;

Trouble refusal() { return {persist::TroubleKind::failed, "files are only read here"}; }

class ReadOnlyFile final : public File {
 public:
  ReadOnlyFile(std::string path, Descriptor file) : path_(std::move(path)), file_(std::move(file)) {}

  Outcome write(std::uint64_t, std::string_view) override { return refusal(); }
  Outcome sync() override { return refusal(); }
  Result<std::uint64_t, Trouble> read(std::uint64_t offset, char* to, std::uint64_t bytes) override {
    std::uint64_t done = 0;
    while (done < bytes) {
      const ssize_t got = persist::uninterrupted(
          [&] { return ::pread(file_.number(), to + done, bytes - done, static_cast<off_t>(offset + done)); });
      if (got < 0) return persist::system_trouble("read", path_, errno);
      if (got == 0) break;
      done += static_cast<std::uint64_t>(got);
    }
    return done;
  }
  std::uint64_t size() const override {
    struct stat information {};
    return ::fstat(file_.number(), &information) == 0 ? static_cast<std::uint64_t>(information.st_size) : 0;
  }

 private:
  std::string path_;
  Descriptor file_;
};

}  // namespace

Result<std::unique_ptr<File>, Trouble> ReadOnlyFolder::open(std::string_view name) {
  const std::string path = path_ + "/" + std::string(name);
  Descriptor file(persist::uninterrupted([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC); }));
  if (!file.open()) return persist::system_trouble("open", path, errno);
  return std::unique_ptr<File>(std::make_unique<ReadOnlyFile>(path, std::move(file)));
}

Result<std::unique_ptr<File>, Trouble> ReadOnlyFolder::create(std::string_view, std::uint64_t) { return refusal(); }
Outcome ReadOnlyFolder::rename(std::string_view, std::string_view) { return refusal(); }
Outcome ReadOnlyFolder::remove(std::string_view) { return refusal(); }

Result<std::vector<std::string>, Trouble> ReadOnlyFolder::list() {
  std::error_code error;
  std::vector<std::string> names;
  std::filesystem::directory_iterator at(path_, error);
  for (; !error && at != std::filesystem::directory_iterator(); at.increment(error))
    names.push_back(at->path().filename().string());
  if (error) return persist::system_trouble("list", path_, error.value());
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace warren::logdump
