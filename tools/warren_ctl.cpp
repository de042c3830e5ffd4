// warrenctl: what operators ask of a node, through its control socket.
#include <fmt/core.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "manage/socket/run_directory.hpp"
#include "tools/ctl/node/find_node.hpp"
#include "tools/ctl/node/http_door.hpp"
#include "tools/ctl/node/socket_door.hpp"
#include "tools/ctl/run.hpp"

namespace {

constexpr int kCrashed = 1;

const char* environment(const char* name) { return std::getenv(name); }

std::optional<std::string> read_password() {
  std::string line;
  if (!std::getline(std::cin, line) || line.empty()) return std::nullopt;
  return line;
}

void print(std::FILE* file, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), file);
  std::fflush(file);
}

std::unique_ptr<warren::ctl::NodeDoor> open(const std::string& named) {
  std::vector<std::string> folders = warren::manage::run_directories(environment);
  std::string node = warren::ctl::node_meant(named, environment, folders);
  return std::make_unique<warren::ctl::SocketDoor>(std::move(node), std::move(folders));
}

std::string base_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

}  // namespace

int main(int argc, char** argv) {
  const warren::ctl::Surroundings around{
      .program = argc > 0 ? base_name(argv[0]) : "warrenctl",
      .version = WARREN_VERSION,
      .out = [](std::string_view text) { print(stdout, text); },
      .err = [](std::string_view text) { print(stderr, text); },
      .read_password = read_password,
      .open = open,
      .open_url = [](const warren::ctl::NodeUrl& url) { return std::make_unique<warren::ctl::HttpNodeDoor>(url); },
  };
  try {
    return warren::ctl::run({argv + std::min(argc, 1), argv + argc}, around);
  } catch (const std::exception& error) {
    fmt::print(stderr, "Error:\n{}\n", error.what());
    return kCrashed;
  }
}
