// Runs files, and all files of directories, through the fuzz target it is linked with. Needs no libFuzzer.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

// Returns whether the file could be read. What is wrong with its content ends the process.
bool replay(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    std::fprintf(stderr, "cannot read %s\n", path.c_str());
    return false;
  }
  const std::string input{std::istreambuf_iterator<char>(file), {}};
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  int files = 0;
  bool good = argc > 1;
  for (int i = 1; i < argc; ++i) {
    std::error_code none;
    if (!std::filesystem::is_directory(argv[i], none)) {
      good = replay(argv[i]) && good;
      ++files;
      continue;
    }
    for (const auto& entry : std::filesystem::directory_iterator(argv[i], none)) {
      good = replay(entry.path()) && good;
      ++files;
    }
  }
  std::printf("%d inputs replayed\n", files);
  return good && files > 0 ? 0 : 1;
}
