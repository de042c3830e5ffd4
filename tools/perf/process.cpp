#include "tools/perf/process.hpp"

#include <fmt/core.h>
#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <string>

namespace warren::perf {
namespace {

// Fields of /proc/PID/stat behind the name of the command (proc(5)): state is the first.
constexpr int kFieldsBeforeTimes = 11;

}  // namespace

ProcessUse use_of(int pid) {
  ProcessUse use;
  if (pid == 0) return use;
  std::ifstream stat(fmt::format("/proc/{}/stat", pid));
  std::string line;
  std::getline(stat, line);
  if (const std::size_t name_end = line.rfind(')'); name_end != std::string::npos) {
    std::istringstream fields(line.substr(name_end + 1));
    std::string skipped;
    for (int i = 0; i < kFieldsBeforeTimes; ++i) fields >> skipped;
    double user = 0;
    double system = 0;
    fields >> user >> system;
    use.cpu_s = (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
  }
  std::ifstream memory(fmt::format("/proc/{}/statm", pid));
  std::uint64_t all_pages = 0;
  std::uint64_t resident_pages = 0;
  memory >> all_pages >> resident_pages;
  use.resident_bytes = resident_pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  return use;
}

double own_cpu_s() {
  rusage use{};
  getrusage(RUSAGE_SELF, &use);
  constexpr double kMicro = 1e-6;
  return static_cast<double>(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
         kMicro * static_cast<double>(use.ru_utime.tv_usec + use.ru_stime.tv_usec);
}

}  // namespace warren::perf
