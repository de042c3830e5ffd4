#include <fcntl.h>
#include <unistd.h>

#include <deque>
#include <filesystem>
#include <vector>

#include "base/check.hpp"
#include "tests/bench/store/roads.hpp"

namespace warren::bench {

namespace {

constexpr std::uint64_t kSegmentBytes = 32 << 20;
constexpr std::uint64_t kMessagesPerSync = 1'000;
constexpr std::uint64_t kReadBytes = 64 << 10;

class LogRoad final : public Road {
 public:
  LogRoad(std::string folder, std::uint64_t message_bytes, bool recycled)
      : folder_(std::move(folder)),
        message_bytes_(message_bytes),
        per_segment_(kSegmentBytes / message_bytes / kMessagesPerSync * kMessagesPerSync),
        recycled_(recycled) {}
  ~LogRoad() override {
    for (const auto& segment : segments_) ::close(segment.file);
    for (const int file : spare_) ::close(file);
  }

  const char* name() const override { return recycled_ ? "a log, recycled" : "a log, growing"; }

  void write(std::uint64_t first, std::uint64_t count, std::string_view message) override {
    std::string batch;
    for (std::uint64_t i = 0; i < kMessagesPerSync; ++i) batch += message;
    for (std::uint64_t at = first; at < first + count; at += kMessagesPerSync) {
      if (segments_.empty() || at == segments_.back().first + per_segment_) begin_segment(at);
      const int file = segments_.back().file;
      const auto offset = static_cast<off_t>((at - segments_.back().first) * message_bytes_);
      const auto written = ::pwrite(file, batch.data(), batch.size(), offset);
      WARREN_CHECK(written == static_cast<ssize_t>(batch.size()) && ::fdatasync(file) == 0, "the log is written");
    }
  }
  std::uint64_t read(std::uint64_t first, std::uint64_t count) override {
    std::uint64_t bytes = 0;
    std::vector<char> buffer(kReadBytes);
    for (const auto& segment : segments_) {
      if (segment.first < first || segment.first >= first + count) continue;
      const std::uint64_t end = std::min(per_segment_, first + count - segment.first) * message_bytes_;
      for (std::uint64_t at = 0; at < end; at += kReadBytes) {
        const auto length = std::min(kReadBytes, end - at);
        const auto got = ::pread(segment.file, buffer.data(), length, static_cast<off_t>(at));
        WARREN_CHECK(got == static_cast<ssize_t>(length), "the log is read");
        bytes += length;
      }
    }
    return bytes;
  }
  void erase(std::uint64_t first, std::uint64_t count) override {
    while (!segments_.empty() && segments_.front().first < first + count) {
      if (recycled_) {
        spare_.push_back(segments_.front().file);
      } else {
        ::close(segments_.front().file);
        ::unlink(path_of(segments_.front().file_number).c_str());
      }
      segments_.pop_front();
    }
  }
  std::uint64_t disk_bytes() const override {
    std::uint64_t bytes = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) bytes += entry.file_size();
    return bytes;
  }

 private:
  struct Segment {
    std::uint64_t first;  // message
    std::uint64_t file_number;
    int file;
  };

  std::string path_of(std::uint64_t number) const { return folder_ + "/log-" + std::to_string(number); }

  void begin_segment(std::uint64_t first) {
    if (!spare_.empty()) {
      segments_.push_back({first, 0, spare_.front()});
      spare_.pop_front();
      return;
    }
    const int file = ::open(path_of(++files_made_).c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    WARREN_CHECK(file >= 0, "a segment can be made");
    segments_.push_back({first, files_made_, file});
  }

  std::string folder_;
  std::uint64_t message_bytes_;
  std::uint64_t per_segment_;
  bool recycled_;
  std::uint64_t files_made_ = 0;
  std::deque<Segment> segments_;
  std::deque<int> spare_;
};

}  // namespace

std::unique_ptr<Road> make_log_road(const std::string& folder, std::uint64_t message_bytes, bool recycled) {
  return std::make_unique<LogRoad>(folder, message_bytes, recycled);
}

}  // namespace warren::bench
