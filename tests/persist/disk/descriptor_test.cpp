#include "persist/disk/descriptor.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace warren::descriptor_test {

using namespace warren::persist;

TEST_CASE("a descriptor closes what it owns, once") {
  int number = -1;
  {
    Descriptor first(::open("/dev/null", O_RDONLY));
    REQUIRE(first.open());
    number = first.number();
    const Descriptor second(std::move(first));
    CHECK(second.number() == number);
    CHECK(::fcntl(number, F_GETFD) != -1);
  }
  CHECK(::fcntl(number, F_GETFD) == -1);
}

TEST_CASE("a full disk and a used up quota are told from other trouble") {
  CHECK(system_trouble("write", "x", ENOSPC).kind == TroubleKind::full);
  CHECK(system_trouble("write", "x", EDQUOT).kind == TroubleKind::full);
  CHECK(system_trouble("write", "x", EIO).kind == TroubleKind::failed);
  CHECK(system_trouble("write", "x", EIO).text == "cannot write x: Input/output error");
}

TEST_CASE("a call that is interrupted is made again") {
  int calls = 0;
  errno = 0;
  const int result = uninterrupted([&] {
    errno = EINTR;
    return ++calls < 3 ? -1 : 7;
  });
  CHECK(result == 7);
  CHECK(calls == 3);
}

}  // namespace warren::descriptor_test
