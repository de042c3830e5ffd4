// logdump: what journals and stores hold, printed for people. Changes nothing.
#include <fcntl.h>
#include <fmt/core.h>

#include <charconv>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "persist/disk/descriptor.hpp"
#include "persist/journal/format.hpp"
#include "tools/logdump/journal_dump.hpp"
#include "tools/logdump/read_only_folder.hpp"
#include "tools/logdump/store_dump.hpp"

using namespace warren;
namespace fs = std::filesystem;

namespace {

constexpr int kUsage = 64;
constexpr int kNoInput = 66;
constexpr std::string_view kHelp =
    "usage: logdump [--quote BYTES] PATH...\n"
    "Prints what a journal's file, a folder of journals, a store's file or a whole data folder holds. Changes "
    "nothing.\n"
    "  --quote BYTES  of each body, in quotes; 40 without it\n"
    "Ends with 1 when something is broken; what is broken is told in its place. On the files of a running node, what "
    "is\n"
    "written meanwhile may look broken.\n";

struct Options {
  std::size_t quote_max = 40;
  std::vector<std::string> paths;
};

std::optional<Options> read_options(int count, char** words) {
  Options options;
  for (int i = 1; i < count; ++i) {
    const std::string_view word = words[i];
    if (word == "--quote") {
      if (++i == count) return std::nullopt;
      const std::string_view number = words[i];
      const auto [end, error] = std::from_chars(number.begin(), number.end(), options.quote_max);
      if (error != std::errc() || end != number.end()) return std::nullopt;
    } else if (word.starts_with("-")) {
      return std::nullopt;
    } else {
      options.paths.emplace_back(word);
    }
  }
  if (options.paths.empty()) return std::nullopt;
  return options;
}

void print(std::string_view line) { fmt::print("{}\n", line); }

bool dump_store_file(const std::string& path, std::size_t quote_max) {
  const persist::Descriptor file(persist::uninterrupted([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC); }));
  if (!file.open()) return print(persist::system_trouble("open", path, errno).text), false;
  return logdump::dump_store(persist::lmdb::FileSource(file.number()), quote_max, print);
}

bool dump(const fs::path& path, std::size_t quote_max) {
  std::error_code error;
  print(path.string() + ":");
  if (!fs::is_directory(path, error)) {
    const std::string name = path.filename().string();
    if (!persist::parse_slot_name(name)) return dump_store_file(path.string(), quote_max);
    logdump::ReadOnlyFolder folder(path.has_parent_path() ? path.parent_path().string() : ".");
    return logdump::dump_journal_file(folder, name, quote_max, print);
  }
  bool sound = true;
  const bool whole = fs::exists(path / "store", error);
  if (whole) sound &= dump(path / "store", quote_max);
  if (fs::is_directory(path / "journal", error)) return dump(path / "journal", quote_max) && sound;
  if (whole) return sound;
  logdump::ReadOnlyFolder folder(path.string());
  return logdump::dump_journals(folder, quote_max, print);
}

}  // namespace

int main(int count, char** words) {
  if (count == 2 && std::string_view(words[1]) == "--help") {
    fmt::print("{}", kHelp);
    return 0;
  }
  const std::optional<Options> options = read_options(count, words);
  if (!options) {
    fmt::print(stderr, "{}", kHelp);
    return kUsage;
  }
  for (const std::string& path : options->paths) {
    std::error_code error;
    if (fs::exists(path, error)) continue;
    fmt::print(stderr, "logdump: there is no {}\n", path);
    return kNoInput;
  }
  bool sound = true;
  for (const std::string& path : options->paths) sound &= dump(path, options->quote_max);
  return sound ? 0 : 1;
}
