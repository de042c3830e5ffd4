// warren: one node of the broker.
#include <fmt/core.h>

#include <cstdio>
#include <cstring>
#include <exception>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "node/settings/settings.hpp"
#include "server/server.hpp"

namespace {

// Exit codes as in sysexits.h.
constexpr int kUsage = 64;
constexpr int kUnavailable = 69;

std::optional<std::string> read_file(const std::string& path) {
  std::ifstream file(path);
  if (!file) return std::nullopt;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

int complain(const std::string& sentence, int code) {
  fmt::print(stderr, "warren: {}\n", sentence);
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  for (const std::string& argument : arguments) {
    if (argument == "--help") return fmt::print("{}", warren::node::usage()), 0;
    if (argument == "--version") return fmt::print("warren {}\n", WARREN_VERSION), 0;
  }
  auto settings = warren::node::read_arguments(arguments, read_file);
  if (!settings) return complain(settings.error(), kUsage);
  try {
    using warren::server::Server;
    while (Server(*settings).run() == Server::End::begin_again) {}
  } catch (const std::exception& error) { return complain(error.what(), kUnavailable); }
  return 0;
}
