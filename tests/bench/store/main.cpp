// What it costs to keep many messages on a disk, in several ways. See README.md.
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/check.hpp"
#include "tests/bench/store/roads.hpp"

using namespace warren;
using namespace warren::bench;

namespace {

constexpr std::uint64_t kMiB = 1 << 20;
constexpr std::uint64_t kChunkBytes = 64'000;

double seconds_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// A new folder for each round, as a new file is slower than one that was written before.
class Folder {
 public:
  explicit Folder(const std::string& above) : path_(above + "/bench-store") {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

using Make = std::function<std::unique_ptr<Road>(const std::string& folder, std::uint64_t message_bytes)>;

struct Figures {
  double write = 0;  // messages per second
  double read = 0;
  double erase = 0;
  double refill = 0;
  std::uint64_t filled_bytes = 0;
  std::uint64_t refilled_bytes = 0;
};

Figures measure(Road& road, std::uint64_t messages, std::uint64_t message_bytes) {
  const std::string message(message_bytes, 'm');
  const auto rate = [messages](double seconds) { return static_cast<double>(messages) / seconds; };
  Figures figures;
  figures.write = rate(seconds_of([&] { road.write(0, messages, message); }));
  figures.filled_bytes = road.disk_bytes();
  std::uint64_t bytes = 0;
  figures.read = rate(seconds_of([&] { bytes = road.read(0, messages); }));
  WARREN_CHECK(bytes == messages * message_bytes, "all messages were read");
  figures.erase = rate(seconds_of([&] { road.erase(0, messages); }));
  figures.refill = rate(seconds_of([&] { road.write(messages, messages, message); }));
  figures.refilled_bytes = road.disk_bytes();
  return figures;
}

double median(std::vector<Figures>& rounds, double Figures::*which) {
  std::sort(rounds.begin(), rounds.end(), [which](const auto& a, const auto& b) { return a.*which < b.*which; });
  return rounds[rounds.size() / 2].*which / 1000;
}

void compare(const std::string& above, std::uint64_t total_bytes, int rounds_max) {
  const std::array<Make, 4> roads{
      [](auto& folder, auto bytes) { return make_chunk_road(folder, kChunkBytes, bytes); },
      [](auto& folder, auto) { return make_record_road(folder); },
      [](auto& folder, auto bytes) { return make_log_road(folder, bytes, false); },
      [](auto& folder, auto bytes) { return make_log_road(folder, bytes, true); },
  };
  std::printf("%-22s %6s %9s %9s %9s %9s %9s %9s\n", "thousands/s", "bytes", "write", "read", "erase", "refill",
              "MiB full", "MiB again");
  for (const std::uint64_t message_bytes : {128, 1024}) {
    // A whole number of syncs, chunks and segments.
    const std::uint64_t messages = total_bytes / message_bytes / 32'000 * 32'000;
    for (const Make& make : roads) {
      std::vector<Figures> rounds;
      std::string name;
      for (int round = 0; round < rounds_max; ++round) {
        const Folder folder(above);
        const auto road = make(folder.path(), message_bytes);
        name = road->name();
        rounds.push_back(measure(*road, messages, message_bytes));
      }
      std::printf("%-22s %6lu %9.0f %9.0f %9.0f %9.0f %9lu %9lu\n", name.c_str(), message_bytes,
                  median(rounds, &Figures::write), median(rounds, &Figures::read), median(rounds, &Figures::erase),
                  median(rounds, &Figures::refill), rounds[0].filled_bytes / kMiB, rounds[0].refilled_bytes / kMiB);
      std::fflush(stdout);
    }
  }
}

// Filling, draining and filling again, and a queue through which much passes, for several sizes of chunks.
void try_sizes(const std::string& above, std::uint64_t total_bytes) {
  constexpr std::uint64_t kMessageBytes = 1'000;
  const std::string message(kMessageBytes, 'm');
  std::printf("%-10s %8s %8s %8s %8s %10s %10s\n", "MB/s", "fill", "drain", "refill", "passing", "MiB full",
              "MiB after");
  for (const std::uint64_t chunk_bytes : {4'000, 16'000, 32'000, 64'000, 128'000, 256'000, 1'000'000}) {
    const Folder folder(above);
    const auto road = make_chunk_road(folder.path(), chunk_bytes, kMessageBytes);
    const std::uint64_t messages = total_bytes / 4'000'000 * 4'000;
    const auto rate = [](std::uint64_t count, double seconds) {
      return static_cast<double>(count * kMessageBytes) / seconds / 1e6;
    };
    const double fill = seconds_of([&] { road->write(0, messages, message); });
    const std::uint64_t full_bytes = road->disk_bytes();
    const double drain = seconds_of([&] { road->erase(0, messages); });
    const double refill = seconds_of([&] { road->write(messages, messages, message); });
    // As much waits in the queue all the time; as much again passes.
    const std::uint64_t step = 4'000;
    const double passing = seconds_of([&] {
      for (std::uint64_t at = 0; at < messages; at += step) {
        road->write(2 * messages + at, step, message);
        road->erase(messages + at, step);
      }
    });
    std::printf("%-10lu %8.0f %8.0f %8.0f %8.0f %10lu %10lu\n", chunk_bytes, rate(messages, fill),
                rate(messages, drain), rate(messages, refill), rate(messages, passing), full_bytes / kMiB,
                road->disk_bytes() / kMiB);
    std::fflush(stdout);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3 || argc > 4 || (std::string(argv[1]) != "compare" && std::string(argv[1]) != "sizes")) {
    std::fprintf(stderr, "usage: bench-store compare|sizes FOLDER [MEGABYTES]\n");
    return 64;
  }
  const std::uint64_t total_bytes = (argc == 4 ? std::strtoull(argv[3], nullptr, 10) : 256) * 1'000'000;
  if (std::string(argv[1]) == "compare") compare(argv[2], total_bytes, 3);
  if (std::string(argv[1]) == "sizes") try_sizes(argv[2], total_bytes);
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::printf("at most %ld MiB of memory were taken\n", usage.ru_maxrss / 1024);
  return 0;
}
