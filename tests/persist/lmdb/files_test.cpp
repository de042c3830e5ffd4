#include "persist/lmdb/files.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>

#include <cerrno>

#include "tests/persist/lmdb/temporary_folder.hpp"

namespace warren::files_test {

using namespace warren::persist;
using namespace warren::persist::lmdb;

TEST_CASE("a full disk, a quota and a limit are told apart from other trouble") {
  CHECK(trouble_of(ENOSPC, "write to", "x").kind == TroubleKind::full);
  CHECK(trouble_of(EDQUOT, "write to", "x").kind == TroubleKind::full);
  CHECK(trouble_of(EFBIG, "write to", "x").kind == TroubleKind::full);
  CHECK(trouble_of(EIO, "write to", "x").kind == TroubleKind::failed);
  CHECK(trouble_of(EIO, "write to", "a/x").text == "cannot write to a/x: Input/output error");
}

TEST_CASE("a file is moved over another and removed, and the absence of one is no trouble") {
  const TemporaryFolder folder;
  write_file(folder.file("new"), "new");
  write_file(folder.file("old"), "old");
  CHECK(sync_file(folder.file("new")).ok());
  CHECK(move_file(folder.file("new"), folder.file("old")).ok());
  CHECK(read_file(folder.file("old")) == "new");
  CHECK(folder.files() == 1);
  CHECK(remove_file(folder.file("old")).ok());
  CHECK(remove_file(folder.file("old")).ok());
  CHECK(folder.files() == 0);
  CHECK_FALSE(move_file(folder.file("old"), folder.file("new")).ok());
  CHECK_FALSE(sync_file(folder.file("old")).ok());
}

TEST_CASE("of damaged files only the newest stay") {
  const TemporaryFolder folder;
  const std::string path = folder.file("store");
  CHECK(*make_room_for_damaged(path, 3) == path + ".damaged-1");
  for (const char* number : {"2", "9", "10"}) write_file(path + ".damaged-" + number, number);
  write_file(path + ".damaged-x", "not ours");
  CHECK(*make_room_for_damaged(path, 3) == path + ".damaged-11");
  CHECK(folder.files() == 3);
  CHECK(read_file(path + ".damaged-2").empty());
  CHECK(read_file(path + ".damaged-9") == "9");
  CHECK(*make_room_for_damaged(path, 0) == path + ".damaged-11");
  CHECK(folder.files() == 1);
}

TEST_CASE("the map is as large as the disk, within limits") {
  const TemporaryFolder folder;
  CHECK(map_bytes_for(folder.file("store")) >= std::uint64_t{1} << 30);
  CHECK(map_bytes_for(folder.file("store")) <= std::uint64_t{1} << 40);
  CHECK(map_bytes_for("/nowhere/at/all") == std::uint64_t{1} << 30);
}

TEST_CASE("a disk lacks the space for more than it has") {
  const TemporaryFolder folder;
  write_file(folder.file("a"), "a");
  const Descriptor file(::open(folder.file("a").c_str(), O_RDONLY));
  CHECK_FALSE(lacks_space(file.number(), 1));
  CHECK(lacks_space(file.number(), std::uint64_t{1} << 60));
}

}  // namespace warren::files_test
