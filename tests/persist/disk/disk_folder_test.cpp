#include "persist/disk/disk_folder.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <string>
#include <vector>

#include "tests/persist/disk/temporary_folder.hpp"
#include "tests/persist/journal/journal_life.hpp"

namespace warren::disk_folder_test {

using namespace warren::persist;

TEST_CASE("folders are made when they are not there, and opened when they are") {
  TemporaryFolder temporary;
  const std::string path = temporary.path() + "/a/b/c";
  CHECK(DiskFolder::open(path).ok());
  CHECK(DiskFolder::open(path + "/").ok());
  auto folder = DiskFolder::open(path);
  REQUIRE(folder.ok());
  CHECK((*folder)->list().value().empty());
}

TEST_CASE("a folder where a file stands is trouble that names it") {
  TemporaryFolder temporary;
  auto folder = DiskFolder::open(temporary.path());
  REQUIRE(folder.ok());
  REQUIRE((*folder)->create("file", 10).ok());
  const auto refused = DiskFolder::open(temporary.path() + "/file/below");
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().kind == TroubleKind::failed);
  CHECK(refused.error().text == "cannot make the folder " + temporary.path() + "/file/below: Not a directory");
}

TEST_CASE("a new file is full of zeros, and its space is taken") {
  TemporaryFolder temporary;
  auto folder = DiskFolder::open(temporary.path());
  REQUIRE(folder.ok());
  auto file = (*folder)->create("3.0", 3'000'000);
  REQUIRE(file.ok());
  CHECK((*file)->size() == 3'000'000);
  std::string bytes(3'000'100, 'x');
  CHECK((*file)->read(0, bytes.data(), bytes.size()).value() == 3'000'000);
  CHECK(bytes.find_first_not_of('\0') == 3'000'000);
  struct stat status {};
  REQUIRE(::stat((temporary.path() + "/3.0").c_str(), &status) == 0);
  CHECK(status.st_blocks * 512 >= 3'000'000);
  const auto again = (*folder)->create("3.0", 10);
  REQUIRE_FALSE(again.ok());
  CHECK(again.error().text == "cannot make " + temporary.path() + "/3.0: File exists");
}

TEST_CASE("what is written is read, names come sorted, renamed and removed") {
  TemporaryFolder temporary;
  auto opened = DiskFolder::open(temporary.path());
  REQUIRE(opened.ok());
  Folder& folder = **opened;
  REQUIRE(folder.create("b", 100).ok());
  REQUIRE(folder.create("a", 100).ok());
  auto file = folder.open("b");
  REQUIRE(file.ok());
  CHECK((*file)->write(90, "0123456789abc").ok());
  CHECK((*file)->sync().ok());
  CHECK((*file)->size() == 103);
  char bytes[10];
  CHECK((*file)->read(95, bytes, sizeof bytes).value() == 8);
  CHECK(std::string(bytes, 8) == "56789abc");
  CHECK((*file)->read(200, bytes, sizeof bytes).value() == 0);
  CHECK(folder.list().value() == std::vector<std::string>{"a", "b"});
  CHECK(folder.rename("b", "a").ok());
  CHECK(folder.list().value() == std::vector<std::string>{"a"});
  CHECK(folder.open("a").value()->size() == 103);
  CHECK(folder.remove("a").ok());
  CHECK(folder.list().value().empty());
  CHECK(folder.remove("a").error().text == "cannot remove " + temporary.path() + "/a: No such file or directory");
  CHECK(folder.rename("a", "b").error().text == "cannot rename " + temporary.path() + "/a: No such file or directory");
  CHECK(folder.open("a").error().text == "cannot open " + temporary.path() + "/a: No such file or directory");
}

TEST_CASE("a file that has no room is not left behind") {
  TemporaryFolder temporary;
  auto folder = DiskFolder::open(temporary.path());
  REQUIRE(folder.ok());
  const auto refused = (*folder)->create("huge", std::uint64_t{1} << 60);
  REQUIRE_FALSE(refused.ok());
  CHECK((*folder)->list().value().empty());
}

TEST_CASE("a journal lives on a disk") {
  TemporaryFolder temporary;
  std::vector<std::string> written;
  for (int life = 0; life < 3; ++life) {
    auto folder = DiskFolder::open(temporary.path());
    REQUIRE(folder.ok());
    JournalWriter writer = open_writer(**folder, small_settings(65'536));
    for (int i = 0; i < 30; ++i) {
      written.push_back(numbered(life * 30 + i, 3000));
      append(writer, written.back());
    }
    sync(writer);
    CHECK(writer.durable() == writer.position());
    CHECK(read_all(**folder).payloads == written);
  }
}

}  // namespace warren::disk_folder_test
