#include "manage/socket/run_directory.hpp"

#include <dirent.h>
#include <fmt/core.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <fstream>
#include <memory>

namespace warren::manage {
namespace {

constexpr std::string_view kSocketEnding = ".sock";
constexpr std::string_view kOpenToAll = "/tmp/";

std::string value_of(Environment environment, const char* name) {
  const char* value = environment(name);
  return value == nullptr ? std::string() : std::string(value);
}

}  // namespace

std::vector<std::string> run_directories(Environment environment) {
  if (std::string named = value_of(environment, "WARREN_RUN_DIR"); !named.empty()) return {std::move(named)};
  std::vector<std::string> folders{"/run/warren"};
  if (const std::string of_user = value_of(environment, "XDG_RUNTIME_DIR"); !of_user.empty())
    folders.push_back(of_user + "/warren");
  folders.push_back(fmt::format("{}warren-{}", kOpenToAll, ::getuid()));
  return folders;
}

bool trusted(const std::string& directory) {
  struct stat facts;
  if (::lstat(directory.c_str(), &facts) != 0) return false;
  if (!directory.starts_with(fmt::format("{}warren-", kOpenToAll))) return true;
  return S_ISDIR(facts.st_mode) && facts.st_uid == ::getuid() && (facts.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

std::string make_run_directory(const std::vector<std::string>& candidates) {
  constexpr mode_t kOwnerOnly = 0700;
  for (const std::string& folder : candidates) {
    const bool there = ::mkdir(folder.c_str(), kOwnerOnly) == 0 || errno == EEXIST;
    if (there && trusted(folder) && ::access(folder.c_str(), W_OK | X_OK) == 0) return folder;
  }
  return {};
}

bool good_node_name(std::string_view node) {
  return !node.empty() && node.size() < kSocketPathBytesMax && node.front() != '.' &&
         std::ranges::none_of(node, [](char c) { return c == '/' || static_cast<unsigned char>(c) <= ' '; });
}

std::string socket_path(const std::string& directory, std::string_view node) {
  return fmt::format("{}/{}{}", directory, node, kSocketEnding);
}

std::string pid_path(const std::string& directory, std::string_view node) {
  return fmt::format("{}/{}.pid", directory, node);
}

std::vector<std::string> nodes_in(const std::string& directory) {
  std::vector<std::string> nodes;
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(trusted(directory) ? ::opendir(directory.c_str()) : nullptr,
                                                   ::closedir);
  while (const dirent* entry = folder ? ::readdir(folder.get()) : nullptr) {
    const std::string_view name = entry->d_name;
    if (name.size() > kSocketEnding.size() && name.ends_with(kSocketEnding))
      nodes.emplace_back(name.substr(0, name.size() - kSocketEnding.size()));
  }
  std::ranges::sort(nodes);
  return nodes;
}

std::optional<std::int64_t> read_pid(const std::string& path) {
  std::ifstream file(path);
  std::int64_t pid = 0;
  if (!(file >> pid) || pid <= 0) return std::nullopt;
  return pid;
}

bool process_lives(std::int64_t pid) {
  if (::kill(static_cast<pid_t>(pid), 0) != 0 && errno == ESRCH) return false;
  std::ifstream file(fmt::format("/proc/{}/stat", pid));
  std::string line;
  if (!std::getline(file, line)) return true;
  // "123 (name) Z ...": the name may hold anything.
  const std::size_t after_name = line.rfind(") ");
  return after_name == std::string::npos || line.compare(after_name + 2, 1, "Z") != 0;
}

}  // namespace warren::manage
