#include "persist/disk/disk_file.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>

#include <string>

#include "tests/persist/disk/temporary_folder.hpp"

namespace warren::disk_file_test {

using namespace warren::persist;

TEST_CASE("a full device is told as full") {
  DiskFile file("/dev/full", Descriptor(::open("/dev/full", O_RDWR)));
  const Outcome outcome = file.write(0, "x");
  REQUIRE_FALSE(outcome.ok());
  CHECK(outcome.error().kind == TroubleKind::full);
  CHECK(outcome.error().text == "cannot write /dev/full: No space left on device");
}

TEST_CASE("what cannot be written to, synced or read says so") {
  DiskFile file("closed", Descriptor());
  CHECK(file.write(0, "x").error().text == "cannot write closed: Bad file descriptor");
  CHECK(file.sync().error().text == "cannot sync closed: Bad file descriptor");
  char byte;
  CHECK(file.read(0, &byte, 1).error().text == "cannot read closed: Bad file descriptor");
  CHECK(file.fill(1).error().text == "cannot make room for closed: Bad file descriptor");
  CHECK(file.size() == 0);
}

TEST_CASE("to hurry changes no byte and tells no trouble") {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/file";
  DiskFile file(path, Descriptor(::open(path.c_str(), O_RDWR | O_CREAT, 0600)));
  REQUIRE(file.write(0, "some bytes").ok());
  file.hurry(0, 10);
  file.hurry(5000, 10);
  CHECK(file.size() == 10);
  CHECK(file.sync().ok());
  std::string back(10, ' ');
  CHECK(*file.read(0, back.data(), 10) == 10);
  CHECK(back == "some bytes");
  DiskFile("closed", Descriptor()).hurry(0, 10);
}

}  // namespace warren::disk_file_test
