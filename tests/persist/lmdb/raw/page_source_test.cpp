#include "persist/lmdb/raw/page_source.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>

#include "persist/lmdb/files.hpp"
#include "tests/persist/lmdb/temporary_folder.hpp"

namespace warren::page_source_test {

using namespace warren::persist::lmdb;

TEST_CASE("a file gives what lies in it, and nothing beyond its end") {
  const TemporaryFolder folder;
  write_file(folder.file("a"), "0123456789");
  const Descriptor file(::open(folder.file("a").c_str(), O_RDONLY));
  REQUIRE(file.is_open());
  const FileSource source(file.number());
  CHECK(source.size() == 10);
  char read[4] = {};
  CHECK(source.read(6, read, 4));
  CHECK(std::string_view(read, 4) == "6789");
  CHECK(source.read(10, read, 0));
  CHECK_FALSE(source.read(7, read, 4));
  CHECK_FALSE(source.read(std::uint64_t{1} << 62, read, 1));
  CHECK_FALSE(FileSource(-1).read(0, read, 1));
  CHECK(FileSource(-1).size() == 0);
}

}  // namespace warren::page_source_test
