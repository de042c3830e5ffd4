#include "tools/logdump/read_only_folder.hpp"

#include <doctest/doctest.h>

#include "tests/persist/lmdb/temporary_folder.hpp"

namespace warren::read_only_folder_test {

using namespace warren::logdump;

TEST_CASE("files are listed and read, and nothing else") {
  const persist::lmdb::TemporaryFolder place;
  persist::lmdb::write_file(place.file("b"), "some bytes");
  persist::lmdb::write_file(place.file("a"), "");
  ReadOnlyFolder folder(place.file(""));
  const auto names = folder.list();
  REQUIRE(names.ok());
  CHECK(*names == std::vector<std::string>{"a", "b"});
  auto file = folder.open("b");
  REQUIRE(file.ok());
  CHECK((*file)->size() == 10);
  char bytes[20];
  CHECK(*(*file)->read(5, bytes, sizeof bytes) == 5);
  CHECK(std::string_view(bytes, 5) == "bytes");
  CHECK_FALSE((*file)->write(0, "x").ok());
  CHECK_FALSE((*file)->sync().ok());
  CHECK_FALSE(folder.create("c", 1).ok());
  CHECK_FALSE(folder.rename("b", "c").ok());
  CHECK_FALSE(folder.remove("b").ok());
  CHECK_FALSE(folder.open("c").ok());
  CHECK(place.files() == 2);
  CHECK(persist::lmdb::read_file(place.file("b")) == "some bytes");
}

TEST_CASE("a folder that is not there is trouble") {
  ReadOnlyFolder folder("/nowhere/at/all");
  CHECK_FALSE(folder.list().ok());
  CHECK_FALSE(folder.open("a").ok());
}

}  // namespace warren::read_only_folder_test
